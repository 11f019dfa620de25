"""One zone table: columns, single instants and the warehouse tell the same time, in the months around a clock that was put forward or back too."""
import random
import zoneinfo
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import duckdb
import polars as pl
import pytest

from core.access.offsets import ahead, instants_of
from core.metrics.clock import local_texts

ZONES = ("UTC", "Europe/Rome", "America/Vancouver", "Africa/Casablanca", "Europe/Chisinau", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia")
MOMENT = pl.Datetime("us", "UTC")


def instants(zone: str) -> list[datetime]:
    """Some anywhere, and some around each change of the clock."""
    dice, clock = random.Random(zone), ZoneInfo(zone)
    found = [datetime(1950, 1, 1, tzinfo=UTC) + timedelta(microseconds=dice.randrange(86 * 366 * 86_400_000_000)) for _ in range(300)]
    days = [datetime(2000, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(36 * 365)]
    changed = [day for day in days if (day.astimezone(clock).utcoffset() != (day + timedelta(days=1)).astimezone(clock).utcoffset())]
    return found + [day + timedelta(minutes=minutes) for day in changed for minutes in range(0, 2880, 17)]


@pytest.mark.parametrize("zone", ZONES)
def test_a_column_is_as_far_ahead_as_each_of_its_instants(zone):
    asked = instants(zone)
    assert ahead(pl.Series(asked, dtype=MOMENT), zone).to_list() == [at.astimezone(ZoneInfo(zone)).utcoffset() for at in asked]


@pytest.mark.parametrize("zone", ZONES)
def test_a_column_of_naive_times_is_placed_as_each_of_them(zone):
    naive = [at.replace(tzinfo=None) for at in instants(zone)]
    expected = [at.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for at in naive]
    assert instants_of(pl.Series(naive, dtype=pl.Datetime("us")), zone).to_list() == expected


def test_the_year_in_which_no_clock_was_ever_changed_and_an_empty_column_have_offsets_too():
    old = pl.DataFrame({"at": pl.Series([None, datetime(1, 1, 2, tzinfo=UTC)], dtype=MOMENT)})
    assert local_texts(old, ((None, "Europe/Rome"),))["at"].to_list() == [None, "0001-01-02T00:49:56+00:50"]
    assert local_texts(old.head(0), ((None, "Europe/Rome"),)).schema == {"at": pl.String}


def test_the_host_s_own_zone_table_is_not_read():
    assert zoneinfo.TZPATH == ()


def test_the_warehouse_knows_the_same_clocks():
    """If this fails after an update: `tzdata` and DuckDB must come with the same edition of the zone table, or days and the times shown beside them part."""
    asked = [datetime(2019 + n // 24, 1 + n % 24 // 2, 1 + n % 2 * 14, 12, tzinfo=UTC) for n in range(24 * 13)]
    names = sorted(name for name in available_timezones() if name not in ("localtime", "Factory"))
    with duckdb.connect() as connection:
        connection.execute("SET timezone='UTC'")
        connection.execute("CREATE TABLE asked AS SELECT unnest($1) AS instant", [asked])
        said = {name: [at for (at,) in connection.execute(f"SELECT instant AT TIME ZONE '{name}' FROM asked").fetchall()] for name in names}
    assert [name for name in names if said[name] != [at.astimezone(ZoneInfo(name)).replace(tzinfo=None) for at in asked]] == []
