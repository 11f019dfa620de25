"""What the entries of a file did next: from the fetch over the log and the build to each step, its people and its rows."""
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.metrics import Query, answer, following
from core.sources import ingest
from core.sources.sftp import fetch, history, importing
from core.sources.sftp.connections import Connection
from core.sources.sftp.intake import Intake
from core.warehouse.build import build
from core.warehouse.snapshots import Snapshot, open_snapshot
from tests.sftp.test_fetch import put

Connect = Callable[..., Connection]
CART = {"journey_id": "cart", "name": "Cart", "status": "active", "versions": [{"version": 1, "published_at": "2020-01-01T00:00:00Z",
        "goal": {"event": "Bought", "within_days": 7}, "elements": []}]}
ONE, TWO, THREE = (f"+38591234567{number}" for number in (1, 2, 3))


@pytest.fixture
def later(intake: Intake, tmp_path: Path) -> Callable[..., None]:
    """later(profile, type, …) → an event of the profile in the journey, now: it finds the latest run there is."""
    count = iter(range(100))

    def add(profile: str, kind: str, **more: object) -> None:
        at = datetime.now(UTC).isoformat()
        event = {"source": "crm", "event_id": str(next(count)), "event_type": kind, "occurred_at": at, "profile_id": profile, "journey_id": "cart", **more}
        file = tmp_path / "event.ndjson"
        file.write_text(json.dumps(event))
        assert ingest.ingest(intake.log, [file], account_id="acme", source=None, time_zone=None, mapping=None, now=intake.clock()).accepted == 1

    return add


def built(intake: Intake) -> Snapshot:
    build(intake.log, intake.folder / "warehouse", zones=(((None, "Europe/Zagreb"),)), currency="EUR", as_of=intake.clock() + timedelta(hours=2))
    return open_snapshot(intake.folder / "warehouse")


def steps(snapshot: Snapshot, place: tuple[int, int] | None) -> dict[str, tuple[int, float | None, int]]:
    assert place is not None
    return {step: (people, share, counted) for step, people, share, counted, _ in following.following(snapshot, *place).iter_rows()}


def test_each_fetch_has_its_own_people_messages_and_goals(intake: Intake, connect: Connect, served: Path, later: Callable[..., None]) -> None:
    intake.log.put_documents([CART], replace=False, now=intake.clock())
    connect()
    put(served, "a.csv", f"phone\n{ONE}\n1\n{TWO}\n{TWO}\n")  # a repeat enters too
    fetch.poll(intake, "crm", settle_s=0)
    for message in ("m1", "m2"):
        later(ONE, "message.sent", message_id=message, channel="SMS")
    later(ONE, "message.opened", message_id="m1")
    later(ONE, "event.performed", name="Bought")
    later(ONE, "event.performed", name="Bought")
    later(TWO, "journey.exited")
    put(served, "b.csv", f"phone\n{ONE}\n{THREE}\n")
    fetch.poll(intake, "crm", settle_s=0)
    second, first = history.newest(intake)
    assert (importing.positions(intake, first), importing.positions(intake, second)) == ((1, 3), (10, 11))
    snapshot = built(intake)
    assert steps(snapshot, importing.positions(intake, first)) == {
        "Entered": (2, 1.0, 3), "Messaged": (1, 0.5, 2), "Viewed a message": (1, 0.5, 1), "Reached the goal": (1, 0.5, 2), "Reached an exit point": (1, 0.5, 1),
        "Still in the journey": (2, 1.0, 2)}
    assert steps(snapshot, importing.positions(intake, second)) == {
        "Entered": (2, 1.0, 2), "Messaged": (0, 0.0, 0), "Viewed a message": (0, 0.0, 0), "Reached the goal": (0, 0.0, 0), "Reached an exit point": (0, 0.0, 0),
        "Still in the journey": (2, 1.0, 2)}
    rows = following.entries(snapshot, 1, 3)
    assert rows.columns == [column.name for column in following.ENTRY_COLUMNS]
    assert rows.select("Person ID", "Messages sent", "Messages viewed", "Goal events", "Exit reason").rows() == [
        (ONE, 2, 1, 2, None), (TWO, 0, 0, 0, None), (TWO, 0, 0, 0, "exit_point")]
    whole = answer(snapshot, Query(("entries", "goal_events", "messages_sent"))).frame.row(0)
    assert whole == (5, 2, 2)  # the two fetches and nothing else
    snapshot.close()


def test_a_fetch_that_came_after_the_snapshot_is_not_in_it_and_one_without_entries_has_no_place(intake: Intake, connect: Connect, served: Path) -> None:
    connect()
    put(served, "a.csv", f"phone\n{ONE}\n")
    put(served, "none.csv", "phone\n1\n")
    fetch.poll(intake, "crm", settle_s=0)
    snapshot = built(intake)
    put(served, "b.csv", f"phone\n{TWO}\n")
    fetch.poll(intake, "crm", settle_s=0)
    places = {one.file: importing.positions(intake, one) for one in history.newest(intake)}
    assert places == {"b.csv": (2, 2), "none.csv": None, "a.csv": (1, 1)}
    assert [following.is_built(snapshot, last) for last in (1, 2)] == [True, False]
    snapshot.close()


def test_an_erased_person_leaves_the_place_and_the_counts_as_they_are(intake: Intake, connect: Connect, served: Path) -> None:
    connect()
    put(served, "a.csv", f"phone\n{ONE}\n{TWO}\n")
    fetch.poll(intake, "crm", settle_s=0)
    intake.log.erase(ONE, now=intake.clock())
    (only,) = history.newest(intake)
    assert importing.positions(intake, only) == (1, 2)
    snapshot = built(intake)
    assert steps(snapshot, (1, 2))["Entered"] == (2, 1.0, 2)
    assert ONE not in str(following.entries(snapshot, 1, 2).rows())
    snapshot.close()
