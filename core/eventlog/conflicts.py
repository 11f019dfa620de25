"""Records of a known identity with other content: kept aside, one file a batch, for inspection."""
import os
from contextlib import suppress
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow.parquet as pq

from core.eventlog.files import settle
from core.eventlog.segments import table_of


class Aside:
    """The conflicts of one batch: a Parquet file with the columns of a segment, whose `position` is that of the record in the log.

    Position 0: the record that came first is of the same batch.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows = 0
        self._file: IO[bytes] | None = None
        self._writer: pq.ParquetWriter | None = None

    def add(self, frame: pl.DataFrame, kept: npt.NDArray[np.int64]) -> None:
        """Set these records aside; `kept` gives, row by row, the position of the one that the log keeps."""
        table = table_of(frame, 0)
        table = table.set_column(0, "position", [kept])
        if self._writer is None:
            self._file = self.path.open("wb")
            self._writer = pq.ParquetWriter(self._file, table.schema, compression="zstd", store_decimal_as_integer=True)
        self._writer.write_table(table)
        self.rows += len(frame)

    def close(self) -> None:
        """Flush the file to the disk, where there is one."""
        if self._file is None or self._writer is None:
            return
        self._writer.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        settle(self.path.parent)

    def drop(self) -> None:
        """Remove the file, where there is one."""
        if self._file is None or self._writer is None:
            return
        with suppress(OSError):  # it would write the end of a file that is to go, perhaps to a full disk
            self._writer.close()
        self._file.close()
        self.path.unlink(missing_ok=True)
