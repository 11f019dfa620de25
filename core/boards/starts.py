"""What a dashboard can begin with: the standard pages as questions and forms, each then the reader's own to change."""
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from core.boards.dashboard import Dashboard, Item
from core.boards.layout import Place
from core.boards.spans import Span
from core.boards.visualization import Visualization
from core.metrics import Query

# of the widgets by number, where what is counted is too long for a heading; none names days, for a filter may change them
OVERVIEW_TITLES = {8: "Messages sent and their rates, by channel", 10: "Messages, from sent to clicked", 11: "Top 10 journeys by profiles in journey"}


@dataclass(frozen=True, slots=True)
class Start:
    """A way to begin: its name and what it makes; `feature` is one the reader needs besides (core.access.features)."""

    name: str
    label: str
    make: Callable[[str | None], Dashboard]  # given the currency of money where the account has several
    feature: str | None = None


def _money(query: Query, currency: str | None) -> Query:
    return query.filtered("currency", currency) if currency else query


def _overview(currency: str | None) -> Dashboard:
    def one(measure: str) -> Visualization:
        return Visualization(Query((measure,), compare="weekdays"), Span("28d"), "single")

    singles = [one(name) for name in ("profiles_in_journey", "profiles_exited", "active_profiles", "goal_performers", "messages_sent")]
    cost = Visualization(_money(Query(("traffic_cost",), compare="weekdays"), currency), Span("28d"), "single")
    widgets = [(own, Place(2 * n, 0, 2, 2)) for n, own in enumerate([*singles, cost])]
    more = (
        (Query(("profiles_in_journey",), ("day",), compare="weekdays"), "line", Place(0, 2, 7, 4)),
        (Query(("messages_sent", "delivery_rate", "view_rate", "click_rate"), ("channel",), order="-messages_sent"), "table", Place(7, 2, 5, 4)),
        (Query(("messages_sent",), ("day", "channel")), "stacked", Place(0, 6, 6, 4)),
        (Query(("messages_sent", "messages_delivered", "messages_viewed", "messages_clicked")), "funnel", Place(6, 6, 6, 4)),
        (Query(("profiles_in_journey", "active_profiles", "goal_performers", "goal_rate"), ("journey",), order="-profiles_in_journey", limit=10), "table",
         Place(0, 10, 12, 5)),
        (Query(("entries",), ("weekday", "hour")), "heat", Place(0, 15, 12, 4)),
    )
    widgets += [(Visualization(query, Span("28d"), form), place) for query, form, place in more]
    return _of(widgets, OVERVIEW_TITLES)


def _mep(currency: str | None) -> Dashboard:
    return _of([
        (Visualization(Query(("mep",)), Span("1m"), "single"), Place(0, 0, 3, 2)),
        (Visualization(Query(("mep",)), Span("last_month"), "single"), Place(3, 0, 3, 2)),
        (Visualization(Query(("mep",), ("month",)), Span("12m"), "bar"), Place(0, 2, 7, 4)),
        (Visualization(Query(("mep",), ("journey",), order="-mep", limit=10), Span("1m"), "bar"), Place(7, 0, 5, 6)),
        (Visualization(Query(("mep",), ("month", "sub_account")), Span("12m"), "pivot"), Place(0, 6, 12, 4)),
    ])


def _of(widgets: list[tuple[Visualization, Place]], titles: Mapping[int, str] = MappingProxyType({})) -> Dashboard:
    return Dashboard(tuple(Item(f"w{n}", place, own=own, title=titles.get(n, "")) for n, (own, place) in enumerate(widgets, 1)))


STARTS = {start.name: start for start in (
    Start("empty", "An empty dashboard", lambda _: Dashboard()),
    Start("overview", "Overview", _overview),
    Start("mep", "MEP consumption", _mep, "mep"),
)}
