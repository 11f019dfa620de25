"""A store of its own for each test, in SQLite and in PostgreSQL, and an account in it."""
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from core import settings
from core.access import accounts
from core.store import open_store
from core.store.tables import metadata
from tests import postgres

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def in_postgres():
    with postgres.server() as address:
        opened = open_store(settings.read({"JOURNEYS_DATABASE_URL": address}).database_url)
        yield opened
        opened.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def store(request, tmp_path):
    if request.param == "postgresql":
        opened = request.getfixturevalue("in_postgres")
        with opened.write() as connection:
            connection.execute(text(f"TRUNCATE {', '.join(table.name for table in metadata.sorted_tables)} RESTART IDENTITY CASCADE"))
        yield opened
    else:
        opened = open_store(f"sqlite:///{tmp_path / 'journeys.sqlite'}")
        yield opened
        opened.close()


@pytest.fixture
def account(store):
    return accounts.add(store, accounts.Account("acme", ((None, "Europe/Zagreb"),), "EUR", "grow", None, False, None), by="operator", now=NOW)
