"""The words in which a demo journey is written down: one plan gives both its catalog document and its events."""
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Way:
    """One edge of the map, and the share of the runs leaving the element that take it."""

    to: str
    share: float = 1.0
    label: str = ""
    key: str | None = None  # in an IVR menu: what the caller presses


@dataclass(frozen=True, slots=True)
class Step:
    """One element, and what people do there."""

    element_id: str
    kind: str
    name: str
    ways: tuple[Way, ...] = ()
    channel: str | None = None
    stays_h: float = 0.0  # a wait_time lasts just that; in a wait_event, those whom the event finds wait about that long
    timeout_h: float = 0.0  # a wait_event ends after this for those who take its last way
    leaves: float = 0.0  # share of the runs arriving here that end here, not at an exit point
    leaves_as: str = "removed"
    leaves_after_h: float = 0.0
    asks_if_viewed: bool = False  # a split between those who viewed the latest message (first way) and the others
    lift: float = 1.0  # what arriving here does to the odds of reaching the goal
    pull: float = 1.0  # how well this message works beside others of its channel: views, clicks, replies
    invalid: float = 0.05  # share of the tries in an IVR step that are no valid choice
    silent: float = 0.05  # …and in which the caller says nothing
    collects: str | None = None
    ends_call_as: str | None = None  # the call status with which a call ends when it leads here
    url: str = "https://adria.example/offer"


@dataclass(frozen=True, slots=True)
class Goal:
    """What the journey is for, how likely a run reaches it and what that is worth."""

    event: str
    within_days: float | None
    odds: float
    after_h: float  # the median time from entry to goal
    value: float | None = None  # the median value
    names_run: bool = False  # the goal event names journey and entry; otherwise only the profile, as a shop would
    ends_run: bool = False
    at_element: str | None = None  # it is reached by arriving there, and in no other way


@dataclass(frozen=True, slots=True)
class Version:
    """A published revision; `since` is where in the demo's range it was published, 0–1."""

    number: int
    since: float
    steps: tuple[Step, ...]  # in an order in which every way leads onward
    goal: Goal | None = None
    arms: tuple[tuple[str, str, bool], ...] = ()  # name, element, is it the control group


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When people enter: how many a profile over 120 days, and how they spread over days and hours."""

    entries: float
    how: str = "trickle"  # trickle: all week · office: in office hours · weekly: one morning a week · peak: once, on the campaign day
    starts: float = 0.0
    ends: float = 1.0
    weekday: int = 1  # of a weekly batch, Monday = 1
    feels_peak: bool = False  # the campaign day brings more entries here too


@dataclass(frozen=True, slots=True)
class Plan:
    """One journey of the demo account."""

    journey_id: str
    name: str
    rhythm: Rhythm
    versions: tuple[Version, ...]
    status: str = "active"
    created_by: str = "ana.horvat@adria.example"
    tags: tuple[str, ...] = ()
    sub_account_id: str | None = None
    source: str = "engage"  # of its entered events; an SFTP import has its own
    direction: str | None = None  # of its calls
    has_entry_ids: bool = True
    names_version: bool = True
    names_sub_account: bool = False
    is_catalogued: bool = True
    once: bool = False  # a profile enters once at most
    anonymous_calls: float = 0.0  # share of calls with a withheld number: they name the journey and no profile
    late: float = 0.0  # share of its entered events that arrive days late
    extra: tuple[str, ...] = ()  # attributes of the entered event, beside the name


def way(*to: str) -> tuple[Way, ...]:
    """The only way on."""
    return tuple(Way(element) for element in to)


def exit_point(element_id: str, name: str = "Finished") -> Step:
    return Step(element_id, "exit", name)


def entry(name: str, to: str, element_id: str = "in") -> Step:
    return Step(element_id, "entry", name, way(to))


def send(element_id: str, channel: str, name: str, to: str, **more: float | str) -> Step:
    return Step(element_id, "send", name, way(to), channel=channel, **more)  # type: ignore[arg-type]  # the fields of Step, checked by its tests


def wait(element_id: str, name: str, hours: float, to: str, **more: float | str) -> Step:
    return Step(element_id, "wait_time", name, way(to), stays_h=hours, **more)  # type: ignore[arg-type]
