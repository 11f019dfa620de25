"""The shelf: kept, shared, undone, and never another's; a package that no longer allows it is refused at every step."""
from datetime import UTC, datetime, timedelta

import pytest

from core.access import accounts, users
from core.access.accounts import Account
from core.access.features import Refused
from core.boards import shelf
from core.boards.dashboard import Dashboard
from core.boards.shelf import DASHBOARD, VISUALIZATION, Asker, NotThere, NotYours
from core.boards.spans import Span
from core.boards.visualization import Visualization
from core.errors import WrongUsage
from core.metrics import Query
from core.store import boards as kept
from core.store import open_store
from core.store.boards import ChangedMeanwhile
from core.store.kept_tables import boards as table

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
ENTRIES = Visualization(Query(("entries",), ("day",)), Span("30d"), "line")
EXITS = Visualization(Query(("exits",), ("day",)), Span("7d"), "bar")


@pytest.fixture
def readers(tmp_path):
    """ana and bob of one account, eve of another; `reader(name)` asks the store for the account as it is now."""
    store = open_store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    for account in ("one", "two"):
        accounts.add(store, Account(account, ((None, "UTC"),), "EUR", "scale", None, True, None), by="test", now=NOW)
    for name, account, role in (("ana", "one", "viewer"), ("bob", "one", "admin"), ("eve", "two", "admin")):
        users.add(store, name, account, role, None, by="test", now=NOW)

    def reader(name, at=NOW):
        user = users.find(store, name)
        return Asker(store, accounts.find(store, user.account_id), user, at)

    yield reader
    store.close()


def test_what_is_saved_is_private_until_it_is_shared(readers):
    ana, bob = readers("ana"), readers("bob")
    made = shelf.add(ana, VISUALIZATION, "Entries", ENTRIES, "By day")
    (board,) = shelf.listed(ana, VISUALIZATION)
    assert (board.name, board.description, board.owner, board.is_shared) == ("Entries", "By day", "ana", False)
    assert shelf.listed(bob, VISUALIZATION) == []
    with pytest.raises(NotThere):
        shelf.visualization(bob, made)
    shelf.share(ana, shelf.opened(ana, VISUALIZATION, made), is_shared=True)
    assert shelf.visualization(bob, made)[1] == ENTRIES


def test_a_forged_id_says_no_more_than_an_id_that_is_none(readers):
    ana, eve = readers("ana"), readers("eve")
    made = shelf.add(ana, DASHBOARD, "Mine", Dashboard())
    shelf.share(ana, shelf.opened(ana, DASHBOARD, made), is_shared=True)
    said = []
    for kind, number in ((DASHBOARD, made), (DASHBOARD, 999), (VISUALIZATION, made)):
        with pytest.raises(NotThere) as refused:
            shelf.opened(eve, kind, number)
        said.append(str(refused.value).replace(f" {number} ", " N ").replace(kind, "K"))
    assert len(set(said)) == 1
    assert shelf.listed(eve, DASHBOARD) == []


def test_only_its_owner_changes_it(readers):
    ana, bob = readers("ana"), readers("bob")
    made = shelf.add(ana, VISUALIZATION, "Entries", ENTRIES)
    board = shelf.opened(ana, VISUALIZATION, made)
    shelf.share(ana, board, is_shared=True)
    for change in (lambda: shelf.save(bob, board, EXITS, "x"), lambda: shelf.rename(bob, board, "x", ""), lambda: shelf.remove(bob, board),
                   lambda: shelf.share(bob, board, is_shared=False), lambda: shelf.undo(bob, board), lambda: shelf.restore(bob, board, 1)):
        with pytest.raises(NotYours):
            change()
    copy = shelf.opened(bob, VISUALIZATION, shelf.duplicate(bob, board))
    assert (copy.name, copy.owner, copy.is_shared, Visualization.of(copy.document)) == ("Entries, copy", "bob", False, ENTRIES)


def test_a_board_of_another_account_cannot_be_changed_with_its_row_in_hand(readers):
    board = shelf.opened(readers("ana"), VISUALIZATION, shelf.add(readers("ana"), VISUALIZATION, "Entries", ENTRIES))
    with pytest.raises(NotThere):
        shelf.save(readers("eve"), board, EXITS, "x")
    with pytest.raises(NotThere):
        shelf.duplicate(readers("eve"), board)
    with pytest.raises(NotThere):
        shelf.history(readers("eve"), board)


def shown(reader, made):
    return shelf.opened(reader, VISUALIZATION, made)


def test_undo_goes_back_step_by_step_and_redo_forward(readers):
    ana = readers("ana")
    made = shelf.add(ana, VISUALIZATION, "Entries", ENTRIES)
    second = Visualization(ENTRIES.query, Span("90d"), "line")
    shelf.save(ana, shown(ana, made), second, "90 days")
    shelf.save(ana, shown(ana, made), EXITS, "Exits")
    shelf.undo(ana, shown(ana, made))
    assert Visualization.of(shown(ana, made).document) == second
    shelf.undo(ana, shown(ana, made))
    assert Visualization.of(shown(ana, made).document) == ENTRIES
    with pytest.raises(WrongUsage, match="nothing to undo"):
        shelf.undo(ana, shown(ana, made))
    shelf.redo(ana, shown(ana, made))
    shelf.redo(ana, shown(ana, made))
    assert Visualization.of(shown(ana, made).document) == EXITS
    with pytest.raises(WrongUsage, match="nothing to do again"):
        shelf.redo(ana, shown(ana, made))
    assert [(one.version, one.parent, one.said, one.made_by) for one in shelf.history(ana, shown(ana, made))] == [
        (3, 2, "Exits", "ana"), (2, 1, "90 days", "ana"), (1, None, "Made", "ana")]


def test_a_change_after_undo_loses_nothing_and_any_version_comes_back(readers):
    ana = readers("ana")
    made = shelf.add(ana, VISUALIZATION, "Entries", ENTRIES)
    shelf.save(ana, shown(ana, made), EXITS, "Exits")
    shelf.undo(ana, shown(ana, made))
    shelf.save(ana, shown(ana, made), Visualization(ENTRIES.query, Span("90d"), "line"), "90 days")
    shelf.restore(ana, shown(ana, made), 2)
    assert Visualization.of(shown(ana, made).document) == EXITS
    assert [(one.version, one.parent, one.said) for one in shelf.history(ana, shown(ana, made))] == [
        (4, 3, "Version 2 again"), (3, 1, "90 days"), (2, 1, "Exits"), (1, None, "Made")]


def test_two_tabs_do_not_overwrite_each_other(readers):
    ana = readers("ana")
    made = shelf.add(ana, VISUALIZATION, "Entries", ENTRIES)
    one = other = shown(ana, made)
    shelf.save(ana, one, EXITS, "Exits")
    with pytest.raises(ChangedMeanwhile):
        shelf.save(ana, other, ENTRIES, "Entries")


def test_who_uses_it_where(readers):
    ana, bob = readers("ana"), readers("bob")
    made = shelf.add(ana, VISUALIZATION, "Entries", ENTRIES)
    shelf.share(ana, shown(ana, made), is_shared=True)
    shelf.add(ana, DASHBOARD, "Ana's", Dashboard().added(visualization_id=made))
    shelf.add(bob, DASHBOARD, "Bob's", Dashboard().added(visualization_id=made).added(visualization_id=made))
    shelf.add(bob, DASHBOARD, "Without", Dashboard().added(own=ENTRIES))
    dashboards, hidden = shelf.uses(ana, shown(ana, made))
    assert ([board.name for board in dashboards], hidden) == (["Ana's"], 1)


def every_step(reader, board):
    content = ENTRIES if board.kind == VISUALIZATION else Dashboard()
    return (lambda: shelf.listed(reader, board.kind), lambda: shelf.opened(reader, board.kind, board.board_id),
            lambda: shelf.add(reader, board.kind, "x", content),
            lambda: shelf.save(reader, board, content, "x"), lambda: shelf.duplicate(reader, board), lambda: shelf.history(reader, board),
            lambda: shelf.share(reader, board, is_shared=True), lambda: shelf.undo(reader, board), lambda: shelf.remove(reader, board))


@pytest.mark.parametrize("change", [{"package": "grow"}, {"advanced_analytics": False}])
def test_a_package_that_no_longer_allows_it_is_refused_at_every_step(readers, change):
    ana = readers("ana")
    made = {kind: shelf.add(ana, kind, "Mine", content) for kind, content in ((VISUALIZATION, ENTRIES), (DASHBOARD, Dashboard()))}
    boards = {kind: shelf.opened(ana, kind, number) for kind, number in made.items()}
    accounts.change(ana.store, "one", by="test", now=NOW, **change)
    ana = readers("ana")
    for board in boards.values():
        for step in every_step(ana, board):
            with pytest.raises(Refused, match="Scale"):
                step()
    accounts.change(ana.store, "one", by="test", now=NOW, package="scale", advanced_analytics=True)
    assert [board.name for board in shelf.listed(readers("ana"), VISUALIZATION)] == ["Mine"]  # no restart, nothing lost


def test_what_a_user_leaves_behind_an_administrator_may_change(readers):
    ana = readers("ana")
    made = shelf.add(ana, VISUALIZATION, "Entries", ENTRIES)
    shelf.share(ana, shown(ana, made), is_shared=True)
    users.remove(ana.store, "ana", "one", by="test", now=NOW)
    bob = readers("bob")
    assert shown(bob, made).owner is None
    shelf.rename(bob, shown(bob, made), "Entries by day", "")
    assert shown(bob, made).name == "Entries by day"


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 121])
def test_a_name_that_is_none_is_refused(readers, name):
    with pytest.raises(WrongUsage):
        shelf.add(readers("ana"), VISUALIZATION, name, ENTRIES)


def test_the_newest_200_versions_are_kept(readers, monkeypatch):
    monkeypatch.setattr(kept, "KEPT", 3)
    ana = readers("ana")
    made = shelf.add(ana, VISUALIZATION, "Entries", ENTRIES)
    for n in range(4):
        shelf.save(ana, shown(ana, made), EXITS if n % 2 else ENTRIES, f"Step {n}")
    assert [one.version for one in shelf.history(ana, shown(ana, made))] == [5, 4, 3]


def test_an_account_takes_its_boards_along(readers):
    ana = readers("ana")
    shelf.add(ana, VISUALIZATION, "Entries", ENTRIES)
    with ana.store.write() as connection:
        connection.exec_driver_sql("DELETE FROM accounts WHERE account_id = 'one'")
        assert connection.execute(table.select()).all() == []


def test_changes_say_when(readers):
    made = shelf.add(readers("ana"), VISUALIZATION, "Entries", ENTRIES)
    later = readers("ana", NOW + timedelta(hours=1))
    shelf.save(later, shown(later, made), EXITS, "Exits")
    assert (shown(later, made).created_at, shown(later, made).changed_at) == (NOW, NOW + timedelta(hours=1))
