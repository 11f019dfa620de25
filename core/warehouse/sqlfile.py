"""The .sql files: each one table's SELECT under a header that names grain, inputs and output."""
import re
from functools import cache
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).parent / "sql"


@cache
def select(name: str) -> str:
    """The SELECT of sql/NAME.sql, header and all."""
    return (FOLDER / f"{name}.sql").read_text().strip()


@cache
def inputs(name: str) -> tuple[str, ...]:
    """The tables that its header names."""
    line = re.search(r"^-- inputs: (.*)$", select(name), re.MULTILINE)
    if line is None:
        raise ValueError(f"sql/{name}.sql does not name its inputs")
    return tuple(part.strip() for part in line[1].split(","))


@cache
def edition() -> str:
    """Which .sql files these are: twelve hex digits, others as soon as one of them changes."""
    return sha256(b"\0".join(file.name.encode() + b"\0" + file.read_bytes() for file in sorted(FOLDER.glob("*.sql")))).hexdigest()[:12]
