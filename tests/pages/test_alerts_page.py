"""The Alerts page: a new alert is tested, kept, snoozed, changed by its owner alone, and removed."""
import pytest

from core.store import alerts as kept
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
    press(other, "Switch it off")
    assert kept.find(door.store, "demo", alert.alert_id).active
    assert "by the one who made it" in html(other)


@pytest.mark.parametrize("query", ["alert=x", "alert=²", "alert=999999"])
def test_an_alert_that_is_not_there_is_said(run, query):
    at = run("alerts", query)
    assert not at.exception
    assert "alert" in html(at)
