"""Arms against control: what goal rate each has, how sure the difference is, how many people are still missing, and whether the arms were filled as planned.

Beside the fixed list of measures: asked as `{"measures": ["profiles_in_journey", "goal_performers"], "dimensions": ["arm"], "answer": "lift"}` of one
journey, and `{"measures": ["profiles_in_journey"], "dimensions": ["arm"], "answer": "arm_shares"}`.
"""
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, sqrt
from statistics import NormalDist

import polars as pl

from core.errors import WrongUsage
from core.metrics.facts import ENTERED
from core.metrics.query import Query
from core.metrics.result import Column, Result
from core.metrics.units import Unit
from core.warehouse.snapshots import Snapshot

SURE, POWER, SKEWED = 0.95, 0.8, 0.01  # of the intervals; of finding the difference that is seen; below it the arms were not filled as planned
Z, Z_POWER = NormalDist().inv_cdf((1 + SURE) / 2), NormalDist().inv_cdf(POWER)
DEFINITION = ("Goal rate of an arm = its goal performers over its profiles in journey; a profile in two arms counts in both. The interval of a rate is "
              "Wilson's, of a difference to the control Newcombe's, both of 95 %. Not enough yet: the interval holds 0; missing are the people that the arm "
              "still needs, the control growing alike, until a difference as large as the one seen would be found with a probability of 80 %.")
SHARES = ("Profiles of each arm against the shares expected: those of the catalog where the ways into the arms are labelled with percentages that add up to "
          "100, else equal ones. p is of the chi-square test: below 1 % the arms were hardly filled as planned, and their difference may come from that.")
ARM, PEOPLE, PERFORMERS = (Column("arm", "Arm", Unit.TEXT), Column("profiles_in_journey", "Profiles in journey", Unit.PEOPLE),
                           Column("goal_performers", "Goal performers", Unit.PEOPLE))
LIFT = (ARM, Column("is_control", "Control", Unit.TEXT), PEOPLE, PERFORMERS, Column("goal_rate", "Goal rate", Unit.RATE),
        Column("goal_low_rate", "Goal rate, low", Unit.RATE), Column("goal_high_rate", "Goal rate, high", Unit.RATE),
        Column("lift_rate", "Difference to control", Unit.RATE), Column("lift_low_rate", "Difference, low", Unit.RATE),
        Column("lift_high_rate", "Difference, high", Unit.RATE), Column("verdict", "Verdict", Unit.TEXT),
        Column("missing_people", "People still missing", Unit.PEOPLE))
FILLED = (ARM, PEOPLE, Column("arm_share_rate", "Share", Unit.RATE), Column("expected_share_rate", "Expected share", Unit.RATE),
          Column("expected_from", "Expected from", Unit.TEXT), Column("chance_rate", "p of chi-square", Unit.RATE))
BETTER, WORSE, OPEN, NOBODY = "better", "worse", "not enough yet", "nobody yet"


@dataclass(frozen=True, slots=True)
class Counted:
    """An arm's people, and those of them who reached the goal."""

    people: int
    performers: int

    @property
    def rate(self) -> float | None:
        return self.performers / self.people if self.people else None


def lift(snapshot: Snapshot, asked: Result) -> Result:
    """A row an arm of the catalog or of the range, the control first; without a control in it, no differences."""
    _checked(asked.query, ("profiles_in_journey", "goal_performers"), "lift")
    found = {row["arm"]: Counted(row["profiles_in_journey"], row["goal_performers"]) for row in asked.frame.iter_rows(named=True) if row["arm"] is not None}
    arms = _arms(snapshot, asked.query, found)
    controls = [arm for arm, is_control in arms.items() if is_control]
    control = found.get(controls[0], Counted(0, 0)) if controls else None
    rows = [_row(arm, arm in controls, found.get(arm, Counted(0, 0)), control) for arm in sorted(arms, key=lambda arm: arm not in controls)]
    return replace(asked, frame=_frame(rows, LIFT), columns=LIFT, definitions=(("Difference to control", DEFINITION),))


def arm_shares(snapshot: Snapshot, asked: Result) -> Result:
    """A row an arm in the order of the catalog: people, share, expected share and where it comes from; p is of all arms together."""
    _checked(asked.query, ("profiles_in_journey",), "arm_shares")
    found = {row["arm"]: row["profiles_in_journey"] for row in asked.frame.iter_rows(named=True) if row["arm"] is not None}
    arms = _arms(snapshot, asked.query, found)
    planned = _planned(snapshot, asked.query, list(arms))
    expected = planned or dict.fromkeys(arms, 1 / len(arms) if arms else 0)
    whole = sum(found.values())
    chance = skew([found.get(arm, 0) for arm in arms], [expected[arm] for arm in arms])
    said = "the catalog" if planned else "equal shares"
    rows = [(arm, found.get(arm, 0), found.get(arm, 0) / whole if whole else None, expected[arm], said, chance) for arm in arms]
    return replace(asked, frame=_frame(rows, FILLED), columns=FILLED, definitions=(("Shares of the arms", SHARES),))


def wilson(one: Counted) -> tuple[float, float] | None:
    """The score interval of a rate (Wilson 1927); None of nobody."""
    if not one.people:
        return None
    rate, n = one.performers / one.people, one.people
    middle, half = rate + Z * Z / (2 * n), Z * sqrt(rate * (1 - rate) / n + Z * Z / (4 * n * n))
    scale = 1 + Z * Z / n
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def newcombe(arm: Counted, control: Counted) -> tuple[float, float, float] | None:
    """The difference of two rates with its interval: (difference, low, high), the hybrid score method (Newcombe 1998, method 10); None where one has nobody."""
    of_arm, of_control = wilson(arm), wilson(control)
    if of_arm is None or of_control is None:
        return None
    rate, other = arm.performers / arm.people, control.performers / control.people
    low = rate - other - sqrt((rate - of_arm[0]) ** 2 + (of_control[1] - other) ** 2)
    return rate - other, low, rate - other + sqrt((of_arm[1] - rate) ** 2 + (other - of_control[0]) ** 2)


def missing(arm: Counted, control: Counted) -> int | None:
    """How many more people the arm needs until the difference seen would be found, the control growing alike; None where none is seen."""
    if not arm.people or not control.people or arm.rate == control.rate:
        return None
    rate, other = arm.performers / arm.people, control.performers / control.people
    spread = rate * (1 - rate) + other * (1 - other) * arm.people / control.people
    return max(1, ceil((Z + Z_POWER) ** 2 * spread / (rate - other) ** 2) - arm.people)


def skew(people: list[int], expected: list[float]) -> float | None:
    """p of the chi-square test that people came in these shares; None of nobody, or of a single arm."""
    from scipy.special import gammaincc  # half a second and 30 MB: only for whoever looks

    whole = sum(people)
    if not whole or len(people) < 2 or min(expected) <= 0:
        return None
    distance = sum((n - whole * share) ** 2 / (whole * share) for n, share in zip(people, expected, strict=True))
    return float(gammaincc((len(people) - 1) / 2, distance / 2))


def _row(arm: str, is_control: bool, own: Counted, control: Counted | None) -> tuple[object, ...]:
    low, high = wilson(own) or (None, None)
    shown = (arm, "control" if is_control else None, own.people, own.performers, own.rate, low, high)
    if is_control or control is None:
        return (*shown, None, None, None, None, None)
    found = newcombe(own, control)
    if found is None:
        return (*shown, None, None, None, NOBODY, None)
    verdict = BETTER if found[1] > 0 else WORSE if found[2] < 0 else OPEN
    return (*shown, *found, verdict, missing(own, control) if verdict == OPEN else None)


def _checked(query: Query, measures: tuple[str, ...], name: str) -> None:
    journeys = [values for key, values in query.where if key == "journey"]
    if query.measures != measures or query.dimensions != ("arm",) or query.basis != ENTERED or [len(values) for values in journeys] != [1]:
        raise WrongUsage(f"The answer “{name}” is of {' and '.join(measures)} by arm in one journey, on the basis entered: filter by a journey.")


def _arms(snapshot: Snapshot, query: Query, found: dict[str, int] | dict[str, Counted]) -> dict[str, bool]:
    """Arm → whether it is a control: those of the versions asked in the newest one's order, then those of the range alone; a filter on arms keeps its own."""
    filters = dict(query.where)
    journey, versions = filters["journey"][0], filters.get("journey_version", ())
    arms: dict[str, bool] = {}
    for version, name, is_control in snapshot.sql(ARMS, [journey]).iter_rows():
        if not versions or version in versions:
            arms.setdefault(name, bool(is_control))
    for name in found:
        arms.setdefault(name, False)
    return {name: is_control for name, is_control in arms.items() if name in filters.get("arm", (name,))}


def _planned(snapshot: Snapshot, query: Query, arms: list[str]) -> dict[str, float] | None:
    """Arm → share, from labels as “10 %” on the ways into all of the arms' elements; None where the catalog does not say so."""
    versions = dict(query.where).get("journey_version", ())
    shares: dict[str, float] = {}
    for version, following, names in snapshot.sql(WAYS, [dict(query.where)["journey"][0]]).iter_rows():
        if versions and version not in versions:
            continue
        said = {way.get("to"): re.search(r"(\d+(?:[.,]\d+)?) ?%", way.get("label") or "") for way in json.loads(following)}
        found = {arm["name"]: float(share[1].replace(",", ".")) / 100 for arm in names if (share := said.get(arm["element_id"]))}
        if set(found) == set(arms) and abs(sum(found.values()) - 1) < 1e-9:
            shares = shares or found  # the newest version comes first
    return shares or None


def _frame(rows: Sequence[tuple[object, ...]], columns: tuple[Column, ...]) -> pl.DataFrame:
    kinds = {Unit.TEXT: pl.String(), Unit.PEOPLE: pl.Int64(), Unit.RATE: pl.Float64()}
    return pl.DataFrame(rows, schema={column.name: kinds[column.unit] for column in columns}, orient="row")


ARMS = "SELECT version, name, is_control FROM arms WHERE journey_id = ? ORDER BY version DESC NULLS LAST, ordinal"
WAYS = """SELECT element.version, element.next, list({'name': arm.name, 'element_id': arm.element_id}) AS names
FROM elements AS element JOIN arms AS arm ON arm.journey_id = element.journey_id AND arm.version = element.version
WHERE element.journey_id = ? AND element.next IS NOT NULL GROUP BY element.version, element.element_id, element.next
ORDER BY element.version DESC, element.element_id"""
