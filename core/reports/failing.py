"""A file that has failed: whoever still writes into it when it is collected does so without a word."""
from typing import IO, Any


class Failing:
    """The file of a zip archive, which writes its end once more when it is collected: after a full disk a second error, that nobody could catch."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._has_failed = False
        self._at = 0  # where the archive believes to be

    def _done(self, name: str, *given: Any) -> Any:
        if self._has_failed or self._file.closed:
            return None
        try:
            return getattr(self._file, name)(*given)
        except OSError:
            self._has_failed = True
            raise

    def write(self, data: bytes) -> int:
        self._done("write", data)
        self._at += len(data)
        return len(data)

    def seek(self, place: int) -> int:
        self._done("seek", place)
        self._at = place
        return place

    def tell(self) -> int:
        found = self._done("tell")
        self._at = self._at if found is None else found
        return self._at

    def flush(self) -> None:
        self._done("flush")

    def seekable(self) -> bool:
        return self._file.seekable()
