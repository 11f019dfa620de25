"""A random small world: an account, catalog documents and batches in order of receipt, dense enough that the rules collide."""

from __future__ import annotations

import random
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from itertools import zip_longest
from typing import Any

from tests.oracle.days import Zones, end_of_month, instant, local, local_day
from tests.oracle.log import Log

Record = dict[str, Any]

NOW = datetime(2028, 1, 1, tzinfo=UTC)
PROFILES = ("p1", "p2", "p3", "p4")
JOURNEYS = ("cart", "other", "lo'ose")  # the first two are catalogued
ELEMENTS = ("a", "B", "e3", "e4")
BIG = 9_007_199_254_740_993  # no float holds it
CALLS = ("call.started", "call.answered", "call.menu_entered", "call.input", "call.collected", "call.ended")
ANCHORS = (
    "2026-01-05T10:00:00", "2026-01-31T22:59:59", "2026-02-28T23:30:00", "2026-03-29T00:59:59",
    "2025-10-26T00:30:00", "2026-04-04T14:30:00", "2026-08-31T22:00:00", "2023-10-01T03:59:59",
)  # fmt: skip
BEFORE = "2000-01-01T00:00:00Z"
DAY = 86_400
APART = (0, 1, 1.9, 60, 3600, 5400, DAY - 1, DAY, DAY + 1, 2 * DAY, 7 * DAY, 7 * DAY + 0.000001, 12 * DAY, 31 * DAY, 45 * DAY, 366 * DAY)
GOALS = (
    None, {"event": "Buy", "within_days": 7}, {"event": "Buy", "within_days": 1}, {"event": "Buy", "within_days": None},
    {"event": "Buy", "within_days": 0.5}, {"event": "Look", "within_days": 0},
)  # fmt: skip
ARMS = [{"name": "control", "element_id": "e3", "control": True}, {"name": "A", "element_id": "e4"}, {"name": "B", "element_id": "e3"}]
KINDS = ("entered", "entered", "entered", "journey", "element", "message", "message", "message", "call", "call", "performed", "performed")
ATTRIBUTES: tuple[Record, ...] = ({}, {"n": 1}, {"n": 1, "list": [True, 0, None]}, {"n": True}, {"n": "1", "deep": {"b": 2, "a": 1.5}})
CONFLICTS: tuple[Record, ...] = (
    {"reason": "changed"}, {"sender": " n1"}, {"attributes": {"n": 2}}, {"attributes": {"n": True}}, {"element_id": "other"}, {"is_machine": True},
    {"duration_s": 1}, {"journey_version": 3}, {"value_amount": "3"},
)  # fmt: skip
FLAVOURS = (
    ("entered", "message", "message"),
    ("entered", "call", "call"),
    ("entered", "performed", "performed"),
    ("entered", "element", "journey", "message"),
    ("entered",),
)
MESSAGES = tuple(f"message.{name}" for name in ("sent", "delivered", "failed", "seen", "opened", "clicked", "replied", "unsubscribed", "complained"))


@dataclass
class Step:
    """One ingest (`records`) or one catalog put (`document`); `build`: a build follows where builds are split."""

    records: list[Record] = field(default_factory=list)
    document: dict[str, Any] | None = None
    replace: bool = False
    build: bool = False


@dataclass
class World:
    zones: Zones
    currency: str
    steps: list[Step]

    def log(self) -> Log:
        log = Log()
        for step in self.steps:
            if step.document is not None:
                log.put(step.document)
            log.receive(step.records)
        return log


def world_of(seed: int) -> World:
    return _Maker(random.Random(seed)).world()


def crowd_of(seed: int, size: int = 24) -> World:
    """Many small worlds in one account, with ids of their own and their records in turn: one build tries them all."""
    makers = [_Maker(random.Random(seed * size + number), f"{number}") for number in range(size)]
    for maker in makers:
        maker.currencies, maker.zones = makers[0].currencies, makers[0].zones
        maker.times += moved(maker.zones)
    worlds = [maker.world() for maker in makers]
    steps: list[Step] = []
    for turn in zip_longest(*(world.steps for world in worlds)):
        own = [step for step in turn if step is not None]
        steps += [step for step in own if step.document is not None]
        steps.append(Step(records=[record for records in zip_longest(*(step.records for step in own)) for record in records if record is not None]))
    return World(worlds[0].zones, worlds[0].currency, [step for step in steps if step.document is not None or step.records])


def moved(zones: Zones) -> list[datetime]:
    """Instants at which a new zone begins, and some hours later: still in the old month there."""
    return [since + timedelta(hours=hours) for since, _ in zones[1:] if since is not None for hours in (0, 6)]


class _Maker:
    """`name` goes before every id, so that worlds can share an account."""

    def __init__(self, dice: random.Random, name: str = "") -> None:
        self.dice = dice
        self.name = name
        self.times = self._times()
        self.zones = self._zones()
        self.times += moved(self.zones)
        self.entry_ids = ("E", "F", None, None) if dice.random() < 0.7 else ("E", "E", "E", None)
        self.profiles = tuple(name + profile for profile in PROFILES[: dice.choice((1, 2, 2, 3, 4))])
        self.catalogued = tuple(name + journey for journey in JOURNEYS[:2])
        self.journeys = tuple(name + journey for journey in JOURNEYS[: dice.choice((1, 2, 3, 3))])
        self.sources = (f"{name}s",) if dice.random() < 0.7 else (f"{name}s", f"{name}s", f"{name}t")
        self.currencies = (None, "EUR", "eur") if dice.random() < 0.6 else (None, "EUR", "USD")
        self.sub_accounts = (None, None, None, "north", "south")
        self.kinds = dice.choice((KINDS, KINDS, *FLAVOURS))
        self.messages = dice.choice(
            (MESSAGES, MESSAGES, ("message.sent", "message.failed", "message.failed"), ("message.failed", "message.unsubscribed", "message.opened"))
        )
        self.records: list[Record] = []
        self.documents: dict[str, dict[str, Any]] = {}

    def world(self) -> World:
        dice = self.dice
        steps = [self.put(journey) for journey in self.catalogued if dice.random() < 0.8]
        for _ in range(dice.choice((1, 2, 3, 4))):
            steps.append(Step(records=[self.record() for _ in range(dice.choice((1, 4, 10, 20)))]))
            if dice.random() < 0.4:
                steps.append(self.put(dice.choice(self.catalogued)))
        return World(self.zones, dice.choice(("EUR", "EUR", "CHF")), steps)

    def _zones(self) -> Zones:
        dice = self.dice
        zone = dice.choice(("UTC", "Europe/Rome", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Asuncion"))
        zones: list[tuple[datetime | None, str]] = [(None, zone)]
        for at in sorted(dice.sample(self.times, dice.choice((0, 0, 0, 0, 1, 2)))):
            first = local(tuple(zones), at).replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
            since = (first + timedelta(days=32)).replace(day=1).astimezone(UTC)
            if zones[-1][0] is None or zones[-1][0] < since:
                zones.append((since, dice.choice(("Europe/Rome", "Pacific/Honolulu", "Asia/Tokyo", "America/Asuncion"))))
        return tuple(zones)

    def _times(self) -> list[datetime]:
        """Few instants, so that they coincide: around a clock change, a month's end, a Monday, and days apart."""
        dice = self.dice
        base = datetime.fromisoformat(dice.choice(ANCHORS)).replace(tzinfo=UTC)
        return sorted(base + timedelta(seconds=seconds) for seconds in dice.sample(APART, dice.choice((3, 5, 7, 10))))

    # --- records ---

    def record(self) -> Record:
        if self.records and self.dice.random() < 0.08:
            return self._again(deepcopy(self.dice.choice(self.records)))
        record = {name: value for name, value in self._event().items() if value is not None}
        self.records.append(record)
        return record

    def _again(self, record: Record) -> Record:
        """The same record written otherwise (repeated), or with another content (in conflict)."""
        dice = self.dice
        record["received_at"] = self._received(dice.choice(self.times))
        if dice.random() < 0.4:
            record.update(dice.choice(CONFLICTS))
        elif dice.random() < 0.7:
            self._otherwise(record)
        return record

    def _otherwise(self, record: Record) -> None:
        at = instant(record["occurred_at"]).astimezone(timezone(timedelta(hours=self.dice.choice((1, -3)))))
        record["occurred_at"] = at.isoformat().replace("T", self.dice.choice("Tt "))
        record.setdefault("is_machine", False)
        record.setdefault("reason", "")
        for name in ("channel", "cost_currency", "value_currency"):
            if name in record:
                record[name] = "".join(c.lower() if c.isascii() else c for c in record[name])
        for name in ("cost_amount", "value_amount"):
            if name in record:
                record[name] = f"{record[name]}e0" if "E" not in record[name] else "100.0"
        attributes = record.pop("attributes", {})
        if self.dice.random() < 0.5:  # keys that are no column are attributes
            record.update({key: None if key == "none" else value for key, value in attributes.items()})
        else:
            record["attributes"] = {key: float(value) if type(value) is int else value for key, value in reversed(attributes.items())}

    def _received(self, at: datetime) -> str:
        late = self.dice.choice((0, 0, 1, 60, DAY, 40 * DAY))
        if self.dice.random() < 0.1:  # the first instant of the next month: just late
            return min(end_of_month(self.zones, local_day(self.zones, at)), NOW).isoformat().replace("+00:00", "Z")
        return min(at + timedelta(seconds=late), NOW).isoformat().replace("+00:00", "Z")

    def _event(self) -> Record:
        dice = self.dice
        kind = dice.choice(self.kinds)
        at = dice.choice(self.times) if kind != "entered" else min(dice.choice(self.times), dice.choice(self.times))  # else most find no run
        offset = dice.choice((0, 0, 0, 2, -5))
        event: Record = {
            "source": dice.choice(self.sources),
            "event_id": f"x{len(self.records):03}",
            "occurred_at": at.astimezone(timezone(timedelta(hours=offset))).isoformat().replace("+00:00", "Z"),
            "received_at": self._received(at),
            "journey_id": dice.choice((*self.journeys, *self.journeys, None)),
            "profile_id": dice.choice((*self.profiles, *self.profiles, *self.profiles, None)),
            "entry_id": dice.choice(self.entry_ids) if dice.random() < 0.97 else "gone",
            "sub_account_id": dice.choice(self.sub_accounts),
            "journey_version": dice.choice((None, None, None, None, None, 1, 2, BIG)),
            "element_id": dice.choice((*ELEMENTS, None, None)),
            "attributes": dice.choice((None, None, None, *ATTRIBUTES)),
        }
        return {**event, **getattr(self, f"_{kind}")(event)}

    def _entered(self, event: Record) -> Record:
        return {"event_type": "journey.entered", "journey_id": event["journey_id"] or self.journeys[0], "profile_id": event["profile_id"] or self.profiles[0]}

    def _journey(self, event: Record) -> Record:
        return {**self._entered(event), "event_type": "journey.exited", "reason": self.dice.choice((None, "exit_point", "timeout"))}

    def _element(self, event: Record) -> Record:
        kind = self.dice.choice(("element.entered",) * 5 + ("element.exited",))
        return {"event_type": kind, "journey_id": event["journey_id"] or self.journeys[0], "element_id": event["element_id"] or "a"}

    def _cost(self) -> Record:
        dice = self.dice
        return {"cost_amount": dice.choice((None, None, "0.05", "0", "1", "-0.5", "0.0000005", "1E2")), "cost_currency": dice.choice(self.currencies)}

    def _message(self, event: Record) -> Record:
        dice = self.dice
        return {
            "event_type": dice.choice(self.messages),
            "message_id": dice.choice(("m1", "m2", "m3", "m3", None)),
            "channel": dice.choice((None, "SMS", "sms", "EMAIL", "VOICE", "éß")),
            "sender": dice.choice((None, None, "n1", "N1", " n1", 'it\'s, "é"')),
            "is_machine": dice.choice((None, False, True)),
            "url": dice.choice((None, "u", "U", "=1+1")),
            "reason": dice.choice((None, None, "full", "😀", "\uffee")),
            **self._cost(),
        }

    def _call(self, event: Record) -> Record:
        dice = self.dice
        kind = dice.choice(CALLS)
        said = (None, "ok", "invalid", "no_input") if kind != "call.ended" else (None, "completed", "transferred", "hangup")
        return {
            "event_type": kind,
            "call_id": dice.choice(("c1", "c2", "m1")),
            "status": dice.choice(said),
            "direction": dice.choice((None, "inbound", "outbound")),
            "sender": dice.choice((None, None, "n1")),
            "input": dice.choice((None, "1", "9")),
            "collect_name": dice.choice((None, "zip")),
            "duration_s": dice.choice((None, 0, 9.5, 180)) if kind == "call.ended" else None,
            "is_machine": dice.choice((None, None, True)),
            **self._cost(),
        }

    def _performed(self, event: Record) -> Record:
        dice = self.dice
        return {
            "event_type": "event.performed",
            "name": dice.choice(("Buy", "Buy", "Buy", "Look")),
            "journey_id": event["journey_id"] if dice.random() < 0.5 else None,
            "value_amount": dice.choice((None, "10", "2.5", "0")),
            "value_currency": dice.choice(self.currencies),
        }

    # --- documents ---

    def put(self, journey: str) -> Step:
        """The first document of a journey, one that needs no --replace, or one that does."""
        before = self.documents.get(journey)
        replace = before is None or self.dice.random() < 0.4
        document = self._document(journey) if replace or before is None else self._grown(before)
        self.documents[journey] = document
        return Step(document=document, replace=before is not None and replace)

    def _document(self, journey: str) -> dict[str, Any]:
        dice = self.dice
        versions = [self._version(number) for number in sorted(dice.sample((1, 2, 3), dice.choice((0, 1, 1, 2, 3))))]
        name = dice.choice((journey.title(), "Renamed"))
        return {"journey_id": journey, "name": name, "status": "active", "sub_account_id": dice.choice((None, "north")), "versions": versions}

    def _version(self, number: int) -> dict[str, Any]:
        dice = self.dice
        published = dice.choice((None, self.times[0] - timedelta(days=40), self.times[0], dice.choice(self.times)))
        return {
            "version": number,
            "published_at": published and published.isoformat().replace("+00:00", "Z"),
            "goal": dice.choice(GOALS),
            "arms": dice.choice((None, ARMS, ARMS[1:], [{"name": "X", "element_id": "a"}])),
            "elements": [],
        }

    def _grown(self, before: dict[str, Any]) -> dict[str, Any]:
        """What a document may change without --replace: its name, its unpublished versions, a version published later than all."""
        dice = self.dice
        after = deepcopy(before)
        after["name"] = dice.choice((before["name"], "Grown", "Grown again"))
        kept = [version for version in after["versions"] if version["published_at"]]
        last = max([instant(version["published_at"] or BEFORE) for version in kept], default=instant(BEFORE))
        numbers = {1, 2, 3, 4} - {version["version"] for version in kept}
        for number in dice.sample(sorted(numbers), min(len(numbers), dice.choice((0, 1, 2)))):
            version = self._version(number)
            if version["published_at"] and instant(version["published_at"]) < last:
                version["published_at"] = None
            last = max(last, instant(version["published_at"] or BEFORE))
            kept.append(version)
        after["versions"] = sorted(kept, key=lambda version: version["version"])
        return after
