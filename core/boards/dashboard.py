"""A dashboard as plain data: widgets and texts, where they lie, and how often it is read anew on a full screen."""
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.boards import layout
from core.boards.forms import FORMS
from core.boards.layout import Place
from core.boards.visualization import Visualization
from core.errors import JourneysError, WrongUsage

MOST_ITEMS, LONGEST_TEXT, LONGEST_TITLE = 48, 10_000, 160
REFRESHES = {0: "never", 60: "every minute", 300: "every 5 minutes", 900: "every 15 minutes"}
TEXT_SIZE = (12, 1)
_KEY = re.compile(r"[a-z][a-z0-9]{0,15}")  # it becomes part of a stylesheet


@dataclass(frozen=True, slots=True)
class Item:
    """One thing on a dashboard: a saved visualization by its id, a widget of the dashboard's own, or a text in Markdown; just one of the three."""

    key: str
    place: Place
    visualization_id: int | None = None
    own: Visualization | None = None
    text: str | None = None
    title: str = ""  # “”: what is counted, or the visualization's name

    @classmethod
    def of(cls, document: Any) -> "Item":
        """Raises WrongUsage where the document is none."""
        known = {"key", "place", "visualization", "widget", "text", "title"}
        if not isinstance(document, Mapping) or not set(document) <= known or not _KEY.fullmatch(str(document.get("key"))):
            raise WrongUsage(f"An item of a dashboard is an object with key, place and one of visualization, widget and text, not {document!r}.")
        given = [name for name in ("visualization", "widget", "text") if document.get(name) is not None]
        number, text, title = document.get("visualization"), document.get("text"), document.get("title", "")
        if len(given) != 1 or isinstance(number, bool) or not isinstance(number, int | None) or not isinstance(text, str | None) or not isinstance(title, str):
            raise WrongUsage(f"The item {document['key']} has just one of: visualization (an id), widget, text.")
        if len(text or "") > LONGEST_TEXT or len(title) > LONGEST_TITLE:
            raise WrongUsage(f"A text has at most {LONGEST_TEXT:,} characters, a title {LONGEST_TITLE}.")
        own = Visualization.of(document["widget"]) if given == ["widget"] else None
        return cls(document["key"], Place.of(document.get("place")), number, own, text, title)

    def document(self) -> dict[str, Any]:
        """`of` reads it back."""
        said: dict[str, Any] = {"key": self.key, "place": self.place.document()}
        if self.visualization_id is not None:
            said["visualization"] = self.visualization_id
        elif self.own is not None:
            said["widget"] = self.own.document()
        else:
            said["text"] = self.text
        return said | ({"title": self.title} if self.title else {})


@dataclass(frozen=True, slots=True)
class Dashboard:
    """`items` in no order: their places say how they are read. `refresh_s` 0: only when somebody asks."""

    items: tuple[Item, ...] = ()
    refresh_s: int = 0

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Dashboard":
        """Raises WrongUsage where the document is none."""
        if not isinstance(document, Mapping) or not set(document) <= {"items", "refresh_s"} or not isinstance(document.get("items", []), list):
            raise WrongUsage("A dashboard is a JSON object with items and refresh_s.")
        items = tuple(Item.of(one) for one in document.get("items", []))
        if len({item.key for item in items}) < len(items) or len(items) > MOST_ITEMS:
            raise WrongUsage(f"A dashboard has at most {MOST_ITEMS} items, each with a key of its own.")
        refresh = document.get("refresh_s", 0)
        if refresh not in REFRESHES:
            raise WrongUsage(f"refresh_s is one of {', '.join(map(str, REFRESHES))}, not {refresh!r}.")
        return cls(items, refresh).laid(layout.settled({item.key: item.place for item in items}))

    def document(self) -> dict[str, Any]:
        """`of` reads it back."""
        return {"items": [item.document() for item in self.items], "refresh_s": self.refresh_s}

    @property
    def places(self) -> dict[str, Place]:
        return {item.key: item.place for item in self.items}

    def laid(self, places: Mapping[str, Place]) -> "Dashboard":
        """The same items in other places; those it does not name stay."""
        return replace(self, items=tuple(replace(item, place=places.get(item.key, item.place)) for item in self.items))

    def item(self, key: str) -> Item:
        """Raises JourneysError where it is gone."""
        found = next((item for item in self.items if item.key == key), None)
        if found is None:
            raise JourneysError("This widget is no longer on the dashboard: reload to see what is.")
        return found

    def added(self, *, visualization_id: int | None = None, own: Visualization | None = None, text: str | None = None, title: str = "",
              form: str | None = None) -> "Dashboard":
        """With one item more, below the others or beside the last where it fits."""
        if len(self.items) >= MOST_ITEMS:
            raise WrongUsage(f"A dashboard holds {MOST_ITEMS} items: remove one first, or make another dashboard.")
        size = FORMS[own.form if own else form or "table"].size if text is None else TEXT_SIZE
        taken = {item.key for item in self.items}
        key = next(f"w{n}" for n in range(1, MOST_ITEMS + 2) if f"w{n}" not in taken)
        made = Item.of(Item(key, layout.below(self.places.values(), size), visualization_id, own, text, title).document())
        return replace(self, items=(*self.items, made))

    def changed(self, item: Item) -> "Dashboard":
        """With this item in the place of the one with its key."""
        self.item(item.key)
        return replace(self, items=tuple(item if one.key == item.key else one for one in self.items))

    def without(self, key: str) -> "Dashboard":
        """Without this item; the others move up."""
        left = tuple(item for item in self.items if item.key != key)
        return replace(self, items=left).laid(layout.settled({item.key: item.place for item in left}))

    @property
    def in_order(self) -> list[Item]:
        """As it is read: row by row."""
        by_key = {item.key: item for item in self.items}
        return [by_key[key] for key in layout.in_order(self.places)]
