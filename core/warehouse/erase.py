"""Erase a person from the snapshots that are kept: the id becomes the token that the log has for it; no count and no billed line moves."""
import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb
import polars as pl

from core.eventlog import Segment
from core.eventlog.files import settle
from core.warehouse import attributes, snapshots
from core.warehouse.build import WAIT_S, locked, sweep


def erase(folder: Path, profile_id: str, token: str, wait_s: float = WAIT_S, *, segments: Sequence[Segment] = ()) -> int:
    """Replace the id in every snapshot kept, pinned ones too; gives the number of snapshots that held it. `segments`: the log's, which have the token already.

    Each is changed in a copy that then takes its place, so that a reader or a crash meets the old file or the new one. Waits for a build that is running.
    """
    changed, entered = 0, attributes.entered_with(segments, token)
    with locked(folder, wait_s):
        sweep(folder)  # drafts of an erasure that was killed
        for file in sorted((folder / "snapshots").glob("*.duckdb")):
            draft = folder / "building" / file.name
            draft.parent.mkdir(parents=True, exist_ok=True)
            try:
                shutil.copyfile(file, draft)
                if replaced(draft, profile_id, token, entered):
                    settle(draft)
                    stamp = file.stat()
                    draft.replace(file)
                    snapshots.touch_as(file, stamp)
                    settle(file.parent)
                    changed += 1
            finally:
                sweep(folder)
    return changed


def replaced(file: Path, profile_id: str, token: str, entered: pl.DataFrame) -> bool:
    """Put the token in the id's place in one file; False where the file does not hold the id. `entered`: attributes.entered_with.

    An UPDATE leaves the old text in the file's free blocks, so the tables that held it are written anew into a new file.
    """
    with duckdb.connect(str(file)) as connection:
        held = sum(connection.execute(f"SELECT count(*) FROM {table} WHERE profile_id = ?", [profile_id]).fetchall()[0][0] for table in ("profiles", "orphans"))
        if not held:
            return False
        if snapshots.published(connection).attributes != "[]":
            connection.execute("""UPDATE run_attributes SET value = $2 WHERE value = $1
                AND run_key IN (SELECT run_key FROM runs JOIN profiles USING (profile_key) WHERE profile_id = $1)""", [profile_id, token])
            attributes.say_again(connection, entered)
        for table in ("profiles", "orphans"):
            connection.execute(f"UPDATE {table} SET profile_id = ? WHERE profile_id = ?", [token, profile_id])
        connection.execute("CHECKPOINT")
    clean = file.with_suffix(".clean")
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"ATTACH '{file}' AS old (READ_ONLY)")
        connection.execute(f"ATTACH '{clean}' AS new")
        connection.execute("COPY FROM DATABASE old TO new")
        connection.execute("CHECKPOINT new")
    clean.replace(file)
    return True
