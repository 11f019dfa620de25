"""A world made by hand, and golden SQL that only `--rewrite-golden` writes."""
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.metrics.world import World

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-golden", action="store_true", help="write the golden SQL anew instead of comparing with it")


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Iterator[Callable[[str, str], None]]:
    """Holds a text against its golden file; a missing one fails."""
    rewrite = request.config.getoption("--rewrite-golden", default=False)

    def hold(name: str, text: str) -> None:
        file = GOLDEN / f"{name}.sql"
        if rewrite:
            file.parent.mkdir(exist_ok=True)
            file.write_text(text + "\n")
        assert file.exists(), f"{file.name} is missing: pytest tests/metrics --rewrite-golden, then read what it wrote"
        assert file.read_text() == text + "\n"

    yield hold
