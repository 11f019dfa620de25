"""A log that is not there yet."""

import pytest

from core.eventlog import EventLog


@pytest.fixture
def log(tmp_path):
    return EventLog(tmp_path / "log")
