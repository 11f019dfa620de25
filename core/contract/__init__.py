"""What an event and a catalog document are, and what makes a record invalid (interface §1 and §2)."""
from core.contract.columns import ALWAYS, COLUMNS, EVENT_TYPES, LARGEST_RECORD, Kind, columns_of, required_by
from core.contract.documents import BadDocument, read_document
from core.contract.judge import Given, Reason, judge

__all__ = [
    "ALWAYS", "COLUMNS", "EVENT_TYPES", "LARGEST_RECORD", "BadDocument", "Given", "Kind", "Reason",
    "columns_of", "judge", "read_document", "required_by",
]
