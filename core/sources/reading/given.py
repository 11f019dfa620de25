"""Records that come as values, not as a file: from a webhook, an import, the demo."""
from collections.abc import Mapping, Sequence
from decimal import Decimal

from core.contract.columns import LARGEST_RECORD
from core.contract.objects import NotJson, Number, dumps
from core.sources.reading.chunk import NOT_A_RECORD, TOO_LARGE, Chunk
from core.sources.reading.ndjson import record_of, text_shown
from core.sources.reading.records import chunk_of_records


def chunk_of_given(file: str, first_line: int, given: Sequence[object]) -> Chunk:
    """The chunk of records as JSON has them (numbers may be int, float or objects.Number), or as bytes: a line of NDJSON each."""
    read = [_record(record) for record in given]
    flaws = {row: record for row, record in enumerate(read) if isinstance(record, str)}
    records: list[Mapping[str, object]] = [{} if isinstance(record, str) else record for record in read]
    return chunk_of_records(file, range(first_line, first_line + len(given)), records, flaws, lambda row: _shown(given[row]))


def _record(record: object) -> dict[str, object] | str:
    if isinstance(record, bytes):
        return record_of(record)
    if not isinstance(record, dict):
        return NOT_A_RECORD
    try:
        read = {key: _literal(value) for key, value in record.items()}
        return TOO_LARGE if len(dumps(read).encode()) > LARGEST_RECORD else read
    except NotJson:
        return NOT_A_RECORD


def _literal(value: object) -> object:
    """The value with int and float as their JSON literals."""
    if isinstance(value, str | bool):
        return value
    if isinstance(value, int | float | Decimal):
        if value != value or value in (float("inf"), float("-inf")):
            raise NotJson(repr(value))
        return Number(value if isinstance(value, Decimal) else repr(value))
    if isinstance(value, dict):
        return {key: _literal(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_literal(item) for item in value]
    return value


def _shown(record: object) -> object:
    if isinstance(record, bytes):
        return text_shown(record)
    try:
        return dumps(record)[:LARGEST_RECORD]
    except NotJson:
        return repr(record)[:LARGEST_RECORD]
