"""One zone table for all of it: that of the pinned `tzdata`, the same as DuckDB's, never the host's, which may be years behind."""
import zoneinfo

zoneinfo.reset_tzpath(to=())
zoneinfo.ZoneInfo.clear_cache()
