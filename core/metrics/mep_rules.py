"""The six rules by which a monthly engaged person is counted, each with what this account has of it in the month."""
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from core.metrics.mep_consumption import of_mep, runs_of
from core.metrics.once import once
from core.metrics.result import Column, Result
from core.metrics.units import Unit
from core.warehouse.snapshots import Snapshot


@dataclass(frozen=True, slots=True)
class Rule:
    """`each` is one MEP or none for each person; `of` says what `counted` counts."""

    text: str
    each: str
    of: str


RULES = (
    Rule("Several entries in the month", "one", "entries of these people"),
    Rule("Several journeys in the month", "one", "journeys and people, each pair once"),
    Rule("Messages over several channels", "one", "channels and people, each pair once"),
    Rule("No message at all", "one", "entries of these people"),
    Rule("A journey without a send element", "one", "entries of these people"),
    Rule("A message over API or broadcast, without an entry", "none", "messages in no run, whenever"),
)
COLUMNS = (Column("rule", "Rule", Unit.TEXT), Column("each", "MEP for each person", Unit.TEXT), Column("people", "People", Unit.PEOPLE),
           Column("counted", "Counted", Unit.COUNT), Column("of", "What is counted", Unit.TEXT), Column("mep", "Their MEP", Unit.COUNT))
DEFINITION = ("An entry is the first received journey.entered of a run; its profile is one MEP in the calendar month of its time in the account's zone, "
              "whatever else it does in that month. People are those with a run that started in the month; Their MEP are the lines of these people, in "
              "whatever sub-account.")
_PEOPLE = """WITH run AS (SELECT run_key, profile_key, journey_id, version, messages FROM runs WHERE run_day BETWEEN ? AND ?{where}),
sending AS (SELECT DISTINCT journey_id, version FROM elements WHERE kind = 'send'),
mapped AS (SELECT DISTINCT journey_id, version FROM elements),
channels AS (
    SELECT profile_key, count(DISTINCT channel) AS channels FROM messages SEMI JOIN run USING (run_key) WHERE sent_at IS NOT NULL GROUP BY profile_key
),
person AS (
    SELECT run.profile_key, count(*) AS entries, count(DISTINCT run.journey_id) AS journeys, sum(messages) AS messages,
           bool_and(mapped.journey_id IS NOT NULL AND sending.journey_id IS NULL) AS has_no_send
    FROM run
    LEFT JOIN mapped ON mapped.journey_id = run.journey_id AND mapped.version IS NOT DISTINCT FROM run.version
    LEFT JOIN sending ON sending.journey_id = run.journey_id AND sending.version IS NOT DISTINCT FROM run.version
    GROUP BY run.profile_key
), line AS (SELECT profile_key, count(*) AS mep FROM mep WHERE month BETWEEN ? AND ? GROUP BY profile_key),
known AS (SELECT * FROM person LEFT JOIN channels USING (profile_key) LEFT JOIN line USING (profile_key))
SELECT {columns} FROM known"""
_FILTERS = (("entries > 1", "entries"), ("journeys > 1", "journeys"), ("channels > 1", "channels"), ("messages = 0", "entries"), ("has_no_send", "entries"))


def rules(snapshot: Snapshot, asked: Result) -> Result:
    """Six rows, in the order of RULES: the people of the range whom the rule is about, what of it was counted, and their MEP."""
    query = of_mep(asked.query, "mep_rules")
    where, params = runs_of(query)
    columns = ", ".join(f"count(*) FILTER ({rule})::BIGINT AS people_{n}, coalesce(sum({counted}) FILTER ({rule}), 0)::BIGINT AS counted_{n}, "
                        f"coalesce(sum(mep) FILTER ({rule}), 0)::BIGINT AS mep_{n}" for n, (rule, counted) in enumerate(_FILTERS))
    first, last = query.first or date.min, query.last or date.max
    found = once(snapshot, _PEOPLE.format(where=where, columns=columns), [first, last, *params, first, last]).row(0, named=True)
    loose = int(once(snapshot, "SELECT count(*) FROM loose WHERE kind = 'message'").item())
    rows = [(rule.text, rule.each, found[f"people_{n}"], found[f"counted_{n}"], rule.of, found[f"mep_{n}"]) for n, rule in enumerate(RULES[:-1])]
    rows.append((RULES[-1].text, RULES[-1].each, None, loose, RULES[-1].of, 0))
    schema = {column.name: pl.String() if column.unit is Unit.TEXT else pl.Int64() for column in COLUMNS}
    return replace(asked, frame=pl.DataFrame(rows, schema=schema, orient="row"), columns=COLUMNS, definitions=(("How MEP is counted", DEFINITION),))
