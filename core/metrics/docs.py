"""`docs/measures.md`, written from the declarations: `python -m core.metrics.docs [FILE]`."""
import sys
from collections.abc import Iterable
from pathlib import Path

from core.metrics.dimensions import DIMENSIONS
from core.metrics.measures import FACTS, MEASURES, RATES, Measure
from core.metrics.named import NAMED
from core.metrics.units import Unit

FILE = Path(__file__).resolve().parents[2] / "docs" / "measures.md"

_HEAD = """# Measures and dimensions

Written by `make docs` from `core/metrics/measures.py` and `dimensions.py`: change those.

A question names measures, and dimensions to split them by; it has a range of whole local days, a basis and filters.

- **Basis.** *entered* (default): facts of the runs that started in the range, placed on the day their run started. *happened*: facts whose own
  time is in the range, whenever their run started. Calls and what happens in them are placed by the start of the call on both, MEP by Engaged At.
- **Filters.** Several values of one dimension: any of them; several dimensions: all of them. An empty value is null. A filter is allowed where a split
  is, for each measure asked; one on currency acts on money alone.
- **Currencies are never added.** Where an account's costs and goal values are in more than one, money needs currency as a dimension, or a filter of one.
- **Rows.** One for each group that has a fact of any measure asked; without dimensions always one. No fact: counts are 0; money, durations and rates null.
- **Uniques do not add up.** People are counted anew for each row and for each total.
- **Comparison** (`--compare`): `previous` is as many days just before the range, or as many whole months where the range is whole months; `year` the same
  days a year before (whole months stay whole; 29 February becomes the 28th); `weekdays` 28 days before (not of mep). Each measure m is followed by m_before.
  With day, week or month as a dimension, bucket number n of the range stands beside bucket number n of the other, which is named in day_before, week_before or
  month_before (null beyond its end); a bucket of a longer other period that has none beside it is left out.
"""


def text() -> str:
    """The whole page."""
    return "\n".join([_HEAD, "## Measures", "", *_measures(), "", "## Rates", "", *_rates(), "", "## Splits and filters", "", *_splits(), "",
                      "## Dimensions", "", *_dimensions(), "", "## Answers by name", "", *_named(), ""])


def _named() -> Iterable[str]:
    yield "Some answers are told otherwise than as their measures, on the same range, basis and filters:"
    yield '`{"measures": ["goal_performers"], "answer": "goal_times"}`. Each says its own definition in the second sheet of its Excel file.'
    yield ""
    yield "| answer | what it gives |"
    yield "|---|---|"
    for name, tell in NAMED.items():
        yield f"| `{name}` | {(tell.__doc__ or '').strip().splitlines()[0].replace('|', '/')} |"


def _measures() -> Iterable[str]:
    yield "| id | label | what is counted | unit | adds up | time on *happened* |"
    yield "|---|---|---|---|---|---|"
    for measure in FACTS:
        adds_up = "yes" if measure.additive else "no"
        yield f"| `{measure.name}` | {measure.label} | {measure.definition} | {measure.unit} | {adds_up} | {measure.happened} |"


def _rates() -> Iterable[str]:
    yield "A rate is null over nothing, and is a fraction: 0.5 is 50 %."
    yield ""
    yield "| id | label | what it is | formula |"
    yield "|---|---|---|---|"
    for measure in RATES:
        unit = ", in a currency" if measure.unit is Unit.MONEY else ""
        yield f"| `{measure.name}` | {measure.label} | {measure.definition} | `{measure.sql}`{unit} |"


def _splits() -> Iterable[str]:
    yield "| dimensions | measures |"
    yield "|---|---|"
    families: dict[tuple[str, ...], list[Measure]] = {}
    for measure in MEASURES.values():
        families.setdefault(measure.splits, []).append(measure)
    for splits, measures in families.items():
        yield f"| {', '.join(splits)} | {', '.join(f'`{measure.name}`' for measure in measures)} |"


def _dimensions() -> Iterable[str]:
    yield "| id | label | what it is | only within a journey |"
    yield "|---|---|---|---|"
    for dimension in DIMENSIONS.values():
        yield f"| `{dimension.name}` | {dimension.label} | {dimension.definition} | {'yes' if dimension.needs_journey else ''} |"
    yield ""
    yield "“Only within a journey”: needs journey as a dimension, or a filter of one journey by its id."
    yield ""
    yield "`attribute.NAME` splits and filters too: what the earliest of a run's entered events that says it says beside the columns, of the names"
    yield "that the account lists (`journeys account set A --attributes plan,region`, or Administration), from the next build on. For every measure but"
    yield "mep. A value is text, a number by value (1.0 is `1`) or `true`/`false`; null chooses the runs that say nothing of it, and calls of no run."


if __name__ == "__main__":
    Path(sys.argv[1] if len(sys.argv) > 1 else FILE).write_text(text())
