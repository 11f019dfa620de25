"""The address of an empty database, in SQLite and in PostgreSQL."""
from itertools import count

import psycopg
import pytest

from core import settings
from tests import postgres

NUMBERS = count(1)


@pytest.fixture(scope="session")
def postgres_server():
    with postgres.server() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def address(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store' / 'journeys.sqlite'}"
    url, name = request.getfixturevalue("postgres_server"), f"store_{next(NUMBERS)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return settings.read({"JOURNEYS_DATABASE_URL": url.rpartition("/")[0] + f"/{name}"}).database_url
