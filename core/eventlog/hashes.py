"""64-bit hashes of a record's identity and content: stable over versions and machines, since the index on disk holds them."""
import hashlib

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

from core.eventlog.records import COMPARED, IDENTITY

Hashes = npt.NDArray[np.uint64]
FEW = 2_000  # up to here a Python loop is done before DuckDB has started
_BETWEEN, _NULL = "\x1f", "\x1e"


def identity_hashes(frame: pl.DataFrame) -> Hashes:
    return _hashed(frame.select(pl.concat_str(IDENTITY, separator=_BETWEEN)).to_series())


def content_hashes(frame: pl.DataFrame) -> Hashes:
    """Of all compared columns but the attributes, which are compared by value where identities meet."""
    return _hashed(frame.select(pl.concat_str([_as_text(frame, column) for column in COMPARED], separator=_BETWEEN)).to_series())


def _as_text(frame: pl.DataFrame, column: str) -> pl.Expr:
    kind, value = frame.schema[column], pl.col(column)
    if kind.is_float():  # its bits: how a library prints a float is not for ever
        value = value.reinterpret(signed=True)
    elif kind.is_decimal() or kind.is_temporal():
        value = value.to_physical()
    return value.cast(pl.String).fill_null(_NULL)


def _hashed(texts: pl.Series) -> Hashes:
    """The last eight bytes, little-endian, of each text's MD5 (what DuckDB's md5_number_lower gives)."""
    if len(texts) <= FEW:
        return np.array([int.from_bytes(hashlib.md5(text.encode(), usedforsecurity=False).digest()[8:], "little") for text in texts], dtype=np.uint64)
    with duckdb.connect() as connection:
        connection.register("texts", texts.alias("text").to_frame().to_arrow())
        hashes: Hashes = connection.sql("SELECT md5_number_lower(text) AS hash FROM texts").fetchnumpy()["hash"].astype(np.uint64, copy=False)
    return hashes
