"""The Viewer: who looks, at which account, with which rights, and at which of its snapshots; all that a page is given."""
from collections.abc import MutableMapping
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any
from weakref import ref

import streamlit as st

from core.access import audit, sessions, users
from core.access.accounts import Account
from core.access.features import PACKAGES, Refused
from core.access.users import User
from core.errors import JourneysError
from core.store import Store, refreshes
from core.ui import browser, menu, parts

if TYPE_CHECKING:
    from core.cli.door import Door
    from core.eventlog import EventLog
    from core.settings import Settings
    from core.warehouse.snapshots import Published, Snapshot

VIEWER, SNAPSHOT, PAGE = "ja-viewer", "ja-snapshot", "ja-page"
KEPT = dict.fromkeys(("visualizations", "dashboards"), "What was saved is kept, and is here again as soon as it is open.")
PINNED = "snapshot"  # the parameter of an address that means the numbers as they were
MOST_ASKED = 5  # names on a page that is closed
CHECKED_FOR_S = 0.2  # a page asks for its snapshot some 170 times a run: the session's row and the address are read once for all of them


class SignedOut(JourneysError):
    """The session is over, or its user changed: nothing more may be read with it."""


class Viewer:
    """One signed-in reader of one account. Whatever leads to data asks the store again whether the session still stands."""

    def __init__(self, door: "Door", user: User, account: Account, session_id: str | None, now: datetime, kept: MutableMapping[Any, Any]) -> None:
        """`now` is when the page run began. `kept` lasts as long as the page is open: it holds the snapshot that the reader sees."""
        self.user, self._account, self.now = user, account, now
        self.settings: Settings = door.settings
        self.store: Store = door.store
        self._door, self._session_id, self._kept = door, session_id, kept
        self._checked_at = monotonic()
        self._seen: ref[Snapshot] | None = None  # what the page shows, until the session is looked at again

    def check(self) -> None:
        """Raises SignedOut unless the session stands and is still this user's, with this role; looks at the account again too."""
        if monotonic() - self._checked_at < CHECKED_FOR_S:
            return
        if sessions.user_of(self.store, self._session_id, now=self._door.now()) != self.user:
            raise SignedOut("You are signed out: sign in again to go on.")
        self._account = self._door.account(self._account.account_id)
        self._checked_at, self._seen = monotonic(), None

    @property
    def account(self) -> Account:
        """The account as it stands: callbacks and fragments hold a Viewer of an earlier run, and a changed package holds with the next click.

        Raises SignedOut.
        """
        self.check()
        return self._account

    # what may be done

    def refusal(self, feature: str) -> str | None:
        """Why this reader may not use the feature, naming the package or role that may; None: may."""
        return self.account.refusal(feature, self.user.role)

    def may(self, feature: str) -> bool:
        return self.refusal(feature) is None

    def to_ask(self, feature: str) -> str:
        """Who of the account may use the feature, as a sentence; empty: nobody may."""
        may = [user.name for user in users.of_account(self.store, self.account.account_id) if self.account.refusal(feature, user.role) is None]
        return f"You can ask {', '.join(may[:MOST_ASKED])}{' and others' if len(may) > MOST_ASKED else ''}." if may else ""

    def require(self, feature: str) -> None:
        """Raises Refused, whose text names the package or role; SignedOut."""
        self.check()
        why = self.refusal(feature)
        if why:
            raise Refused(why)

    # what may be read

    @property
    def snapshot(self) -> "Snapshot | None":
        """The snapshot of this page session; None: the account was never built. Raises SignedOut."""
        self.check()
        known = None if self._seen is None else self._seen()
        if known is None:
            known = self._looked_up()
            self._seen = None if known is None else ref(known)
        return known

    def _looked_up(self) -> "Snapshot | None":
        if self.pinned:
            return self.snapshot_named(self.pinned)
        account_id, found = self._kept.get(SNAPSHOT, (None, None))
        if found is None or account_id != self.account.account_id:
            if self._door.newest_snapshot_id(self.account.account_id) is None:
                return None
            found = self._door.snapshot(self.account.account_id)
            self._kept[SNAPSHOT] = (self.account.account_id, found)
        snapshot: Snapshot = found
        return snapshot

    @property
    def pinned(self) -> str | None:
        """The id of the snapshot that the address holds on to; None: the page shows the newest."""
        named = st.query_params.get(PINNED)
        return named or None

    def snapshot_named(self, snapshot_id: str) -> "Snapshot":
        """One of this account's snapshots that are kept. Raises NotBuilt, SignedOut."""
        self.check()
        return self._door.snapshot(self.account.account_id, snapshot_id)

    def pin(self) -> str:
        """Keep the snapshot of this page for 90 days; gives its id. Raises NotBuilt, SignedOut."""
        seen = self.snapshot
        if seen is None:
            raise JourneysError("There is no snapshot to keep yet.")
        self._door.pin(self.account.account_id, seen.snapshot_id, self.now)
        self._audit("snapshot.pinned", seen.snapshot_id)
        return seen.snapshot_id

    def pins(self) -> "tuple[list[tuple[Published, datetime, datetime]], int]":
        """The snapshots that links hold on to, newest first, each with its last link and until when it is kept; and how many there may be."""
        self.check()
        return self._door.pins(self.account.account_id, self.now)

    def unpin(self, snapshot_id: str) -> None:
        """Let go of a snapshot that links hold on to. Raises NotBuilt, Refused, SignedOut."""
        self.require("administer")
        self._door.unpin(self.account.account_id, snapshot_id)
        self._audit("snapshot.unpinned", snapshot_id)

    def _audit(self, action: str, subject: str) -> None:
        with self.store.write() as connection:
            audit.record(connection, audit.Entry(self.now, self.account.account_id, self.user.name, action, subject, {}))

    def kept_snapshots(self) -> "list[tuple[Published, datetime | None]]":
        """The records of the account's snapshots, newest first, each with when it was pinned."""
        self.check()
        return self._door.kept_snapshots(self.account.account_id)

    @property
    def newer_snapshot(self) -> str | None:
        """The id of a snapshot published since this page was opened; None: the page shows the newest."""
        if self.pinned:
            return None
        newest, seen = self._door.newest_snapshot_id(self.account), self.snapshot
        return newest if seen is not None and newest != seen.snapshot_id else None

    def take_newer_snapshot(self) -> None:
        """The next run shows the newest snapshot."""
        self._kept.pop(SNAPSHOT, None)
        self._seen = None

    def log(self) -> "EventLog":
        self.check()
        return self._door.log(self.account.account_id)

    @property
    def folder(self) -> Path:
        """The account's folder."""
        self.check()
        return self._door.folder(self.account.account_id)

    # what is said about it

    @property
    def next_refresh_at(self) -> datetime | None:
        """When the worker refreshes next; None: as soon as it can, or nothing was ever built."""
        seen = self.snapshot
        due = seen and seen.as_of + PACKAGES[self.account.package].refresh
        return due if due and due > self.now else None

    @property
    def failed_build(self) -> str | None:
        """Why the newest refresh failed; None: it worked, or there was none."""
        newest = refreshes.newest(self.store, self.account.account_id)
        return newest.error if newest else None

    @property
    def base_url(self) -> str:
        """Before the path of a link that leaves the page: as it is set, else the address that the browser used."""
        here = st.context.url if isinstance(st.context.url, str) else ""
        return (self.settings.base_url or "/".join(here.split("/")[:3])).rstrip("/")


def viewer() -> Viewer:
    """The Viewer of the page that runs. Ends the page unless somebody is signed in who may open it."""
    found = st.session_state.get(VIEWER)
    if not isinstance(found, Viewer):
        st.stop()
    try:
        found.check()
    except SignedOut:
        browser.go_again()
    entry = menu.entry_of(st.session_state.get(PAGE, ""))
    why = found.refusal(entry.feature) if entry else None
    if entry and why:
        refuse(found, entry.title, " ".join(filter(None, (why, found.to_ask(entry.feature), KEPT.get(entry.feature)))))
        st.stop()
    return found


def refuse(viewer: Viewer, title: str, why: str) -> None:
    """The page says that it is not open to this reader, and to whom it is."""
    parts.header(viewer, title)
    parts.state("lock", f"The page {title} is not open to you", why)
