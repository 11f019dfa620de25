"""Read a catalog document (interface §2): checked in full, with every key there and its default filled in."""
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar, cast

from core.contract import values
from core.errors import JourneysError, unknown

Item = TypeVar("Item")
STATUSES = ("draft", "active", "paused", "finished")
ELEMENT_KINDS = ("entry", "send", "wait_event", "wait_time", "split", "control_group", "update_profile", "ivr_menu", "ivr_collect", "call_api", "exit", "other")


class BadDocument(JourneysError):
    """A catalog document that breaks interface §2; the text names the place in it."""


def read_document(body: object) -> dict[str, object]:
    """The document with all keys of interface §2 (lists for absent `tags`, `versions`, `elements`; null `arms` where there are none); further keys stay.

    Raises BadDocument, which names the path of what is wrong.
    """
    read = _Reader(_object(body, "the document"), "")
    document = {
        **read.given,
        "journey_id": read.text("journey_id", required=True),
        "name": read.text("name", required=True),
        "status": read.one_of("status", STATUSES),
        "created_by": read.text("created_by"),
        "tags": read.each("tags", _tag),
        "sub_account_id": read.text("sub_account_id"),
        "launched_at": read.moment("launched_at"),
        "ended_at": read.moment("ended_at"),
        "versions": read.each("versions", _version),
    }
    numbers = [version["version"] for version in cast(list[dict[str, object]], document["versions"])]
    _once(numbers, "versions", "version")
    return document


def instant(written: object) -> datetime | None:
    """The moment (UTC) of a time in a document that has been read."""
    return None if written is None else values.moment(written, None)


class _Reader:
    """Reads the members of one object and names their path in what it refuses."""

    def __init__(self, given: Mapping[str, object], path: str) -> None:
        self.given = given
        self.path = path

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def value(self, key: str, required: bool = False) -> object:
        value = self.given.get(key)
        if value is None and required:
            raise BadDocument(f"{self.at(key)} is missing.")
        return value

    def text(self, key: str, required: bool = False) -> str | None:
        value = self.value(key, required)
        if value is not None and not isinstance(value, str):
            raise BadDocument(f"{self.at(key)} is not text.")
        if required and value == "":
            raise BadDocument(f"{self.at(key)} is empty.")
        return value or None

    def one_of(self, key: str, known: tuple[str, ...], required: bool = False) -> str | None:
        value = self.text(key, required)
        if value is not None and value not in known:
            raise BadDocument(f"{self.at(key)}: {unknown(key, value, known)}")
        return value

    def moment(self, key: str) -> str | None:
        value = self.text(key)
        if value is not None:
            try:
                naive = values.moment(value, None).tzinfo is None
            except values.Bad:
                naive = True
            if naive:
                raise BadDocument(f"{self.at(key)} is no time with an offset (such as 2026-01-10T09:00:00Z): {value}")
        return value

    def number(self, key: str) -> int | float | None:
        value = self.value(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
            raise BadDocument(f"{self.at(key)} is no number of 0 or more.")
        return value

    def flag(self, key: str) -> bool:
        value = self.value(key)
        if value is not None and not isinstance(value, bool):
            raise BadDocument(f"{self.at(key)} is neither true nor false.")
        return bool(value)

    def each(self, key: str, read: Callable[[object, str], Item]) -> list[Item]:
        value = self.value(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise BadDocument(f"{self.at(key)} is not a list.")
        return [read(item, f"{self.at(key)}[{place}]") for place, item in enumerate(value)]


def _object(value: object, path: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise BadDocument(f"{path} is not a JSON object.")
    return value


def _tag(value: object, path: str) -> str:
    if not isinstance(value, str):
        raise BadDocument(f"{path} is not text.")
    return value


def _version(value: object, path: str) -> dict[str, object]:
    read = _Reader(_object(value, path), path)
    number = read.value("version", required=True)
    is_whole = number.is_integer() if isinstance(number, float) else isinstance(number, int) and not isinstance(number, bool)
    if not isinstance(number, int | float) or not is_whole or int(number) not in values.INTEGERS:
        raise BadDocument(f"{path}.version is not an integer.")
    elements = read.each("elements", _element)
    _once([element["element_id"] for element in elements], f"{path}.elements", "element_id")
    goal = read.value("goal")
    return {
        **read.given,
        "version": int(number),
        "published_at": read.moment("published_at"),
        "goal": None if goal is None else _goal(goal, f"{path}.goal"),
        "arms": read.each("arms", _arm) or None,
        "elements": elements,
    }


def _goal(value: object, path: str) -> dict[str, object]:
    read = _Reader(_object(value, path), path)
    return {**read.given, "event": read.text("event", required=True), "within_days": read.number("within_days")}


def _arm(value: object, path: str) -> dict[str, object]:
    read = _Reader(_object(value, path), path)
    return {**read.given, "name": read.text("name", required=True), "element_id": read.text("element_id", required=True), "control": read.flag("control")}


def _element(value: object, path: str) -> dict[str, object]:
    read = _Reader(_object(value, path), path)
    return {
        **read.given,
        "element_id": read.text("element_id", required=True),
        "kind": read.one_of("kind", ELEMENT_KINDS, required=True),
        "name": read.text("name"),
        "channel": read.text("channel"),
        "next": read.each("next", _next),
    }


def _next(value: object, path: str) -> dict[str, object]:
    read = _Reader(_object(value, path), path)
    return {**read.given, "to": read.text("to", required=True), "label": read.text("label") or ""}


def _once(found: list[object], path: str, key: str) -> None:
    twice = next((value for place, value in enumerate(found) if value in found[:place]), None)
    if twice is not None:
        raise BadDocument(f"{path}: {key} {twice} is there twice.")
