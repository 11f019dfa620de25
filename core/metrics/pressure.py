"""Pressure: how many messages a person gets in a week, and what that does to views and unsubscribes; and overlap: who is in several journeys at once.

Beside the fixed list of measures: asked as `{"measures": ["messages_sent"], "answer": "pressure"}` (basis happened: a week is that of sending),
`{"measures": ["profiles_in_journey"], "answer": "overlap"}` and `"together"`.
"""
from dataclasses import replace

from core.errors import WrongUsage
from core.metrics.facts import HAPPENED, Rows
from core.metrics.measures import MEASURES
from core.metrics.planner import Part
from core.metrics.query import Query
from core.metrics.result import Column, Result
from core.metrics.sql import Params, fact_rows
from core.metrics.units import Unit
from core.warehouse.snapshots import Snapshot

PRESSURE = ("Per person and week (Monday to Sunday): the messages sent to the person in it, by when they were sent. Of the weeks with that many messages: "
            "how many of their delivered messages a human viewed, and how many led to an unsubscription.")
OVERLAP = ("Per number of journeys: people with a run in that many different journeys at one moment of the range or more; a run is in its journey from its "
           "start to its exit, or until now. People count once, at the most journeys that they were in at once.")
TOGETHER = "Per two journeys: people with a run in both at one moment of the range or more, and their share of the people of the smaller one."
RUNS = Rows("runs")
SENT = Rows("messages", where="sent_day IS NOT NULL", happened="sent")
BANDS = (("1", 1, 1), ("2", 2, 2), ("3", 3, 3), ("4", 4, 4), ("5 to 7", 5, 7), ("8 to 14", 8, 14), ("15 or more", 15, None))
PRESSURE_COLUMNS = (
    Column("messages_a_week", "Messages in the week", Unit.TEXT), Column("person_weeks", "Weeks of people", Unit.COUNT),
    Column("profiles", "People", Unit.PEOPLE),
    Column("messages", "Messages sent", Unit.COUNT), Column("delivered", "Messages delivered", Unit.COUNT), Column("viewed_rate", "View rate", Unit.RATE),
    Column("unsubscribed_rate", "Unsubscribe rate", Unit.RATE),
)  # fmt: skip
OVERLAP_COLUMNS = (Column("journeys_at_once", "Journeys at once", Unit.COUNT), Column("profiles", "People", Unit.PEOPLE), Column("share", "Share", Unit.RATE))
TOGETHER_COLUMNS = (Column("journey", "Journey", Unit.TEXT), Column("journey_2", "And", Unit.TEXT), Column("profiles", "People in both at once", Unit.PEOPLE),
                    Column("share", "Of the smaller one", Unit.RATE))
NO_LIMIT = 10**9


def pressure(snapshot: Snapshot, asked: Result) -> Result:
    """Rows (band, weeks of people, people, messages, delivered, view rate, unsubscribe rate), by number of messages; bands with nobody are left out."""
    query = asked.query
    if query.measures != ("messages_sent",) or query.dimensions or query.basis != HAPPENED:
        raise WrongUsage("Pressure is of the measure messages_sent on the basis happened, without dimensions.")
    part = Part("facts", (MEASURES["messages_sent"],), (), query.where, rows=(SENT,))
    rows, params = fact_rows(SENT, part, query, ["profile_key", "sent_day", "delivered_at", "viewed_at", "unsubscribed_at"])
    values = ", ".join(f"({n}, '{label}', {low}, {high or NO_LIMIT})" for n, (label, low, high) in enumerate(BANDS))
    frame = snapshot.sql(
        f"""WITH sent AS ({rows}), person_week AS (
            SELECT profile_key, date_trunc('week', sent_day) AS week, count(*) AS n, count(delivered_at) AS delivered, count(viewed_at) AS viewed,
                   count(unsubscribed_at) AS unsubscribed
            FROM sent GROUP BY ALL
        )
        SELECT band.label AS messages_a_week, count(*) AS person_weeks, count(DISTINCT profile_key) AS profiles, sum(n)::BIGINT AS messages,
               sum(delivered)::BIGINT AS delivered, sum(viewed) / nullif(sum(delivered), 0) AS viewed_rate,
               sum(unsubscribed) / nullif(sum(delivered), 0) AS unsubscribed_rate
        FROM person_week JOIN (VALUES {values}) AS band(place, label, low, high) ON n BETWEEN band.low AND band.high
        GROUP BY band.place, band.label ORDER BY band.place""",
        params,
    )
    return replace(asked, frame=frame, columns=PRESSURE_COLUMNS, definitions=(("Pressure", PRESSURE),))


def overlap(snapshot: Snapshot, asked: Result) -> Result:
    """Rows (journeys at once, people, share of all people in a journey in the range), by number."""
    inside, params = _inside(snapshot, asked.query)
    frame = snapshot.sql(
        f"""WITH inside AS ({inside}), moved AS (
            SELECT profile_key, journey_id, began AS moment, 1 AS step FROM inside UNION ALL SELECT profile_key, journey_id, ended, -1 FROM inside
        ), each_journey AS (
            SELECT profile_key, moment, step,
                   sum(step) OVER (PARTITION BY profile_key, journey_id ORDER BY moment, step ROWS UNBOUNDED PRECEDING) AS here
            FROM moved
        ), turned AS (
            SELECT profile_key, moment, step FROM each_journey WHERE (step = 1 AND here = 1) OR (step = -1 AND here = 0)
        ), at_once AS (
            SELECT profile_key, max(n) AS most FROM (
                SELECT profile_key, sum(step) OVER (PARTITION BY profile_key ORDER BY moment, step ROWS UNBOUNDED PRECEDING) AS n FROM turned
            ) AS counted GROUP BY profile_key
        )
        SELECT most::BIGINT AS journeys_at_once, count(*) AS profiles, count(*) / sum(count(*)) OVER () AS share FROM at_once GROUP BY most ORDER BY most""",
        params,
    )
    return replace(asked, frame=frame, columns=OVERLAP_COLUMNS, definitions=(("Overlap", OVERLAP),))


def together(snapshot: Snapshot, asked: Result) -> Result:
    """Rows (journey, other journey, people in both at once, their share of the smaller one's people), most people first; each pair once."""
    inside, params = _inside(snapshot, asked.query)
    frame = snapshot.sql(
        f"""WITH inside AS ({inside}), people AS (SELECT journey_id, count(DISTINCT profile_key) AS n FROM inside GROUP BY journey_id)
        SELECT one.journey_id AS journey, other.journey_id AS journey_2, count(DISTINCT one.profile_key) AS profiles,
               count(DISTINCT one.profile_key) / least(any_value(mine.n), any_value(theirs.n)) AS share
        FROM inside AS one
        JOIN inside AS other
            ON other.profile_key = one.profile_key AND other.journey_id > one.journey_id AND other.began < one.ended AND one.began < other.ended
        JOIN people AS mine ON mine.journey_id = one.journey_id JOIN people AS theirs ON theirs.journey_id = other.journey_id
        GROUP BY one.journey_id, other.journey_id ORDER BY profiles DESC, journey, journey_2""",
        params,
    )
    return replace(asked, frame=frame, columns=TOGETHER_COLUMNS, definitions=(("In both at once", TOGETHER),))


def _inside(snapshot: Snapshot, query: Query) -> tuple[str, Params]:
    """(profile_key, journey_id, began, ended): runs as they are in their journeys within the range, cut to it; a run without an exit lasts until the as-of.

    A moment is one in which both are: what ends as the other begins does not overlap, and a run that ends as it begins is in no moment.
    """
    if query.measures != ("profiles_in_journey",) or query.dimensions:
        raise WrongUsage("Overlap is of the measure profiles_in_journey, without dimensions.")
    part = Part("facts", (MEASURES["entries"],), (), query.where, rows=(RUNS,))
    rows, params = fact_rows(RUNS, part, replace(query, first=None, last=None), ["profile_key", "journey_id", "started_at", "exited_at", "run_day", "exit_day"])
    conditions = ["coalesce(exited_at, as_of) > started_at"]
    if query.last is not None:
        conditions.append("run_day <= ?")
        params = [*params, query.last]
    if query.first is not None:
        conditions.append("(exit_day IS NULL OR exit_day >= ?)")
        params = [*params, query.first]
    return f"""SELECT profile_key, journey_id, started_at AS began, coalesce(exited_at, as_of) AS ended
               FROM ({rows}) AS run CROSS JOIN (SELECT as_of FROM build) AS now WHERE {' AND '.join(conditions)}""", params
