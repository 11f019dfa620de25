"""`daily` and `reach` by plain SQL over the facts, written apart from the warehouse's own."""
import duckdb

RUNGS = ("sent", "delivered", "viewed", "clicked", "replied", "failed", "unsubscribed", "complained", "machine_viewed")

# measure, table, which rows, own day, channel, element, detail, currency, amount
ADDITIVE = [
    ("entries", "runs", "TRUE", "run_day", "NULL", "NULL", "NULL", "NULL", "NULL"),
    ("currently_in_journey", "runs", "exited_at IS NULL", "run_day", "NULL", "NULL", "NULL", "NULL", "NULL"),
    ("exits", "runs", "exited_at IS NOT NULL", "exit_day", "NULL", "NULL", "exit_reason", "NULL", "NULL"),
    ("goal_events", "goals", "TRUE", "performed_day", "NULL", "NULL", "NULL", "NULL", "NULL"),
    ("goal_value", "goals", "value_amount IS NOT NULL", "performed_day", "NULL", "NULL", "NULL", "value_currency", "value_amount"),
    *[
        (
            f"messages_{rung}",
            "messages",
            f"{rung}_at IS NOT NULL",
            f"{rung}_day",
            "channel",
            "element_id",
            "failed_reason" if rung == "failed" else "NULL",
            "NULL",
            "NULL",
        )
        for rung in RUNGS[:-1]
    ],
    ("messages_viewed_machine", "messages", "machine_viewed_at IS NOT NULL", "machine_viewed_day", "channel", "element_id", "NULL", "NULL", "NULL"),
    ("link_clicks", "clicks", "TRUE", "clicked_day", "channel", "element_id", "NULL", "NULL", "NULL"),
    ("traffic_cost", "messages", "cost_amount IS NOT NULL", "cost_day", "channel", "element_id", "NULL", "cost_currency", "cost_amount"),
    ("traffic_cost", "calls", "cost_amount IS NOT NULL", "call_day", "'VOICE'", "last_element_id", "NULL", "cost_currency", "cost_amount"),
    ("wasted_cost", "messages", "cost_amount IS NOT NULL AND viewed_at IS NULL", "cost_day", "channel", "element_id", "NULL", "cost_currency", "cost_amount"),
    ("element_arrived", "arrivals", "TRUE", "arrived_day", "NULL", "element_id", "NULL", "NULL", "NULL"),
    *[
        (f"element_{state}", "arrivals", f"state = '{state}'", "arrived_day", "NULL", "element_id", "NULL", "NULL", "NULL")
        for state in ("passed", "waiting", "ended")
    ],
]
# measure, basis, table, which rows, day, channel
PEOPLE = [
    ("profiles_in_journey", "entered", "runs", "TRUE", "run_day", "NULL"),
    ("profiles_in_journey", "happened", "runs", "TRUE", "run_day", "NULL"),
    ("profiles_exited", "entered", "runs", "is_exit_point", "run_day", "NULL"),
    ("profiles_exited", "happened", "runs", "is_exit_point", "exit_day", "NULL"),
    ("active_profiles", "entered", "runs", "is_active", "run_day", "NULL"),
    ("active_profiles", "happened", "messages", "viewed_at IS NOT NULL", "viewed_day", "NULL"),
    ("active_profiles", "happened", "calls", "ok_at IS NOT NULL AND run_key IS NOT NULL", "ok_day", "NULL"),
    ("profiles_messaged", "entered", "messages", "sent_at IS NOT NULL", "run_day", "channel"),
    ("profiles_messaged", "happened", "messages", "sent_at IS NOT NULL", "sent_day", "channel"),
    ("profiles_viewing", "entered", "messages", "viewed_at IS NOT NULL", "run_day", "channel"),
    ("profiles_viewing", "happened", "messages", "viewed_at IS NOT NULL", "viewed_day", "channel"),
    ("goal_performers", "entered", "goals", "TRUE", "run_day", "NULL"),
    ("goal_performers", "happened", "goals", "TRUE", "performed_day", "NULL"),
]
KEPT = "(measure, basis) <> ('profiles_in_journey', 'happened')"  # equal to its entered series, which stands for both
SCOPES = {
    "account": (),
    "sub_account": ("sub_account_id",),
    "journey": ("journey_id",),
    "journey_version": ("journey_id", "version"),
    "journey_arm": ("journey_id", "arm"),
    "journey_version_arm": ("journey_id", "version", "arm"),
}


def roll_up(con: duckdb.DuckDBPyConnection) -> None:
    """`daily` and `reach` (with its series and cells) over the facts, one plain SELECT a measure, basis and scope."""
    con.execute(
        "CREATE TABLE daily (basis VARCHAR, measure VARCHAR, day DATE, journey_id VARCHAR, version BIGINT, sub_account_id VARCHAR, arm VARCHAR, "
        "channel VARCHAR, element_id VARCHAR, detail VARCHAR, currency VARCHAR, n BIGINT, amount DECIMAL(38,6))"
    )
    con.execute(
        "CREATE TABLE reach (measure VARCHAR, basis VARCHAR, scope VARCHAR, sub_account_id VARCHAR, journey_id VARCHAR, version BIGINT, arm VARCHAR, "
        "channel VARCHAR, day DATE, previous_day DATE, n BIGINT)"
    )
    for measure, table, where, own, channel, element, detail, currency, amount in ADDITIVE:
        for basis, day in (("entered", "run_day"), ("happened", own)):
            con.execute(
                f"INSERT INTO daily SELECT '{basis}', '{measure}', {day} AS placed_day, journey_id, version, sub_account_id, arm, {channel} AS c, "
                f"{element} AS e, {detail} AS d, {currency} AS cur, count(*), sum({amount}::DECIMAL(18,6)) FROM {table} "
                f"WHERE ({where}) AND placed_day IS NOT NULL GROUP BY ALL"
            )
    for measure, basis in dict.fromkeys((row[0], row[1]) for row in PEOPLE):
        union = " UNION ALL ".join(
            f"SELECT profile_key, journey_id, version, sub_account_id, arm, {channel}::VARCHAR AS channel, {day} AS day FROM {table} WHERE {where}"
            for known, at, table, where, day, channel in PEOPLE
            if (known, at) == (measure, basis)
        )
        for scope, columns in _scopes(measure).items():
            _reach(con, measure, basis, scope, columns, union)
    told = "measure, basis, scope, sub_account_id, journey_id, version, arm, channel"
    con.execute(f"CREATE TABLE reach_series AS SELECT row_number() OVER ()::INTEGER AS series_key, * FROM (SELECT DISTINCT {told} FROM reach WHERE {KEPT})")
    same = " AND ".join(f"reach.{column} IS NOT DISTINCT FROM reach_series.{column}" for column in told.split(", "))
    con.execute(f"CREATE TABLE reach_cells AS SELECT series_key, day, previous_day, n FROM reach JOIN reach_series ON {same}")


def _scopes(measure: str) -> dict[str, tuple[str, ...]]:
    if measure not in ("profiles_messaged", "profiles_viewing"):
        return SCOPES
    return SCOPES | {f"{scope}_channel": (*columns, "channel") for scope, columns in SCOPES.items()}


def _reach(con: duckdb.DuckDBPyConnection, measure: str, basis: str, scope: str, columns: tuple[str, ...], union: str) -> None:
    keys = "".join(f"{column}, " for column in columns)
    shown = ", ".join(column if column in columns else f"NULL AS {column}" for column in ("sub_account_id", "journey_id", "version", "arm", "channel"))
    con.execute(
        f"INSERT INTO reach SELECT '{measure}', '{basis}', '{scope}', {shown}, day, previous_day, count(*) FROM ("
        f"SELECT *, lag(day) OVER (PARTITION BY {keys}profile_key ORDER BY day) AS previous_day FROM (SELECT DISTINCT {keys}profile_key, day FROM ({union}))"
        ") GROUP BY ALL"
    )
