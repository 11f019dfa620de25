"""An answer is worked out once a snapshot, and belongs to that snapshot alone."""
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest

from core.metrics import Query
from core.ui import answers
from tests.metrics.world import World


def viewer_of(folder, *days):
    world = World()
    for profile, day in enumerate(days, start=1):
        world.run(profile, day)
    folder.mkdir()
    account = SimpleNamespace(account_id="a", refusal=lambda feature, role: None)
    return SimpleNamespace(snapshot=world.snapshot(folder), account=account, user=SimpleNamespace(role="admin"))


@pytest.fixture
def viewers(tmp_path, monkeypatch):
    monkeypatch.setattr(answers, "_took", {})
    made = [viewer_of(tmp_path / "one", "2026-03-05"), viewer_of(tmp_path / "two", "2026-03-05", "2026-03-06")]
    yield made
    for viewer in made:
        viewer.snapshot.close()


def test_the_same_question_of_the_same_snapshot_is_answered_once(viewers, monkeypatch):
    asked = []
    monkeypatch.setattr(answers, "answer", lambda snapshot, query, plain=answers.answer: asked.append(query) or plain(snapshot, query))
    one, other = viewers
    entries = Query(("entries",))
    assert [answers.ask(viewer, entries).value("entries") for viewer in (one, other, one, other)] == [1, 2, 1, 2]
    assert asked == [entries, entries]


def test_the_answers_asked_for_longest_ago_go(viewers, monkeypatch):
    monkeypatch.setattr(answers, "MOST", 2)
    viewer, questions = viewers[0], [Query((name,)) for name in ("entries", "exits", "messages_sent")]
    first = answers.ask(viewer, questions[0])
    answers.ask(viewer, questions[1])
    assert answers.ask(viewer, questions[0]) is first
    answers.ask(viewer, questions[2])
    assert answers.ask(viewer, questions[0]) is first
    assert len(answers._kept[viewer.snapshot]) == 2


def test_a_widget_whose_answers_were_quick_is_not_waited_for_on_the_next_snapshot_either(viewers):
    before, after = viewers  # two snapshots of one account
    questions = [Query(("entries",))]
    assert answers.are_awaited(before, "tile", questions)  # nobody knows how long they take
    answers.ask_all(before, "tile", questions)
    assert not answers.are_awaited(after, "tile", questions)
    with answers._lock:
        answers._took["a"][answers._kind("tile", questions)] = answers.SEEN_S
    assert answers.are_awaited(after, "tile", questions)
    answers.ask_all(after, "tile", questions)
    assert not answers.are_awaited(after, "tile", questions)


def test_a_widget_whose_answers_were_quick_is_waited_for_when_it_asks_something_else(viewers):
    viewer, day, year = viewers[0], date(2026, 3, 5), date(2025, 3, 6)
    quick = Query(("entries",), first=day, last=day, where=(("journey", ("cart",)),))
    answers.ask_all(viewer, "x", [quick])
    assert not answers.are_awaited(viewer, "x", [quick.filtered("journey", "other")])  # as long as the same of another journey
    for another in (replace(quick, dimensions=("day",)), replace(quick, first=year), quick.filtered("journey", "cart", "other"), quick.filtered("arm", "A")):
        assert answers.are_awaited(viewer, "x", [another])
