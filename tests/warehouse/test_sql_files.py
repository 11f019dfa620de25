"""Every .sql file states its grain, its inputs and its output, and reads what it says it reads."""
import re
from pathlib import Path

import pytest

FOLDER = Path("core/warehouse/sql")
FILES = sorted(FOLDER.glob("*.sql"))
READ = re.compile(r"\b(?:(?<!DISTINCT )FROM|JOIN)\s+([a-z_]+)\b")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_sql_file_reads_the_tables_that_its_header_names(file: Path) -> None:
    text = file.read_text()
    header = [line for line in text.splitlines() if line.startswith("-- ")]
    assert [line.split(":")[0] for line in header if ":" in line][:3] == ["-- grain", "-- inputs", "-- output"]
    inputs = set(header[1].removeprefix("-- inputs:").replace(" ", "").split(","))
    body = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    own = set(re.findall(r"([a-z_]+) AS \(\n", body))
    assert set(READ.findall(body)) - own - {"t"} == inputs
