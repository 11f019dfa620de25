"""Accounts of their own beside the demo: from a few events or a file to pages and to the command line."""

import json
import subprocess
import sys

from core.access import accounts, terms, users
from core.sources.ingest import ingest
from core.sources.mapping_file import read_mapping
from tests.sources.files import file


def opened(door, account_id, *, zone="UTC", documents=()):
    """Add the account with a user of its own name, and put its documents."""
    made = accounts.Account(account_id, ((None, zone),), "EUR", "scale", None, advanced_analytics=True, terms_accepted_at=None)
    accounts.add(door.store, made, by="test", now=door.now())
    terms.accept(door.store, account_id, by="test", now=door.now())
    users.add(door.store, account_id, account_id, "analyze_manager", None, by="test", now=door.now())
    door.log(account_id).put_documents(list(documents), replace=False, now=door.now())


def taken(door, account_id, path, mapping=None):
    """Ingest a file, read through a mapping where one is given."""
    read = read_mapping(mapping) if mapping else None
    summary = ingest(door.log(account_id), [path], account_id=account_id, source=None, time_zone=None, mapping=read, now=door.now())
    assert (summary.rejected, summary.conflicts) == (0, 0), summary.reasons


def built(door, account_id):
    """Build what its log holds."""
    door.build(door.account(account_id), as_of=door.now())


def of_events(door, folder, account_id, events, documents=()):
    """An account of these events; each gets an id of its own."""
    opened(door, account_id, documents=documents)
    numbered = [{"source": "s", "event_id": str(n), **event} for n, event in enumerate(events)]
    taken(door, account_id, file(folder, f"{account_id}.ndjson", numbered))
    built(door, account_id)


def told(door, folder, account_id, queries):
    """The rows that `journeys query` gives for each of these questions."""
    path = folder / "questions.ndjson"
    path.write_text("\n".join(json.dumps(query.document()) for query in queries))
    asking = [sys.executable, "-m", "core", "--data-dir", str(door.settings.data_dir), "query", "--account", account_id, "--questions", str(path)]
    done = subprocess.run(asking, capture_output=True, text=True, check=True)
    return [json.loads(line)["rows"] for line in done.stdout.splitlines()]
