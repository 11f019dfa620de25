"""Visualizations and dashboards in the store: one row each, and a row a version; who may do what is for core.boards to say."""
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, insert, or_, select, update

from core.errors import JourneysError
from core.store.database import Store
from core.store.kept_tables import board_versions, boards
from core.store.tables import users

KEPT = 200  # versions of one board; older ones go


class ChangedMeanwhile(JourneysError):
    """Somebody else, or another tab, has saved since this one was opened."""


@dataclass(frozen=True, slots=True)
class Board:
    """`owner` is the name of whose it is, None where the user is gone; `document` is that of `version`."""

    board_id: int
    account_id: str
    kind: str
    name: str
    description: str
    is_shared: bool
    user_id: int | None
    owner: str | None
    version: int
    parent: int | None
    document: dict[str, Any]
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Version:
    """One state of a board: what was done, by whom, from which state before."""

    version: int
    parent: int | None
    said: str
    made_by: str
    made_at: datetime


def listed(store: Store, account_id: str, user_id: int, kind: str) -> list[Board]:
    """The own ones and those shared within the account, by name."""
    with store.read() as connection:
        rows = connection.execute(_asked().where(boards.c.account_id == account_id, boards.c.kind == kind, _seen_by(user_id)))
        found = [_board(row) for row in rows.mappings()]
    return sorted(found, key=lambda one: (one.name.casefold(), one.board_id))


def find(store: Store, account_id: str, user_id: int, kind: str, board_id: int) -> Board | None:
    """The board, if it is of this account, of this kind, and the reader's own or shared; None else."""
    with store.read() as connection:
        asked = _asked().where(boards.c.account_id == account_id, boards.c.kind == kind, boards.c.board_id == board_id, _seen_by(user_id))
        row = connection.execute(asked).mappings().first()
    return _board(row) if row else None


def add(store: Store, account_id: str, user_id: int, kind: str, name: str, description: str, document: Mapping[str, Any], *, by: str, now: datetime) -> int:
    """Keep a new board, private, as version 1; gives its id."""
    with store.write() as connection:
        values = {"account_id": account_id, "user_id": user_id, "kind": kind, "name": name, "description": description, "is_shared": False, "version": 1,
                  "created_at": now, "changed_at": now}
        made = int(connection.execute(insert(boards).values(**values).returning(boards.c.board_id)).scalar_one())
        _append(connection, made, 1, None, document, "Made", by, now)
    return made


def save(store: Store, board_id: int, on: int, document: Mapping[str, Any], said: str, *, by: str, now: datetime) -> int:
    """A new version after version `on`, which must still be the one shown; gives its number. Raises ChangedMeanwhile."""
    with store.write() as connection:
        _must_stand_on(connection, board_id, on)
        version = int(connection.execute(select(func.max(board_versions.c.version)).where(board_versions.c.board_id == board_id)).scalar_one()) + 1
        _append(connection, board_id, version, on, document, said, by, now)
        connection.execute(update(boards).where(boards.c.board_id == board_id).values(version=version, changed_at=now))
        connection.execute(delete(board_versions).where(board_versions.c.board_id == board_id, board_versions.c.version <= version - KEPT))
    return version


def turn(store: Store, board_id: int, on: int, to: int, now: datetime) -> None:
    """Show another version of those kept. Raises ChangedMeanwhile."""
    with store.write() as connection:
        _must_stand_on(connection, board_id, on)
        connection.execute(update(boards).where(boards.c.board_id == board_id).values(version=to, changed_at=now))


def change(store: Store, board_id: int, now: datetime, **values: Any) -> None:
    """Change name, description or is_shared."""
    with store.write() as connection:
        connection.execute(update(boards).where(boards.c.board_id == board_id).values(**values, changed_at=now))


def remove(store: Store, board_id: int) -> None:
    """Drop the board with all its versions."""
    with store.write() as connection:
        connection.execute(delete(boards).where(boards.c.board_id == board_id))


def history(store: Store, board_id: int) -> list[Version]:
    """The versions kept, newest first."""
    columns = (board_versions.c[name] for name in ("version", "parent", "said", "made_by", "made_at"))
    with store.read() as connection:
        found = connection.execute(select(*columns).where(board_versions.c.board_id == board_id).order_by(board_versions.c.version.desc()))
        return [Version(*row) for row in found]


def document_of(store: Store, board_id: int, version: int) -> dict[str, Any] | None:
    """What the version holds; None: it is not kept."""
    with store.read() as connection:
        asked = select(board_versions.c.document).where(board_versions.c.board_id == board_id, board_versions.c.version == version)
        return connection.execute(asked).scalar()


def every(store: Store, account_id: str, kind: str) -> list[Board]:
    """All of an account, private ones too: who uses what is asked of them."""
    with store.read() as connection:
        return [_board(row) for row in connection.execute(_asked().where(boards.c.account_id == account_id, boards.c.kind == kind)).mappings()]


def _asked() -> Any:
    columns = (boards.c.board_id, boards.c.account_id, boards.c.kind, boards.c.name, boards.c.description, boards.c.is_shared, boards.c.user_id,
               users.c.name.label("owner"), boards.c.version, board_versions.c.parent, board_versions.c.document, boards.c.created_at, boards.c.changed_at)
    shown = (board_versions.c.board_id == boards.c.board_id) & (board_versions.c.version == boards.c.version)
    return select(*columns).join(board_versions, shown).outerjoin(users, users.c.user_id == boards.c.user_id)


def _seen_by(user_id: int) -> Any:
    return or_(boards.c.user_id == user_id, boards.c.is_shared)


def _board(row: RowMapping) -> Board:
    return Board(**row)


def _must_stand_on(connection: Connection, board_id: int, on: int) -> None:
    found = connection.execute(select(boards.c.version).where(boards.c.board_id == board_id)).scalar()
    if found != on:
        raise ChangedMeanwhile("It was changed since you opened it, in another tab or by somebody else: reload to see that, then change it again.")


def _append(connection: Connection, board_id: int, version: int, parent: int | None, document: Mapping[str, Any], said: str, by: str, now: datetime) -> None:
    connection.execute(insert(board_versions).values(board_id=board_id, version=version, parent=parent, document=dict(document), said=said[:200], made_by=by,
                                                     made_at=now))
