"""Where the rows of a measure stand: tables of the warehouse, which of their rows count, and what places them in time."""
from dataclasses import dataclass

ENTERED, HAPPENED = "entered", "happened"


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one table that a measure counts. `entered` and `happened` name what places a row on that basis: X stands for the
    columns X_day and X_hour; None: on that basis these rows do not count."""

    table: str
    where: str = ""
    happened: str | None = "run"
    entered: str | None = "run"

    def placed_by(self, basis: str) -> str | None:
        """The X of X_day and X_hour that places these rows on this basis."""
        return self.entered if basis == ENTERED else self.happened


_RUN = {"journey": "journey_id", "journey_version": "version", "sub_account": "sub_account_id", "arm": "arm"}
_CALL = _RUN | {"direction": "direction", "last_element": "last_element_id", "outcome": "outcome"}

# The column of each table that holds a dimension; what is not listed, the table does not know.
COLUMNS: dict[str, dict[str, str]] = {
    "runs": _RUN | {"exit_reason": "exit_reason"},
    "messages": _RUN | {"channel": "channel", "sender": "sender", "element": "element_id", "reason": "failed_reason", "currency": "cost_currency"},
    "clicks": _RUN | {"channel": "channel", "sender": "sender", "element": "element_id", "url": "url"},
    "goals": _RUN | {"currency": "value_currency"},
    "calls": _CALL | {"channel": "'VOICE'", "sender": "sender", "element": "last_element_id", "currency": "cost_currency"},
    "call_steps": _CALL | {"element": "element_id", "input": "input", "input_status": "input_status", "collect_name": "collect_name"},
    "arrivals": _RUN | {"element": "element_id"},
    "visits": _RUN | {"element": "element_id"},
    "first_goals": _RUN,
    "mep": {"journey": "journey_id", "sub_account": "sub_account_id"},
    "daily": _RUN | {"channel": "channel", "element": "element_id", "exit_reason": "detail", "reason": "detail", "currency": "currency"},
    "reach": _RUN | {"channel": "channel"},
    "reach_cells": {},  # time alone: the rest is said by the series
}


def bucket(dimension: str, day: str, hour: str) -> str:
    """The SQL of a time dimension over a day and an hour column."""
    return {
        "day": day,
        "week": f"date_trunc('week', {day})::DATE",
        "month": f"date_trunc('month', {day})::DATE",
        "hour": hour,
        "weekday": f"isodow({day})",
    }[dimension]
