"""The Alerts page: a new alert is tested, kept, snoozed, changed by its owner alone, and removed."""
import json
from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from sqlalchemy import delete, update

from core.access import accounts, users
from core.errors import JourneysError
from core.metrics import Query, answer
from core.reports import alerting
from core.reports import alerts as alerts_of
from core.reports.alerts import Rule
from core.store import alerts as kept
from core.store import kept_tables, outbox
from core.ui import alerts, words
from tests.pages.test_widgets_agree import html


@pytest.fixture
def clean(door):
    yield
    for one in kept.listed(door.store, "demo"):
        kept.remove(door.store, "demo", one.alert_id)


def press(at, label):
    next(button for button in at.button if button.label == label).click()
    return at.run()


def test_without_an_alert_the_page_says_what_one_is_for(run, clean):
    said = html(run("alerts"))
    assert "No number is watched yet" in said
    assert "No alert has fired yet" in said


def test_an_alert_is_tested_kept_snoozed_and_removed(run, door, clean):
    at = run("alerts", "new=1")
    next(field for field in at.text_input if field.label == "Name").set_value("Entries move")
    press(at, "Test it on the last 90 days")
    assert not at.exception
    assert "have fired" in html(at)
    assert kept.listed(door.store, "demo") == []
    press(at, "Add the alert")
    (alert,) = kept.listed(door.store, "demo")
    assert (alert.name, alert.question["measures"], alert.rule["kind"]) == ("Entries move", ["entries"], "unusual")
    at = run("alerts", f"alert={alert.alert_id}")
    press(at, "Switch it off")
    assert not kept.find(door.store, "demo", alert.alert_id).active
    press(run("alerts", f"alert={alert.alert_id}"), "Remove")
    assert kept.listed(door.store, "demo") == []


def test_somebody_elses_alert_stays_as_it_is(run, door, clean):
    at = run("alerts", "new=1")
    next(field for field in at.text_input if field.label == "Name").set_value("Mine")
    press(at, "Add the alert")
    (alert,) = kept.listed(door.store, "demo")
    other = run("alerts", f"alert={alert.alert_id}", user="vid")
    assert "by the one who made it" in html(other)
    assert {button.label: button.disabled for button in other.button if button.label in ("Switch it off", "Remove")} == {"Switch it off": True, "Remove": True}
    with pytest.raises(JourneysError, match="by the one who made it"):
        alerts._change(SimpleNamespace(user=users.find(door.store, "vid"), may=lambda _: False, check=lambda: None), alert, active=False)


def test_a_widgets_question_comes_to_the_form_with_its_filters(run, door, clean):
    asked = Query(("messages_failed", "entries"), ("channel",), where=(("journey", ("cart",)), ("channel", ("SMS", "EMAIL"))))
    at = run("alerts", urlencode({"new": "1", "question": json.dumps(asked.document())}))
    assert not at.exception
    assert at.selectbox(key="al-of").value == "messages_failed"
    assert at.multiselect(key="al-w-channel").value == ["SMS", "EMAIL"]
    press(at, "Add the alert")
    (alert,) = kept.listed(door.store, "demo")
    assert (alert.name, alert.question) == ("Messages failed (journey Abandoned cart, channel SMS or EMAIL)", {
        "measures": ["messages_failed"], "basis": "happened", "where": {"journey": ["cart"], "channel": ["SMS", "EMAIL"]}})
    assert "Messages failed (journey Abandoned cart, channel SMS or EMAIL): changes unusually, each day" in html(run("alerts"))


@pytest.mark.parametrize(("name", "value", "said"), [
    ("channel", "SMX", "There is no channel “SMX”. Did you mean “SMS”?"), ("journey", "carr", "There is no journey “carr”. Did you mean “cart”?"),
    ("sender", "nobody", "There is no sender “nobody”."), ("hour", 99, "hour")])  # fmt: skip
def test_a_value_that_no_filter_has_is_named_and_not_drawn_as_nothing(run, clean, name, value, said):
    question = {"measures": ["messages_sent"], "where": {name: [value]}}
    page = html(run("alerts", urlencode({"new": "1", "question": json.dumps(question)})))
    assert "This cannot be watched" in page
    assert said in page
    assert "by day" not in page


def test_a_filter_that_the_number_does_not_know_is_said_and_let_go(run):
    asked = Query(("messages_failed",), where=(("channel", ("SMS",)),))
    at = run("alerts", urlencode({"new": "1", "question": json.dumps(asked.document()), "of": "entries"}))
    assert "<b>Not on this number:</b> the filter on channel" in html(at)
    assert [field.label for field in at.multiselect if field.key and field.key.startswith("al-w-")] == ["Only where journey is"]


@pytest.mark.parametrize(("question", "why"), [
    ("{", "question as JSON"), ('{"measures": ["mep"]}', "none that it could look at"), ('{"measures": ["entrys"]}', "Did you mean"),
    ('{"measures": ["entries"], "where": {"colour": ["red"]}}', "colour"),
    ('{"measures": [], "formulas": [{"name": "X", "text": "entries / exits"}]}', "Explore belongs to")])
def test_a_question_that_cannot_be_watched_says_why(run, door, question, why):
    accounts.change(door.store, "demo", package="grow", by="test", now=door.now())
    try:
        at = run("alerts", urlencode({"new": "1", "question": question}))
    finally:
        accounts.change(door.store, "demo", package="scale", by="test", now=door.now())
    assert not at.exception
    assert why in html(at)


def test_a_mail_leads_to_what_was_said_and_to_the_number_as_it_is_now(run, door, clean):
    last = alerts_of.last_day(door.snapshot("demo"))
    ana = users.find(door.store, "ana")
    made = kept.add(door.store, "demo", ana.user_id, "Many", question={"measures": ["entries"], "basis": "happened"}, rule=Rule("above", 0).document(),
                    recipients=(), quiet=None, now=door.now())  # fmt: skip
    account = accounts.find(door.store, "demo")
    assert alerting.look(door.store, SimpleNamespace(smtp_url=None, mail_from=None, base_url=None), account, door.snapshot("demo"), door.now) == 1
    at = run("alerts", urlencode({"alert": made, "about": last.isoformat()}))
    assert not at.exception
    n = answer(door.snapshot("demo"), Query(("entries",), first=last, last=last, basis="happened")).value("entries")
    assert f"Entries was {n:,} on {words.day(last)}, above 0." in html(at)
    assert f"By what is known now: {n:,}." in html(at)
    assert "said nothing of" in html(run("alerts", urlencode({"alert": made, "about": "2020-01-01"})))


@pytest.mark.parametrize("query", ["alert=x", "alert=²", "alert=999999"])
def test_an_alert_that_is_not_there_is_said(run, query):
    at = run("alerts", query)
    assert not at.exception
    assert "alert" in html(at)


def made_of(door, name, **more):
    given = {"question": {"measures": ["entries"]}, "rule": Rule("above", 0).document(), "recipients": (), "quiet": None, "now": door.now()} | more
    return kept.add(door.store, "demo", users.find(door.store, "ana").user_id, name, **given)


def test_quiet_hours_want_a_beginning_and_an_end(run, door, clean):
    at = run("alerts", "new=1")
    next(field for field in at.selectbox if field.label == "Quiet from").set_value(10)
    press(at, "Add the alert")
    assert "The alert was not saved" in html(at)
    assert "choose both hours, or neither" in html(at)
    assert kept.listed(door.store, "demo") == []
    next(field for field in at.selectbox if field.label == "Quiet until").set_value(10)
    press(at, "Add the alert")
    assert "choose another end" in html(at)
    next(field for field in at.selectbox if field.label == "Quiet until").set_value(9)
    press(at, "Add the alert")
    assert [one.quiet for one in kept.listed(door.store, "demo")] == [(10, 9)]


def test_the_history_says_what_became_of_each_mail(run, door, clean):
    loud, quiet = made_of(door, "Loud"), made_of(door, "Quiet")
    now = door.now()
    mails = {(loud, "2026-01-01"): (outbox.SENT, now, None), (quiet, "2026-01-02"): (outbox.QUEUED, now + timedelta(hours=3), None),
             (loud, "2026-01-03"): (outbox.FAILED, now, "550 no such person"), (loud, "2026-01-04 13"): (outbox.QUEUED, now, None)}
    with door.store.write() as connection:
        for (alert_id, about), (state, at, error) in mails.items():
            alert = kept.find(door.store, "demo", alert_id)
            kept.fired(connection, alert_id, about=about, snapshot_id="s", said=f"Of {about}.", state="mailed", now=now)
            dedup = f"{alerting._mails(alert, about)}1"
            outbox.put(connection, "demo", dedup=dedup, message_id=dedup, recipient="ana@example.com", subject="s", text="t", now=at)
            connection.execute(update(kept_tables.outbox).where(kept_tables.outbox.c.dedup == dedup).values(state=state, error=error))
        kept.fired(connection, loud, about="2026-01-05", snapshot_id="s", said="Of 2026-01-05.", state="snoozed", now=now)
    said = html(run("alerts"))
    until = words.moment(now + timedelta(hours=3), door.account("demo").time_zone)
    for about, state in (("2026-01-01", "mailed<"), ("2026-01-02", f"mail waits until {until}<"), ("2026-01-03", "not mailed to ana@example.com<"),
                         ("2026-01-04 13", "mail is on its way<"), ("2026-01-05", "snoozed<")):  # fmt: skip
        assert state in said.split(f"Of {about}.")[1].split("</tr>")[0]
    assert "550 no such person" in said
    own = html(run("alerts", f"alert={quiet}"))
    assert "What it said" in own
    assert ("Of 2026-01-02." in own, "Of 2026-01-01." in own) == (True, False)
    with door.store.write() as connection:
        connection.execute(delete(kept_tables.outbox).where(kept_tables.outbox.c.dedup.startswith(alerting.MAILS)))
