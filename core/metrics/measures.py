"""The measures, each declared once: tile, explorer, file header, help text and SQL read this declaration (interface §4)."""
from dataclasses import dataclass

from core.metrics.dimensions import is_attribute
from core.metrics.facts import Rows
from core.metrics.units import Unit

DAYS = ("day", "week", "month")
CLOCK = ("hour", "weekday")
RUN = ("journey", "journey_version", "sub_account", "arm")

PEOPLE_SPLITS = (*DAYS, *RUN)
RUN_SPLITS = (*DAYS, *CLOCK, *RUN)
MESSAGE_SPLITS = (*RUN_SPLITS, "channel", "sender", "element")
ELEMENT_SPLITS = (*PEOPLE_SPLITS, "element")
CALL_SPLITS = (*RUN_SPLITS, "direction", "last_element", "outcome")
COST_SPLITS = (*MESSAGE_SPLITS, "currency")


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure. `sql` is one aggregate over its `rows`; a rate has no rows but two `parts`, measures by name: the first over the second."""

    name: str
    label: str
    definition: str  # the sentence behind “Why this number”
    sql: str
    rows: tuple[Rows, ...]
    unit: Unit
    splits: tuple[str, ...]  # dimensions that it may be split and filtered by
    additive: bool  # False: its rows are never summed, a total is asked for anew
    happened: str  # what places a fact on the basis *happened*, in words
    rollup: str = ""  # the rollup that holds it too: `daily` for what adds up, `reach` for people
    parts: tuple[str, ...] = ()

    @property
    def is_rate(self) -> bool:
        """Whether it is one measure over another."""
        return bool(self.parts)

    def knows(self, name: str) -> bool:
        """Whether it may be split and filtered by this dimension: its splits, and attributes of the entry where its facts are of runs."""
        return name in self.splits or (is_attribute(name) and "journey_version" in self.splits)

    @property
    def counted(self) -> str:
        """The column that its aggregate reads; * for rows."""
        return self.sql[self.sql.index("(") + 1 : -1].removeprefix("DISTINCT ")

    @property
    def is_money(self) -> bool:
        """Whether it is in a currency."""
        return self.unit is Unit.MONEY


def _people(name: str, label: str, definition: str, happened: str, *rows: Rows, splits: tuple[str, ...] = PEOPLE_SPLITS) -> Measure:
    return Measure(name, label, definition, "count(DISTINCT profile_key)", rows, Unit.PEOPLE, splits, False, happened, "reach")


def _count(name: str, label: str, definition: str, happened: str, *rows: Rows, splits: tuple[str, ...] = RUN_SPLITS,
           rollup: str = "daily") -> Measure:
    return Measure(name, label, definition, "count(*)", rows, Unit.COUNT, splits, True, happened, rollup)


def _rung(rung: str, label: str, definition: str, *more: str) -> Measure:
    return _count(f"messages_{rung}", label, definition, f"when the message was {rung}", Rows("messages", f"{rung}_at IS NOT NULL", rung),
                  splits=(*MESSAGE_SPLITS, *more))


def _element(state: str, label: str, definition: str, where: str = "") -> Measure:
    return _count(f"element_{state}", label, definition, "the run's first arrival at the element", Rows("arrivals", where, "arrived"), splits=ELEMENT_SPLITS)


def _call(name: str, label: str, definition: str, where: str = "", table: str = "calls", more: tuple[str, ...] = ()) -> Measure:
    return _count(name, label, definition, "the start of the call (on both bases)", Rows(table, where, "call", "call"), splits=(*CALL_SPLITS, *more),
                  rollup="")


def _money(name: str, label: str, definition: str, sql: str, happened: str, *rows: Rows, splits: tuple[str, ...]) -> Measure:
    return Measure(name, label, definition, sql, rows, Unit.MONEY, splits, True, happened, "daily")


_COST_TIME = "a message: when it was sent, else its earliest event; a call: its start"

FACTS = (
    _people("profiles_in_journey", "Profiles in journey", "Distinct profiles with a run.", "the run's start", Rows("runs")),
    _count("entries", "Entries", "Runs: each pass of a profile through a journey.", "the run's start", Rows("runs")),
    _count("currently_in_journey", "Currently in journey", "Runs without an exit.", "the run's start", Rows("runs", "exited_at IS NULL")),
    _people("profiles_exited", "Profiles exited", "Distinct profiles with a run that reached an exit point.", "the exit",
            Rows("runs", "is_exit_point", "exit")),
    _count("exits", "Exits", "Runs that have an exit, whatever its reason.", "the exit", Rows("runs", "exited_at IS NOT NULL", "exit"),
           splits=(*RUN_SPLITS, "exit_reason")),
    _people("active_profiles", "Active profiles",
            "Distinct profiles with an active run: a human viewed one of its messages, or one of its calls has an ok input or collect.",
            "the first view of each message, the first ok input or collect of each call",
            Rows("runs", "is_active", None), Rows("messages", "viewed_at IS NOT NULL", "viewed", None),
            Rows("calls", "ok_at IS NOT NULL AND run_key IS NOT NULL", "ok", None)),
    _people("profiles_messaged", "Profiles messaged", "Distinct profiles with a message sent.", "when the message was sent",
            Rows("messages", "sent_at IS NOT NULL", "sent"), splits=(*PEOPLE_SPLITS, "channel")),
    _people("profiles_viewing", "Profiles viewing", "Distinct profiles with a message that a human viewed.", "when the message was viewed",
            Rows("messages", "viewed_at IS NOT NULL", "viewed"), splits=(*PEOPLE_SPLITS, "channel")),
    _people("goal_performers", "Goal performers", "Distinct profiles with a goal event.", "each goal event", Rows("goals", "", "performed")),
    _count("goal_events", "Goal events", "Goal events: the goal of a run's version, performed within its days.", "each goal event",
           Rows("goals", "", "performed")),
    _money("goal_value", "Goal value", "The sum of the values of goal events.", "sum(value_amount)", "each goal event",
         Rows("goals", "value_amount IS NOT NULL", "performed"), splits=(*RUN_SPLITS, "currency")),
    _rung("sent", "Messages sent", "Messages that were sent, by their own event or because a later one proves it."),
    _rung("delivered", "Messages delivered", "Messages that were delivered, by their own event or because a later one proves it."),
    _rung("failed", "Messages failed", "Messages with a failed event and no proof of delivery.", "reason"),
    _rung("viewed", "Messages viewed", "Messages seen, opened, clicked or replied to by a human."),
    _rung("clicked", "Messages clicked", "Messages in which a human clicked."),
    _rung("replied", "Messages replied", "Messages that a human replied to."),
    _rung("unsubscribed", "Messages unsubscribed", "Messages from which a human unsubscribed."),
    _rung("complained", "Messages complained", "Messages that a human complained about."),
    _count("messages_viewed_machine", "Machine views", "Messages that a machine viewed (a prefetch, proxy or bot) and no human.", "the machine's first view",
           Rows("messages", "machine_viewed_at IS NOT NULL", "machine_viewed"), splits=MESSAGE_SPLITS),
    _count("link_clicks", "Link clicks", "Clicks by humans: every click, where Messages clicked counts messages.", "the click", Rows("clicks", "", "clicked"),
           splits=(*MESSAGE_SPLITS, "url")),
    _money("traffic_cost", "Traffic cost", "The sum of the costs of messages and calls. Not an invoice.", "sum(cost_amount)", _COST_TIME,
         Rows("messages", "cost_amount IS NOT NULL", "cost"), Rows("calls", "cost_amount IS NOT NULL AND run_key IS NOT NULL", None),
         Rows("calls", "cost_amount IS NOT NULL", "call", None), splits=COST_SPLITS),
    _money("wasted_cost", "Wasted cost", "The sum of the costs of messages that no human viewed.", "sum(cost_amount)", _COST_TIME,
         Rows("messages", "cost_amount IS NOT NULL AND viewed_at IS NULL", "cost"), splits=COST_SPLITS),
    _element("arrived", "Arrived", "Runs that arrived at an element, each once an element."),
    _element("passed", "Passed", "Runs that arrived at an element and went on.", "state = 'passed'"),
    _element("waiting", "Waiting", "Runs that are at an element and have no exit.", "state = 'waiting'"),
    _element("ended", "Ended", "Runs that were at an element when they ended.", "state = 'ended'"),
    Measure("element_time_median_s", "Median time at element", "The median of the whole seconds of visits that have ended.", "median(seconds)",
            (Rows("visits", "seconds IS NOT NULL", "arrived"),), Unit.SECONDS, ELEMENT_SPLITS, False, "the visit's arrival"),
    _call("calls", "Calls", "Calls of runs, and calls of journeys that belong to no run."),
    _call("calls_answered", "Calls answered", "Calls that were answered.", "is_answered"),
    _call("calls_completed", "Calls completed", "Calls that were completed or transferred.", "is_completed"),
    Measure("call_duration_s", "Call duration", "The sum of the durations of calls.", "fsum(duration_s)",
            (Rows("calls", "duration_s IS NOT NULL", "call", "call"),), Unit.SECONDS, CALL_SPLITS, True, "the start of the call (on both bases)"),
    _call("menu_visits", "Menu visits", "Times that a caller heard a menu.", "kind = 'menu'", "call_steps", ("element",)),
    _call("menu_inputs", "Menu inputs", "Times that a caller chose in a menu, or should have.", "kind = 'input'", "call_steps",
          ("element", "input", "input_status")),
    _call("collects", "Collects", "Times that a step stored what a caller typed or said, or should have.", "kind = 'collect'", "call_steps",
          ("element", "collect_name", "input_status")),
    _count("mep", "MEP", "Monthly engaged persons: profiles that entered a journey in a calendar month, each once a month, "
           "attributed to the journey of the first received entry.", "Engaged At (on both bases)",
           Rows("mep", "", "engaged", "engaged"), splits=("month", "journey", "sub_account"), rollup=""),
)
_BY_NAME = {measure.name: measure for measure in FACTS}


def _rate(name: str, label: str, over: str, under: str, definition: str) -> Measure:
    splits = tuple(split for split in _BY_NAME[over].splits if split in _BY_NAME[under].splits)
    return Measure(name, label, definition, f"{over} / {under}", (), Unit.RATE, splits, False, "each part by its own time", parts=(over, under))


RATES = (
    _rate("exit_rate", "Exit rate", "profiles_exited", "profiles_in_journey", "Profiles exited of profiles in journey."),
    _rate("goal_rate", "Goal rate", "goal_performers", "profiles_in_journey", "Goal performers of profiles in journey."),
    _rate("active_rate", "Active rate", "active_profiles", "profiles_in_journey", "Active profiles of profiles in journey."),
    _rate("delivery_rate", "Delivery rate", "messages_delivered", "messages_sent", "Messages delivered of messages sent."),
    _rate("view_rate", "View rate", "messages_viewed", "messages_delivered", "Messages viewed of messages delivered."),
    _rate("click_rate", "Click rate", "messages_clicked", "messages_delivered", "Messages clicked of messages delivered."),
    _rate("click_to_view_rate", "Click-to-view rate", "messages_clicked", "messages_viewed", "Messages clicked of messages viewed."),
    _rate("call_completion_rate", "Call completion rate", "calls_completed", "calls_answered", "Calls completed of calls answered."),
    Measure("cost_per_goal_performer", "Cost per goal performer", "Traffic cost over goal performers, six decimals.", "traffic_cost / goal_performers", (),
            Unit.MONEY, (*PEOPLE_SPLITS, "currency"), False, "each part by its own time", parts=("traffic_cost", "goal_performers")),
)
CATALOGUE = (*FACTS, *RATES)
MEASURES = {measure.name: measure for measure in CATALOGUE}
