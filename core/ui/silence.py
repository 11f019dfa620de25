"""Partial numbers: which feed is silent for longer than it ever was, said on each page whose range reaches beyond its last event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.metrics import feeds
from core.ui import parts, seen, words
from core.ui.address import Chosen
from core.ui.once import once_a_snapshot

if TYPE_CHECKING:
    from core.ui.viewer import Viewer


def say(viewer: Viewer, chosen: Chosen) -> None:
    """Which feeds are silent, where the range reaches beyond their last event: the numbers are partial from there on."""
    first, last = chosen.days
    silent = [feed for feed in _feeds(viewer) if feed.is_silent(feeds.today(seen.snapshot(viewer)))]
    others = ", ".join(f"{feed.source} {_at(viewer, chosen, feed)}" for feed in _feeds(viewer) if feed not in silent)
    for feed in silent:
        if not feed.last_day < last:
            continue
        habit = "every day" if (feed.longest_pause or 1) == 1 else f"at least every {feed.longest_pause} days"
        parts.state(
            "warning", f"No event from {feed.source} since {_at(viewer, chosen, feed)}",
            f"It came {habit} before. From {words.day(max(feed.last_day, first), year=False)} on these numbers hold only the other feeds"
            f"{f' (last events: {others})' if others else ''}: look at the system that sends it. What it still brings counts on the day it happened.", "warn",
        )  # fmt: skip


def _at(viewer: Viewer, chosen: Chosen, feed: feeds.Feed) -> str:
    return words.moment(feed.last_occurred_at, seen.zone(viewer), year=feed.last_day.year != chosen.today.year)


@once_a_snapshot
def _feeds(viewer: Viewer) -> tuple[feeds.Feed, ...]:
    return feeds.feeds(seen.snapshot(viewer))
