"""The demo goes through the same door as anybody's data: catalog, ingest, log."""
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.errors import JourneysError, WrongUsage
from core.eventlog import EventLog
from core.sources.demo import documents, make
from core.sources.demo.making import files
from core.sources.ingest import Summary
from tests.sources.files import ingest_records

NOW = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)


def made(folder: Path, **choices: int) -> tuple[EventLog, Summary]:
    log = EventLog(folder)
    return log, make(log, account_id="demo", profiles=choices.get("profiles", 80), days=choices.get("days", 40), seed=choices.get("seed", 1), now=NOW)


def test_all_records_are_taken_but_those_that_were_sent_twice(tmp_path: Path) -> None:
    log, summary = made(tmp_path / "log")
    assert (summary.rejected, summary.reasons, summary.skipped, summary.conflicts) == (0, {}, 0, 6)
    assert summary.repeated > 0
    assert summary.accepted == log.head().position
    assert log.head().documents == len(documents(days=40, now=NOW)) == 12


def test_making_it_again_changes_nothing(tmp_path: Path) -> None:
    log, first = made(tmp_path / "log")
    head = log.head()
    _, second = made(tmp_path / "log")
    assert (second.accepted, second.conflicts, second.records) == (0, first.conflicts, first.records)
    assert log.head() == head


def test_the_demo_is_never_mixed_with_other_data(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "log")
    entered = {"source": "s", "event_id": "1", "event_type": "journey.entered", "occurred_at": "2026-11-01T10:00:00Z", "profile_id": "7", "journey_id": "ours"}
    ingest_records(log, [entered], account_id="demo", now=NOW)
    with pytest.raises(JourneysError, match="holds other data already"):
        made(tmp_path / "log")
    assert (log.head().position, log.head().documents) == (1, 0)


@pytest.mark.parametrize("other", [{"now": NOW + timedelta(days=1)}, {"seed": 2}, {"profiles": 81}, {"days": 41}], ids=str)
def test_a_demo_of_another_day_or_made_otherwise_is_other_data_too(tmp_path: Path, other: dict[str, Any]) -> None:
    log, _ = made(tmp_path / "log")
    head = log.head()
    with pytest.raises(JourneysError, match="holds other data already"):
        make(log, **({"account_id": "demo", "profiles": 80, "days": 40, "seed": 1, "now": NOW} | other))
    assert log.head() == head


@pytest.mark.parametrize(("profiles", "days"), [(0, 120), (10, 0), (-1, 5)])
def test_nobody_and_no_time_are_wrong_usage(tmp_path: Path, profiles: int, days: int) -> None:
    with pytest.raises(WrongUsage, match="at least one profile and one day"):
        made(tmp_path / "log", profiles=profiles, days=days)


def test_the_last_days_come_as_a_batch_of_their_own_and_hold_what_was_late(tmp_path: Path) -> None:
    import polars as pl
    history, last_days, again = (pl.read_parquet(file) for file in files(tmp_path, profiles=300, now=NOW))
    assert history["received_at"].max() < last_days["received_at"].min()
    assert (last_days["occurred_at"] < history["received_at"].max()).sum() > 0
    assert len(again) > len(history) // 200
