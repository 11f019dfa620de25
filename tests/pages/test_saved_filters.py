"""A saved filter stands in the address by its id, means what was saved, and gives way to what the reader changes."""

from datetime import date

import pytest

from core.access import users
from core.store import saved_filters
from core.ui import saved
from core.ui.address import Chosen
from tests.pages.test_widgets_agree import html, widgets


@pytest.fixture
def kept(door):
    """kept(parameters, is_shared, by) → the id of a new saved filter."""
    made = []

    def keep(parameters, is_shared=False, by="ana"):
        user = users.find(door.store, by)
        made.append((user.user_id, saved_filters.add(door.store, "demo", user.user_id, f"filter {len(made)}", parameters, is_shared=is_shared, now=door.now())))
        return made[-1][1]

    yield keep
    for user_id, filter_id in made:
        if filter_id in [one.filter_id for one in saved_filters.listed(door.store, "demo", user_id)]:
            saved_filters.remove(door.store, "demo", user_id, filter_id)


def where(at):
    return dict(next(widget for widget in widgets(at) if widget.key == "six").queries[0][1].where)


def test_its_id_in_the_address_means_what_was_saved(run, kept):
    at = run("overview", f"saved={kept({'journey': 'cart', 'range': '7d'})}")
    assert not at.exception
    query = next(widget for widget in widgets(at) if widget.key == "six").queries[0][1]
    assert (query.where, (query.last - query.first).days) == ((("journey", ("cart",)),), 6)


def test_what_the_address_says_itself_goes_before_it(run, kept):
    number = kept({"journey": "welcome", "version": "2"})
    assert where(run("campaign-performance", f"saved={number}")) == {"journey": ("welcome",), "journey_version": (2,)}
    assert where(run("campaign-performance", f"saved={number}&journey=cart")) == {"journey": ("cart",)}


def test_somebody_elses_own_filter_is_none_and_a_shared_one_is(run, kept):
    own, shared = kept({"journey": "cart"}), kept({"journey": "cart"}, is_shared=True)
    assert f"There is no saved filter “{own}”." in html(run("overview", f"saved={own}", user="vid"))
    assert where(run("overview", f"saved={shared}", user="vid")) == {"journey": ("cart",)}
    assert "There is no saved filter “nonsense”." in html(run("overview", "saved=nonsense"))


def test_a_change_of_a_filter_leaves_the_rest_of_it_in_the_address(run, kept):
    at = run("overview", f"saved={kept({'journey': 'cart', 'channel': 'SMS', 'range': '7d'})}&trend=messages_sent")
    at.multiselect(key="f-channel").set_value([]).run()
    assert not at.exception
    assert at.query_params == {"journey": "cart", "range": "7d", "trend": "messages_sent"}


def test_the_bar_saves_renames_shares_and_removes(run, door):
    at = run("overview", "journey=cart&channel=SMS&from=2026-01-01&to=2026-01-31")
    at.text_input(key="f-new").set_value("January carts")
    next(button for button in at.button if button.label == "Save").click().run()
    assert not at.exception
    ana, vid = (users.find(door.store, name).user_id for name in ("ana", "vid"))
    (made,) = saved_filters.listed(door.store, "demo", ana)
    said = {"from": "2026-01-01", "to": "2026-01-31", "basis": "entered", "compare": "weekdays", "journey": "cart", "channel": "SMS"}
    assert (made.name, made.parameters, at.query_params) == ("January carts", said, {"saved": str(made.filter_id)})
    at.text_input(key="f-rename").set_value("Carts").run()
    at.toggle(key="f-share").set_value(True).run()
    assert [one.name for one in saved_filters.listed(door.store, "demo", vid)] == ["Carts"]
    at.button(key="f-remove").click().run()
    assert not at.exception
    assert saved_filters.listed(door.store, "demo", ana) == ()
    assert at.query_params == said


def test_a_preset_moves_on_and_two_dates_stay():
    today, begins = date(2026, 3, 31), date(2025, 1, 1)
    assert saved.of(Chosen((date(2026, 3, 25), today), today), begins)["range"] == "7d"
    assert saved.of(Chosen((begins, today), today), begins)["range"] == "all"
    stays = saved.of(Chosen((date(2026, 3, 25), date(2026, 3, 30)), today), begins)
    assert (stays["from"], stays["to"], "range" in stays) == ("2026-03-25", "2026-03-30", False)
