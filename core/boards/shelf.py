"""The saved visualizations and dashboards of one reader: package and role are asked at every step, tenants never meet."""
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from core.access.accounts import Account
from core.access.features import Refused
from core.access.users import User
from core.boards.dashboard import Dashboard
from core.boards.visualization import Visualization
from core.errors import JourneysError, WrongUsage
from core.store import Store
from core.store import boards as kept
from core.store.boards import Board, Version
from core.store.names import named

VISUALIZATION, DASHBOARD = "visualization", "dashboard"
FEATURES = {VISUALIZATION: "visualizations", DASHBOARD: "dashboards"}  # what of core.access.features each belongs to
LONGEST_NAME, LONGEST_DESCRIPTION = 120, 2_000


class NotThere(JourneysError):
    """There is none with this id, it is another account's, or somebody's who does not share it: nobody is told which."""


class NotYours(JourneysError):
    """Only its owner changes it; where that user is gone, an administrator."""


class Reader(Protocol):
    """Who asks: the Viewer of a page, or `Asker` where there is none."""

    @property
    def store(self) -> Store: ...

    @property
    def account(self) -> Account: ...

    @property
    def user(self) -> User: ...

    @property
    def now(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Asker:
    """A reader outside of pages: the worker that makes a scheduled report for somebody."""

    store: Store
    account: Account
    user: User
    now: datetime


def require(reader: Reader, kind: str) -> None:
    """Raises Refused, whose text names the package, where the account or the role may not."""
    why = reader.account.refusal(FEATURES[kind], reader.user.role)
    if why:
        raise Refused(why)


def listed(reader: Reader, kind: str) -> list[Board]:
    """What this reader may open, by name."""
    require(reader, kind)
    return kept.listed(reader.store, reader.account.account_id, reader.user.user_id, kind)


def opened(reader: Reader, kind: str, board_id: int) -> Board:
    """Raises NotThere, Refused."""
    require(reader, kind)
    found = kept.find(reader.store, reader.account.account_id, reader.user.user_id, kind, board_id)
    if found is None:
        raise NotThere(f"There is no {kind} {board_id} that is yours or shared with you. Its owner can share it within the account.")
    return found


def visualization(reader: Reader, board_id: int) -> tuple[Board, Visualization]:
    """A saved visualization as it stands. Raises NotThere, Refused."""
    found = opened(reader, VISUALIZATION, board_id)
    return found, Visualization.of(found.document)


def dashboard(reader: Reader, board_id: int) -> tuple[Board, Dashboard]:
    """A saved dashboard as it stands. Raises NotThere, Refused."""
    found = opened(reader, DASHBOARD, board_id)
    return found, Dashboard.of(found.document)


def add(reader: Reader, kind: str, name: str, content: Visualization | Dashboard, description: str = "") -> int:
    """Keep a new one, private at first; gives its id. Raises Refused, WrongUsage."""
    require(reader, kind)
    called, about = named(name, LONGEST_NAME, "a name"), _description(description)
    return kept.add(reader.store, reader.account.account_id, reader.user.user_id, kind, called, about, _checked(kind, content),
                    by=reader.user.name, now=reader.now)


def save(reader: Reader, board: Board, content: Visualization | Dashboard, said: str) -> int:
    """A new version of it, in which `said` was done. Raises NotYours, Refused, ChangedMeanwhile."""
    _own(reader, board)
    return kept.save(reader.store, board.board_id, board.version, _checked(board.kind, content), said, by=reader.user.name, now=reader.now)


def undo(reader: Reader, board: Board) -> None:
    """Back to what this version was made from; nothing is lost, `redo` returns."""
    _own(reader, board)
    if board.parent is None or board.parent not in {one.version for one in history(reader, board)}:
        raise WrongUsage("There is nothing to undo.")
    kept.turn(reader.store, board.board_id, board.version, board.parent, reader.now)


def redo(reader: Reader, board: Board) -> None:
    """Forward again to the newest version that was made from this one."""
    _own(reader, board)
    after = [one.version for one in history(reader, board) if one.parent == board.version]
    if not after:
        raise WrongUsage("There is nothing to do again.")
    kept.turn(reader.store, board.board_id, board.version, max(after), reader.now)


def restore(reader: Reader, board: Board, version: int) -> int:
    """What a version held, as a new version. Raises WrongUsage where it is not kept."""
    _own(reader, board)
    document = kept.document_of(reader.store, board.board_id, version)
    if document is None:
        raise WrongUsage(f"Version {version} is not kept: the last {kept.KEPT} are.")
    return kept.save(reader.store, board.board_id, board.version, document, f"Version {version} again", by=reader.user.name, now=reader.now)


def history(reader: Reader, board: Board) -> list[Version]:
    """The versions kept, newest first."""
    opened(reader, board.kind, board.board_id)
    return kept.history(reader.store, board.board_id)


def rename(reader: Reader, board: Board, name: str, description: str) -> None:
    _own(reader, board)
    kept.change(reader.store, board.board_id, reader.now, name=named(name, LONGEST_NAME, "a name"), description=_description(description))


def share(reader: Reader, board: Board, *, is_shared: bool) -> None:
    """Let the whole account open it, or nobody else any more."""
    _own(reader, board)
    kept.change(reader.store, board.board_id, reader.now, is_shared=is_shared)


def duplicate(reader: Reader, board: Board) -> int:
    """A copy of one's own, private, with a history of its own; gives its id."""
    found = opened(reader, board.kind, board.board_id)
    return kept.add(reader.store, reader.account.account_id, reader.user.user_id, found.kind, f"{found.name[: LONGEST_NAME - 7]}, copy", found.description,
                    found.document, by=reader.user.name, now=reader.now)


def remove(reader: Reader, board: Board) -> None:
    _own(reader, board)
    kept.remove(reader.store, board.board_id)


def uses(reader: Reader, board: Board) -> tuple[list[Board], int]:
    """The dashboards that show a visualization: those that this reader may open, and how many private ones of others beside them."""
    opened(reader, board.kind, board.board_id)
    using = [one for one in kept.every(reader.store, reader.account.account_id, DASHBOARD)
             if any(item.visualization_id == board.board_id for item in Dashboard.of(one.document).items)]
    open_to = [one for one in using if one.is_shared or one.user_id == reader.user.user_id]
    return sorted(open_to, key=lambda one: one.name.casefold()), len(using) - len(open_to)


def may_change(reader: Reader, board: Board) -> bool:
    """Whether this reader changes it: its owner, or an administrator where the owner is gone."""
    return board.user_id == reader.user.user_id or (board.user_id is None and reader.user.role == "admin")


def _own(reader: Reader, board: Board) -> None:
    """Asks the store anew: what a page was given may be old, or forged."""
    found = opened(reader, board.kind, board.board_id)
    if not may_change(reader, found):
        raise NotYours(f"Only {found.owner or 'an administrator'} changes this {found.kind}: duplicate it to have one of your own.")


def _checked(kind: str, content: Visualization | Dashboard) -> Mapping[str, Any]:
    """The document, read back once: what cannot be opened again is not kept."""
    document = content.document()
    if kind == VISUALIZATION:
        Visualization.of(document)
    else:
        Dashboard.of(document)
    return document


def _description(text: str) -> str:
    if len(text) > LONGEST_DESCRIPTION:
        raise WrongUsage(f"A description has at most {LONGEST_DESCRIPTION:,} characters.")
    return text.strip()
