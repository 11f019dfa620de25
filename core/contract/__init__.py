"""What an event and a catalog document are, and what makes a record invalid (interface §1 and §2)."""
from core.contract.columns import COLUMNS, EVENT_TYPES, Kind
from core.contract.documents import BadDocument, read_document
from core.contract.judge import Given, judge

__all__ = ["COLUMNS", "EVENT_TYPES", "BadDocument", "Given", "Kind", "judge", "read_document"]
