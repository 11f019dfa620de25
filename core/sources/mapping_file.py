"""Read a mapping file (YAML), and say in one line where it is wrong."""
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml

from core.contract.columns import COLUMNS
from core.errors import JourneysError, unknown
from core.sources.mapping import Column, Mapping, Rule, Source, Template, lone_brace

KEYS = ("source", "time_zone", "columns", "constants", "rules")
Item = TypeVar("Item")


class BadMapping(JourneysError):
    """A mapping file that cannot be followed; the text names the place in it."""


class _Texts(yaml.SafeLoader):  # type: ignore[misc]  # yaml is not typed
    """Every scalar is the text that stands there, null apart: 1.50, yes and 2026-01-01 are what they look like."""

    yaml_implicit_resolvers = {first: [pair for pair in pairs if pair[0] == "tag:yaml.org,2002:null"]
                               for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()}

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """A name that is there twice is a mistake: the first would be lost without a word."""
        names = [key.value for key, _ in node.value]
        twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
        if twice is not None:
            raise yaml.constructor.ConstructorError(problem=f"“{twice}” is there twice", problem_mark=node.start_mark)
        read: dict[Any, Any] = super().construct_mapping(node, deep)
        return read


def read_mapping(path: Path) -> Mapping:
    """The mapping in this file. Raises BadMapping."""
    try:
        written = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=_Texts)
    except (OSError, UnicodeDecodeError) as error:
        raise BadMapping(f"{path} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}.") from error
    except yaml.YAMLError as error:
        raise BadMapping(f"{path} is not YAML: {' '.join(str(error).split())}") from error
    try:
        return mapping_of(written, str(path))
    except BadMapping as error:
        raise BadMapping(f"{path}: {error}") from error


def mapping_of(written: object, file: str = "the mapping") -> Mapping:
    """The mapping that these YAML values describe (scalars as text). Raises BadMapping."""
    top = _members(written, "the file", KEYS)
    columns = [(ours, _theirs(theirs)) for ours, theirs in _ours(top.get("columns"), "columns")]
    constants = [(ours, _constant(value)) for ours, value in _ours(top.get("constants"), "constants")]
    both = next((ours for ours, _ in columns if ours in dict(constants)), None)
    if both is not None:
        raise BadMapping(f"{both} is in columns and in constants: leave it in one of them.")
    rules = top.get("rules")
    return Mapping(
        source=_text(top.get("source"), "source"),
        time_zone=_text(top.get("time_zone"), "time_zone"),
        columns=(*columns, *constants),
        rules=None if rules is None else tuple(_each(rules, "rules", _rule)),
        file=file,
    )


def _rule(written: object, path: str) -> Rule:
    members = _members(written, path, ("when", "set", "skip"))
    skip = _text(members.get("skip"), f"{path}.skip")
    if skip not in (None, "true", "false"):
        raise BadMapping(f"{path}.skip is neither true nor false.")
    if skip == "true" and members.get("set"):
        raise BadMapping(f"{path} has both set and skip: what is skipped is not set.")
    when = {} if members.get("when") is None else _members(members["when"], f"{path}.when", None)
    return Rule(
        when=tuple((column, _texts(value, f"{path}.when.{column}")) for column, value in when.items()),
        then=tuple((ours, _constant(value)) for ours, value in _ours(members.get("set"), f"{path}.set")),
        skip=skip == "true",
    )


def _theirs(written: str | None) -> Source:
    return _constant(written) if written is None or "{" in written else Column(written)


def _constant(written: str | None) -> Template:
    return Template.of(written or "")


def _ours(written: object, path: str) -> Sequence[tuple[str, str | None]]:
    members = {} if written is None else _members(written, path, None)
    for ours in members:
        if ours not in COLUMNS:
            raise BadMapping(f"{path}: {unknown('column of an event', ours, COLUMNS)}")
        if isinstance(members[ours], str) and lone_brace(members[ours]):
            raise BadMapping(f"{path}.{ours}: a column stands in braces ({{name}}), and a brace itself is written twice ({{{{).")
    return [(ours, _text(value, f"{path}.{ours}")) for ours, value in members.items()]


def _members(written: object, path: str, known: Sequence[str] | None) -> dict[str, Any]:
    if not isinstance(written, dict) or not all(isinstance(key, str) for key in written):
        raise BadMapping(f"{path} must be names with their values (name: value).")
    for key in written:
        if known is not None and key not in known:
            raise BadMapping(f"{path}: {unknown('key', key, known)}")
    return written


def _text(written: object, path: str) -> str | None:
    if written is not None and not isinstance(written, str):
        raise BadMapping(f"{path} must be one text.")
    return written or None


def _texts(written: object, path: str) -> tuple[str | None, ...]:
    texts = written if isinstance(written, list) else [written]
    if not texts:
        raise BadMapping(f"{path} is an empty list: it would never match.")
    return tuple(_text(text, path) for text in texts)


def _each(written: object, path: str, read: Callable[[object, str], Item]) -> list[Item]:
    if not isinstance(written, list):
        raise BadMapping(f"{path} must be a list (- when: …).")
    return [read(item, f"{path}[{place}]") for place, item in enumerate(written)]
