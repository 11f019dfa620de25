"""Whether Spark's clocks are ours: Java brings a zone table of its own, which may be years behind, and then a build would put events on other days."""
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.errors import JourneysError
from core.warehouse.zones import Zones

_FROM, _HOUR, _DAY = datetime(1970, 1, 1, tzinfo=UTC), 3_600, 86_400


def hold_equal(spark: Any, zones: Zones, until: datetime) -> None:
    """Raises JourneysError where Spark knows another offset than Python and DuckDB, at any full hour from 1970 to the year after `until`."""
    end = datetime(min(until.year + 1, 9998), 12, 31, tzinfo=UTC)
    for _, zone in zones:
        ours, theirs = _ours(zone, end), _theirs(spark, zone, end)
        day = next((day for day, seconds in ours.items() if theirs.get(day) != seconds), None)
        if day is not None:
            raise JourneysError(f"Java's zone table has another time in {zone} than ours, first on {datetime.fromtimestamp(day * _DAY, UTC):%Y-%m-%d}: "
                                "update the older of the two (Java, or journeys), or build with --engine duckdb.")


def _ours(zone: str, end: datetime) -> dict[int, int]:
    """Each UTC day since 1970 and the seconds that the zone is ahead of UTC, added up over its full hours."""
    clock, days = ZoneInfo(zone), range(int((end - _FROM).total_seconds()) // _DAY)
    return {day: sum(_ahead(clock, day * _DAY + hour * _HOUR) for hour in range(24)) for day in days}


def _ahead(clock: ZoneInfo, second: int) -> int:
    offset = datetime.fromtimestamp(second, clock).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())


def _theirs(spark: Any, zone: str, end: datetime) -> dict[int, int]:
    """The same of Spark, said by the machines that do the work."""
    shown = f"unix_seconds(from_utc_timestamp(timestamp_seconds(second), '{zone}'))"
    return dict(spark.sql(f"""
        SELECT CAST(second DIV {_DAY} AS INT) AS day, CAST(sum({shown} - second) AS BIGINT) AS ahead
        FROM (SELECT id * {_HOUR} AS second FROM range({int((end - _FROM).total_seconds()) // _DAY * 24}))
        GROUP BY second DIV {_DAY}""").collect())
