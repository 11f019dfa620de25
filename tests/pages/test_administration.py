"""The administration page: an account's users, tokens and trail; other accounts and packages for operators alone."""
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from core.access import accounts, audit, tokens, users
from core.access.accounts import Account
from core.ui import audit_trail
from tests.pages.test_widgets_agree import html, tables


@pytest.fixture
def chief(door):
    """An administrator of the demo account, gone afterwards; and an account beside it."""
    users.add(door.store, "chief", "demo", "admin", None, by="test", now=door.now())
    if "beside" not in [one.account_id for one in accounts.every(door.store)]:
        accounts.add(door.store, Account("beside", ((None, "UTC"),), "EUR", "start", None, False, None), by="test", now=door.now())
    yield "chief"
    for one in users.of_account(door.store, "demo"):
        if one.name in ("chief", "newcomer"):
            users.remove(door.store, one.name, "demo", by="test", now=door.now())


def press(at, label):
    next(button for button in at.button if button.label == label).click()
    return at.run()


def field(widgets, label):
    return next(widget for widget in widgets if widget.label == label)


@pytest.mark.parametrize("user", ["ana", "vid"])
def test_no_other_role_opens_it(run, user):
    at = run("admin", user=user)
    assert "Administration is open to the role Administrator" in html(at)
    assert not at.button or "Add the user" not in [button.label for button in at.button]


def test_an_administrator_adds_a_user_and_the_trail_says_so(run, door, chief):
    at = run("admin", user=chief)
    field(at.text_input, "Name").set_value("newcomer")
    press(at, "Add the user")
    assert users.find(door.store, "newcomer", "demo").role == "viewer"
    newest = audit.newest(door.store, "demo", 1)[0]
    assert (newest.actor, newest.action, newest.subject) == ("chief", "user.added", "newcomer")


def test_a_token_is_shown_once(run, door, chief):
    at = run("admin", user=chief)
    field(at.text_input, "What it is for").set_value("shop")
    press(at, "Make the token")
    made = tokens.of_account(door.store, "demo")[-1]
    secret = at.code[0].value
    assert tokens.of_secret(door.store, secret) == made
    assert secret not in html(at.run())
    assert not at.code
    tokens.remove(door.store, "demo", made.token_id, by="test", now=door.now())


def test_nobody_takes_the_role_from_himself(run, door, chief):
    at = run("admin", "user=chief", user=chief)
    field(at.selectbox, "Role").set_value("viewer")
    press(at, "Save the changes")
    assert users.find(door.store, "chief", "demo").role == "admin"
    assert "another administrator can" in html(at)


def test_an_administrator_sees_no_other_account_and_changes_no_package(run, chief):
    at = run("admin", "of=beside", user=chief)
    assert "Only an operator of this installation" in html(at)
    assert "Your operator changes these." in html(run("admin", user=chief))


def test_an_operator_changes_a_package_and_it_holds_at_once(run, door, chief, monkeypatch):
    monkeypatch.setattr(type(door.settings), "operators", ("Chief",), raising=False)
    at = run("admin", "of=beside", user=chief)
    [box for box in at.selectbox if box.label == "Package"][-1].set_value("grow")  # the first adds an account
    field(at.number_input, "Included MEP (0: no limit agreed)").set_value(5000)
    press(at, "Save the changes")
    changed = accounts.find(door.store, "beside")
    assert (changed.package, changed.included_mep) == ("grow", 5000)
    assert isinstance(audit.newest(door.store, "beside", 1)[0].happened_at, datetime)
    assert ZoneInfo(changed.time_zone).key == "UTC"
    assert [row[1:3] for row in tables(at)["Accounts"] if row[0] == "beside"] == [["Grow", "–"]]  # what the package does not have is not open


@pytest.mark.parametrize("label", ["Make a sign-in link", "Add the user"])
def test_an_administrator_becomes_no_operator_by_a_link_or_by_a_name(run, door, chief, monkeypatch, label):
    monkeypatch.setattr(type(door.settings), "operators", ("Ana", "newcomer"), raising=False)
    at = run("admin", "user=ana", user=chief)
    field(at.text_input, "Name").set_value("newcomer")
    press(at, label)
    assert "whom only operators administer" in html(at)
    assert not at.code
    assert "newcomer" not in [one.name for one in users.of_account(door.store, "demo")]


def test_the_trail_speaks_in_words_and_leaves_as_a_file_for_administrators_alone(run, door, chief):
    said = html(run("admin", user=chief))
    assert "<td class=\"t w\"><bdi>User added</bdi></td><td class=\"t name\"><bdi>chief</bdi></td><td class=\"t\"><bdi>Role: Administrator</bdi></td>" in said
    assert "user.added" not in said
    assert "Audit trail, by time" not in html(run("admin", user="ana"))


def test_an_administrator_chooses_the_attributes_to_filter_by_among_what_entries_say(run, door, chief):
    at = run("admin", user=chief)
    choice = field(at.multiselect, "To split and filter by")
    assert choice.value == ["tier"]
    assert [option.partition(" (in ")[0] for option in choice.options][:2] == ["tier", "name"]
    choice.set_value(["tier", "points"])
    press(at, "Save the attributes")
    assert door.account("demo").attributes == ("tier", "points")
    newest = audit.newest(door.store, "demo", 1)[0]
    assert (newest.actor, newest.action, newest.detail) == ("chief", "account.changed", {"attributes": ["tier", "points"]})
    accounts.change(door.store, "demo", by="test", now=door.now(), attributes=("tier",))


def test_a_long_detail_of_the_trail_is_opened_by_who_wants_it():
    assert audit_trail._short({"Detail": "Role: Viewer"}) == "<bdi>Role: Viewer</bdi>"
    said = audit_trail._short({"Detail": "Title: " + "word <b> " * 60})
    assert said.startswith("<details><summary><bdi>Title: word &lt;b&gt; word")
    assert said.count("word") == 60
