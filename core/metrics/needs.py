"""What of core.access.features a question needs, whoever asks it and wherever: on a page, in a file, in a report."""
from core.metrics.query import Query
from core.metrics.rules import with_inputs


def features(query: Query) -> tuple[str, ...]:
    """MEP is for some roles alone; a formula belongs to Explore. Raises WrongUsage for a formula that is none."""
    needed = ("mep",) if "mep" in with_inputs(query).measures else ()
    return (*needed, "explore") if query.formulas else needed
