"""An account's append-only log: events in segments, catalog documents, what was refused, and one manifest that says what is in it."""
from core.eventlog.documents import Document
from core.eventlog.erasure import Erased
from core.eventlog.log import Appended, EventLog, Head
from core.eventlog.manifest import Segment
from core.eventlog.records import SCHEMA, frame_of

__all__ = ["SCHEMA", "Appended", "Document", "Erased", "EventLog", "Head", "Segment", "frame_of"]
