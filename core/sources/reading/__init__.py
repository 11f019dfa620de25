"""Read event files of every format as chunks of rows, each row with the line it starts on."""
from core.sources.reading.chunk import Chunk
from core.sources.reading.files import chunks_of
from core.sources.reading.opening import Unreadable

__all__ = ["Chunk", "Unreadable", "chunks_of"]
