"""The store: migrated at open, whole transactions, one leader a lease, the same in SQLite and PostgreSQL."""
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, select, text
from sqlalchemy.exc import StatementError

import core.store.kept_tables  # these tables belong to the same metadata
import core.store.sftp  # noqa: F401
from core.store import Lease, StoreUnavailable, open_store, schema
from core.store import tables as t

NOW = datetime(2026, 3, 10, 12, 30, 15, 123456, tzinfo=UTC)
LEASE = timedelta(minutes=1)


@pytest.fixture
def store(address):
    opened = open_store(address)
    yield opened
    opened.close()


def entry(subject, at=NOW):
    return insert(t.audit).values(happened_at=at, account_id=None, actor="a", action="b", subject=subject, detail={})


def subjects(store):
    with store.read() as connection:
        return connection.execute(select(t.audit.c.subject).order_by(t.audit.c.audit_id)).scalars().all()


def test_the_migrations_lead_to_the_tables_that_the_code_names(store):
    with store.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), t.metadata) == []
        assert schema.version(connection) == schema.STEPS[-1]


def test_a_store_that_is_opened_again_keeps_what_it_holds(store, address):
    with store.write() as connection:
        connection.execute(entry("kept"))
    again = open_store(address)
    assert subjects(again) == ["kept"]
    again.close()


def test_many_that_open_an_empty_store_at_once_make_it_once(address):
    with ThreadPoolExecutor(6) as pool:
        opened = list(pool.map(lambda _: open_store(address), range(6)))
    assert [subjects(store) for store in opened] == [[]] * 6
    for store in opened:
        store.close()


def test_a_store_of_a_newer_version_is_refused(store, address):
    with store.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '999'"))
    with pytest.raises(StoreUnavailable, match="written by a newer version"):
        open_store(address)


def test_a_transaction_that_an_exception_leaves_keeps_nothing(store):
    with pytest.raises(RuntimeError), store.write() as connection:
        connection.execute(entry("lost"))
        raise RuntimeError
    assert subjects(store) == []


def test_an_instant_comes_back_aware_in_utc_to_the_microsecond(store):
    with store.write() as connection:
        connection.execute(entry("x", NOW.astimezone(timezone(timedelta(hours=5)))))
        assert connection.execute(select(t.audit.c.happened_at)).scalar() == NOW
        assert connection.execute(select(t.audit.c.happened_at)).scalar().tzinfo is UTC


def test_a_naive_time_has_no_place_in_it(store):
    with pytest.raises(StatementError, match="naive"), store.write() as connection:
        connection.execute(entry("x", NOW.replace(tzinfo=None)))


def test_writers_at_once_all_succeed(store):
    def write(n):
        with store.write() as connection:
            connection.execute(select(t.audit)).all()
            connection.execute(entry(str(n)))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    assert sorted(map(int, subjects(store))) == list(range(40))


def test_a_lease_has_one_holder_until_it_runs_out_or_is_given_back(store):
    one, other = Lease(store, "worker", "one"), Lease(store, "worker", "other")
    assert (one.take(NOW, LEASE), other.take(NOW, LEASE), one.take(NOW + LEASE / 2, LEASE)) == (True, False, True)
    assert other.take(NOW + 2 * LEASE, LEASE)
    assert not one.take(NOW + 2 * LEASE, LEASE)
    other.give_back()
    assert one.take(NOW + 2 * LEASE, LEASE)


def test_a_lease_of_a_clock_that_was_put_right_is_over(store):
    ahead, right = Lease(store, "worker", "ahead"), Lease(store, "worker", "right")
    assert ahead.take(NOW + timedelta(days=1), LEASE)
    assert right.take(NOW, LEASE)
    assert not ahead.take(NOW + LEASE / 2, LEASE)


def test_of_many_that_want_a_free_lease_at_once_one_gets_it(store):
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda n: Lease(store, "worker", str(n)).take(NOW, LEASE), range(8)))
    assert taken.count(True) == 1


def test_what_is_no_database_is_said_in_one_line(tmp_path):
    file = tmp_path / "journeys.sqlite"
    file.write_text("this is not a database, and long enough to be looked at as one" * 20)
    with pytest.raises(StoreUnavailable, match="not a database of ours"):
        open_store(f"sqlite:///{file}")


def test_a_server_that_does_not_answer_is_said_without_its_password():
    with pytest.raises(StoreUnavailable) as refused:
        open_store("postgresql+psycopg://ana:geheim@127.0.0.1:1/journeys")
    assert "cannot be used" in str(refused.value)
    assert "geheim" not in str(refused.value)


def test_a_write_that_is_killed_leaves_no_half(tmp_path):
    address = f"sqlite:///{tmp_path / 'journeys.sqlite'}"
    open_store(address).close()
    killed = subprocess.run([sys.executable, "-c", f"""
import os, signal
from sqlalchemy import text
from core.store import open_store
with open_store({address!r}).write() as connection:
    connection.execute(text("INSERT INTO leases VALUES ('a', 'b', '2026-01-01 00:00:00')"))
    os.kill(os.getpid(), signal.SIGKILL)
"""], check=False)
    store = open_store(address)
    with store.write() as connection:
        assert (killed.returncode, connection.execute(select(t.leases)).all()) == (-9, [])
    store.close()
