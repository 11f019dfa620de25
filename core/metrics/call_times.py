"""How long calls take, how soon a caller hears the first step, and who calls again within a day.

Asked as `{"measures": ["calls_answered"], "answer": "call_lengths"}`, `"call_length_quartiles"`, `"first_step_times"`, `"first_step_quartiles"`,
`"answer_times"`, `"answer_time_quartiles"`, and
`{"measures": ["calls"], "answer": "repeat_calls"}`.
"""
from datetime import date, timedelta

from core.errors import WrongUsage
from core.metrics.bands import banded, quartered, split_columns, told
from core.metrics.ivr import LENGTHS, call_rows, meant
from core.metrics.once import has_column
from core.metrics.query import Query
from core.metrics.result import Column, Result
from core.metrics.sql import Params
from core.metrics.units import Unit
from core.warehouse.snapshots import Snapshot

LENGTH = Column("call_length", "Length of the call", Unit.TEXT)
PICKED_UP = Column("time_to_answer", "Time to answer", Unit.TEXT)
FIRST = Column("first_step_time", "Time until the first step", Unit.TEXT)
ANSWERED = Column("calls_timed", "Answered calls", Unit.COUNT)
BY = ("journey_version", "direction", "arm", "sub_account")
LENGTH_IS = "Of answered calls whose end names a duration: that duration."
ANSWER_IS = ("Of calls with a call.answered event: the whole seconds from the start of the call, its earliest event, to the first of these. A call that is "
             "known to be answered by a menu, an input or its outcome alone is left out.")
FIRST_IS = ("Of answered calls with a menu, input or collect: the whole seconds from the start of the call to the first of them. It holds the ringing, and what"
            " was said before the first step.")
REPEATS_IS = ("Of calls whose profile is known: those for which the same profile had begun another call of the same journey and direction within the 24 hours "
              "before, whether that one is in the range or not.")
KNOWN, CALLERS = Column("calls_known", "Calls with a profile", Unit.COUNT), Column("callers", "Callers", Unit.PEOPLE)
REPEATS, AGAIN = Column("repeat_calls", "Calls again within 24 h", Unit.COUNT), Column("repeat_callers", "Callers who called again", Unit.PEOPLE)
REPEAT_RATE = Column("repeat_rate", "Of calls with a profile", Unit.RATE)


def call_lengths(snapshot: Snapshot, asked: Result) -> Result:
    """Per band of length, in order: answered calls, and the share of all of them that was over by its end."""
    meant(asked.query, "call_lengths", "calls_answered")
    return banded(snapshot, asked, _length(asked.query), LENGTHS, LENGTH, ANSWERED, LENGTH_IS)


def call_length_quartiles(snapshot: Snapshot, asked: Result) -> Result:
    """Per value of the dimensions: answered calls, and how long the quarter, half and three quarters that were shortest took at most."""
    meant(asked.query, "call_length_quartiles", "calls_answered", BY)
    return quartered(snapshot, asked, _length(asked.query), "call_length", ANSWERED, (LENGTH.label, LENGTH_IS))


def first_step_times(snapshot: Snapshot, asked: Result) -> Result:
    """Per band of time until the first step, in order: answered calls, and the share of all of them that had heard it by its end."""
    meant(asked.query, "first_step_times", "calls_answered")
    return banded(snapshot, asked, _first_step(asked.query), LENGTHS, FIRST, ANSWERED, FIRST_IS)


def first_step_quartiles(snapshot: Snapshot, asked: Result) -> Result:
    """Per value of the dimensions: answered calls with a step, and within how many seconds a quarter, half and three quarters of them had the first."""
    meant(asked.query, "first_step_quartiles", "calls_answered", BY)
    return quartered(snapshot, asked, _first_step(asked.query), "first_step", ANSWERED, (FIRST.label, FIRST_IS))


def answer_times(snapshot: Snapshot, asked: Result) -> Result:
    """Per band of time until the call was answered, in order: answered calls, and the share of all of them that had been by its end."""
    meant(asked.query, "answer_times", "calls_answered")
    return banded(snapshot, asked, _answered(snapshot, asked.query), LENGTHS, PICKED_UP, ANSWERED, ANSWER_IS)


def answer_time_quartiles(snapshot: Snapshot, asked: Result) -> Result:
    """Per value of the dimensions: calls with a call.answered event, and within how many seconds a quarter, half and three quarters of them had it."""
    meant(asked.query, "answer_time_quartiles", "calls_answered", BY)
    return quartered(snapshot, asked, _answered(snapshot, asked.query), "time_to_answer", ANSWERED, (PICKED_UP.label, ANSWER_IS))


def repeat_calls(snapshot: Snapshot, asked: Result) -> Result:
    """Per value of the dimensions: calls with a profile, their callers, those calls that came within 24 h of the one before, and their callers."""
    query = asked.query
    meant(query, "repeat_calls", "calls", BY)
    chosen, params = call_rows(query, "calls", ["call_key", "profile_key"], "profile_key IS NOT NULL")
    again, more = _again(query)
    by = "".join(f"{name}, " for name in query.dimensions)
    frame = snapshot.sql(f"""WITH chosen AS ({chosen}), {again}, caller AS (
            SELECT {by}profile_key, count(*) AS calls, count(again.call_key) AS repeats FROM chosen LEFT JOIN again USING (call_key) GROUP BY {by}profile_key
        )
        SELECT {by}coalesce(sum(calls), 0)::BIGINT AS calls_known, count(*) AS callers, coalesce(sum(repeats), 0)::BIGINT AS repeat_calls,
               count(*) FILTER (repeats > 0) AS repeat_callers, sum(repeats) / nullif(sum(calls), 0) AS repeat_rate
        FROM caller {f"GROUP BY ALL ORDER BY {', '.join(f'{name} NULLS LAST' for name in query.dimensions)}" if by else ""}""", [*params, *more])
    return told(asked, frame, (*split_columns(asked), KNOWN, CALLERS, REPEATS, AGAIN, REPEAT_RATE), (REPEATS.label, REPEATS_IS))


def _length(query: Query) -> tuple[str, Params]:
    return call_rows(query, "calls", ["duration_s AS seconds"], "is_answered AND duration_s IS NOT NULL")


def _answered(snapshot: Snapshot, query: Query) -> tuple[str, Params]:
    if not has_column(snapshot, "calls", "answered_at"):
        raise WrongUsage("This snapshot was built before calls kept the time of their answer: the next build of the account has it.")
    return call_rows(query, "calls", ["(epoch_us(answered_at) - epoch_us(started_at)) // 1000000 AS seconds"], "answered_at IS NOT NULL")


def _first_step(query: Query) -> tuple[str, Params]:
    calls, params = call_rows(query, "calls", ["call_key", "started_at"], "is_answered")
    by = "".join(f"call.{name}, " for name in query.dimensions)
    steps, own = _on_the_days("SELECT call_key, min(stepped_at) AS stepped_at FROM call_steps", query)
    return f"""SELECT {by}(epoch_us(first.stepped_at) - epoch_us(call.started_at)) // 1000000 AS seconds
    FROM ({calls}) AS call JOIN ({steps} GROUP BY call_key) AS first USING (call_key)""", [*params, *own]


def _again(query: Query) -> tuple[str, Params]:
    """CTE `again`: of the journeys asked, the call_key of each call within 24 h of that profile's call before. Two days before the range hold these.

    Only who called more than once is put in order: most have called but once.
    """
    reached = max(query.first, date.min + timedelta(2)) - timedelta(2) if query.first else None
    journeys = next((values for name, values in query.where if name == "journey"), ())
    conditions = ["profile_key IS NOT NULL"] + (["call_day >= ?"] if reached else []) + (["call_day <= ?"] if query.last else [])
    conditions += [f"journey_id IN ({', '.join('?' * len(journeys))})"] if journeys and None not in journeys else []
    params = [day for day in (reached, query.last) if day] + (list(journeys) if journeys and None not in journeys else [])
    return f"""known AS (
        SELECT call_key, profile_key, journey_id, direction, started_at FROM calls WHERE {" AND ".join(conditions)}
    ), again AS (
        SELECT call_key FROM (
            SELECT call_key, started_at, lag(started_at) OVER (PARTITION BY profile_key, journey_id, direction ORDER BY started_at, call_key) AS before_at
            FROM known WHERE profile_key IN (SELECT profile_key FROM known GROUP BY profile_key HAVING count(*) > 1)
        ) WHERE before_at >= started_at - INTERVAL 24 HOUR
    )""", params


def _on_the_days(select: str, query: Query) -> tuple[str, Params]:
    """The steps of calls on the days asked: fewer to join, the calls themselves carry the filters."""
    ends = [(sign, day) for sign, day in ((">=", query.first), ("<=", query.last)) if day]
    return select + (f" WHERE {' AND '.join(f'call_day {sign} ?' for sign, _ in ends)}" if ends else ""), [day for _, day in ends]
