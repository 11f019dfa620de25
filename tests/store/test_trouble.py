"""What the store says when it cannot be used: what is wrong, and what to do."""
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest
from sqlalchemy.exc import DatabaseError, OperationalError

from core.store import StoreUnavailable, open_store

Usage = namedtuple("Usage", "total used free")
LIMITED = """
import resource, sys
from core.store import StoreUnavailable, open_store
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))  # a write beyond it fails as it does where a quota is full
try:
    open_store(sys.argv[1])
except StoreUnavailable as error:
    sys.exit(str(error))
"""


def test_a_store_that_its_disk_does_not_take_says_what_to_look_at(tmp_path):
    address = f"sqlite:///{tmp_path / 'journeys.sqlite'}"
    open_store(address).close()
    done = subprocess.run([sys.executable, "-c", LIMITED, address], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, f"The store {address} cannot be read or written (disk I/O error): its disk or a quota is full, or the disk "
                                              "fails. `journeys doctor` shows what is free; nothing was changed.\n")


@pytest.mark.parametrize(("reason", "free", "said"), [
    ("disk I/O error", 0, "There is no room left on the disk of the store {}: free some and do it again; nothing was changed."),
    ("database or disk is full", 1 << 30, "There is no room left on the disk of the store {}: free some and do it again; nothing was changed."),
    ('could not extend file "base/1": No space left on device', 0,
     "There is no room left on the disk of the store {}: free some and do it again; nothing was changed."),
    ("attempt to write a readonly database", 1 << 30,
     "The store {} may only be read: give its file and its folder to the user that runs journeys; nothing was changed."),
    ("unable to open database file", 1 << 30, "The store {} cannot be opened: its folder has to be one in which the user that runs journeys may write."),
    ("database is locked", 1 << 30, "The store {} is in use by another process for over 30 s: try again."),
    ("connection refused", 1 << 30, "The store {} cannot be used: connection refused. Is it running, and JOURNEYS_DATABASE_URL right?")])
def test_each_trouble_says_what_to_do(tmp_path, monkeypatch, reason, free, said):
    address = f"sqlite:///{tmp_path / 'journeys.sqlite'}"
    store = open_store(address)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1 << 40, 0, free))
    with pytest.raises(StoreUnavailable) as refused, store.read():
        raise OperationalError("SELECT 1", {}, sqlite3.OperationalError(reason))
    assert str(refused.value) == said.format(address)
    store.close()


@pytest.mark.parametrize("reason", ["file is not a database", "database disk image is malformed"])
def test_a_damaged_store_is_to_be_restored(tmp_path, reason):
    address = f"sqlite:///{tmp_path / 'journeys.sqlite'}"
    store = open_store(address)
    with pytest.raises(StoreUnavailable) as refused, store.read():
        raise DatabaseError("SELECT 1", {}, sqlite3.DatabaseError(reason))
    assert str(refused.value) == f"The store {address} is not a database of ours, or is damaged: restore it from a backup (journeys restore DIR)."
    store.close()


def test_a_store_in_a_place_where_no_folder_can_be_is_said(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable) as refused:
        open_store(f"sqlite:///{tmp_path / 'file' / 'data' / 'journeys.sqlite'}")
    assert str(refused.value) == (f"The folder of the store, {tmp_path / 'file' / 'data'}, cannot be made (Not a directory): "
                                  "choose another with --data-dir, or give the one above it to the user that runs journeys.")


def test_what_the_store_holds_is_its_owners_alone(tmp_path):
    file = tmp_path / "data" / "journeys.sqlite"
    store = open_store(f"sqlite:///{file}")
    with store.write() as connection:
        connection.exec_driver_sql("INSERT INTO leases VALUES ('a', 'b', '2026-01-01 00:00:00')")
        modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in Path(file.parent).iterdir()}
    store.close()
    assert modes == {"journeys.sqlite": 0o600, "journeys.sqlite-wal": 0o600, "journeys.sqlite-shm": 0o600}
