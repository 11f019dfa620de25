"""The account's clock: half-open days of the zone in force, a clock change, a change of zone."""
from datetime import UTC, date, datetime

import duckdb
import pytest

from core.warehouse.zones import Zones, as_text, duckdb_macros, from_text, local, local_day

ROME = ((None, "Europe/Rome"),)
# from 1 December 2026, 00:00 in Rome, the account lives in Honolulu: eleven hours earlier it is still November there
MOVED = ((None, "Europe/Rome"), (datetime(2026, 11, 30, 23, tzinfo=UTC), "Pacific/Honolulu"))
CASES = [
    (ROME, "2026-03-28T22:59:59.999999Z", "2026-03-28", 23),
    (ROME, "2026-03-28T23:00:00Z", "2026-03-29", 0),
    (ROME, "2026-03-29T01:00:00Z", "2026-03-29", 3),
    (ROME, "2026-10-25T00:30:00Z", "2026-10-25", 2),
    (ROME, "2026-10-25T01:30:00Z", "2026-10-25", 2),
    (((None, "Asia/Kathmandu"),), "2026-01-31T18:15:00Z", "2026-02-01", 0),
    (((None, "Pacific/Apia"),), "2011-12-30T10:00:00Z", "2011-12-31", 0),
    (MOVED, "2026-11-30T22:59:59Z", "2026-11-30", 23),
    (MOVED, "2026-11-30T23:00:00Z", "2026-12-01", 13),
    (MOVED, "2026-12-02T09:59:59Z", "2026-12-01", 23),
]


@pytest.mark.parametrize(("zones", "instant", "day", "hour"), CASES)
def test_python_and_the_warehouse_say_the_same_day_and_hour(zones: Zones, instant: str, day: str, hour: int) -> None:
    with duckdb.connect() as connection:
        connection.execute("SET timezone='UTC'")
        for macro in duckdb_macros(zones):
            connection.execute(macro)
        said = connection.execute(f"SELECT local_day(TIMESTAMPTZ '{instant}'), local_hour(TIMESTAMPTZ '{instant}')").fetchall()
    moment = datetime.fromisoformat(instant)
    assert said == [(date.fromisoformat(day), hour)]
    assert (local_day(zones, moment), local(zones, moment).hour) == (date.fromisoformat(day), hour)


def test_the_calendar_begins_with_the_year_1_also_where_the_zone_still_has_the_year_before() -> None:
    with duckdb.connect() as connection:
        connection.execute("SET timezone='UTC'")
        for macro in duckdb_macros(((None, "America/New_York"),)):
            connection.execute(macro)
        # the time that many a feed writes for "none"; no day before it can be said in a file or a question
        assert connection.execute("SELECT local_day(TIMESTAMPTZ '0001-01-01T00:00:00Z')").fetchall() == [(date(1, 1, 1),)]


def test_the_month_ends_on_the_clock_of_the_event() -> None:
    with duckdb.connect() as connection:
        connection.execute("SET timezone='UTC'")
        for macro in duckdb_macros(MOVED):
            connection.execute(macro)
        ends = [connection.execute(f"SELECT local_month_end(TIMESTAMPTZ '{at}T00:00:00Z')::VARCHAR").fetchall() for at in ("2026-11-03", "2026-12-03")]
    assert ends == [[("2026-11-30 23:00:00+00",)], [("2027-01-01 10:00:00+00",)]]


def test_zones_are_kept_as_they_were() -> None:
    assert from_text(as_text(MOVED)) == MOVED
