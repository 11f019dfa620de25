"""The names of the tests are the same in each of the processes that share them; else none of them runs."""
import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("file", sorted(TESTS.rglob("*.py")), ids=lambda file: str(file.relative_to(TESTS)))
def test_gzip_data_do_not_hold_the_time_at_which_they_were_made(file):
    calls = [node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    packing = [call for call in calls if ast.unparse(call.func) == "gzip.compress"]
    assert [call.lineno for call in packing if "mtime" not in {keyword.arg for keyword in call.keywords}] == []
