"""Choose between columns row by row; their names may be anything (Polars reads “^a$” in an expression as a pattern)."""
import polars as pl


def where(rows: pl.Series, then: pl.Series, otherwise: pl.Series | None = None) -> pl.Series:
    """`then` in these rows, `otherwise` (or null) in the others and where `rows` is null; named as `then`."""
    other = None if otherwise is None else pl.lit(otherwise.alias("otherwise"))
    return pl.select(pl.when(pl.lit(rows.alias("rows"))).then(pl.lit(then.alias("then"))).otherwise(other).alias("chosen")).to_series().alias(then.name)
