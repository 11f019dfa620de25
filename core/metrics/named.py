"""Answers that are told otherwise than as their measures, by name: `{"measures": […], "answer": NAME}`."""
from collections.abc import Callable

from core.errors import WrongUsage, unknown
from core.metrics import mep_consumption, mep_forecast, mep_rules
from core.metrics.call_paths import call_loops, call_paths, first_path_calls, path_calls
from core.metrics.call_times import (
    answer_time_quartiles,
    answer_times,
    call_length_quartiles,
    call_lengths,
    first_step_quartiles,
    first_step_times,
    repeat_calls,
)
from core.metrics.channel_times import view_time_quartiles, view_times
from core.metrics.drop_off import drop_off
from core.metrics.flow import event_flow, flow
from core.metrics.goal_times import goal_time_quartiles, goal_times
from core.metrics.lift import arm_shares, lift
from core.metrics.maturity import maturity
from core.metrics.menus import collect_use, collect_values, menu_use
from core.metrics.pressure import overlap, pressure, together
from core.metrics.result import Result
from core.metrics.ways import ways
from core.warehouse.snapshots import Snapshot

Teller = Callable[[Snapshot, Result], Result]
NAMED: dict[str, Teller] = {
    "goal_times": goal_times, "goal_time_quartiles": goal_time_quartiles, "ways": ways, "flow": flow, "event_flow": event_flow, "drop_off": drop_off,
    "lift": lift, "arm_shares": arm_shares, "maturity": maturity,
    "call_paths": call_paths, "path_calls": path_calls, "first_path_calls": first_path_calls, "call_loops": call_loops, "call_lengths": call_lengths,
    "call_length_quartiles": call_length_quartiles, "first_step_times": first_step_times, "first_step_quartiles": first_step_quartiles,
    "answer_times": answer_times, "answer_time_quartiles": answer_time_quartiles,
    "repeat_calls": repeat_calls, "menu_use": menu_use, "collect_use": collect_use, "collect_values": collect_values,
    "pressure": pressure, "overlap": overlap, "together": together,
    "view_times": view_times, "view_time_quartiles": view_time_quartiles,
    "mep_by_day": mep_consumption.by_day, "mep_journeys": mep_consumption.by_journey, "mep_rules": mep_rules.rules,
    "mep_forecast": mep_forecast.forecast, "mep_forecast_before": mep_forecast.backtest,
}  # fmt: skip
WITH_PIECE = ("path_calls", "first_path_calls")  # these may be followed by a colon and what is meant


def teller(name: str) -> Teller:
    """What tells the answer of this name. Raises WrongUsage."""
    head, colon, _ = name.partition(":")
    if head not in NAMED or (colon and head not in WITH_PIECE):
        raise WrongUsage(unknown("answer", name, NAMED))
    return NAMED[head]
