"""A rollup that adds up, moved by the difference of what the touched runs give now and gave before."""
from collections.abc import Mapping

from core.warehouse.engine import ORDER, Engine


def merge(engine: Engine, name: str, sums: Mapping[str, str], *, keep: str = "sum(n) <> 0") -> None:
    """The snapshot's table plus new_NAME less old_NAME, in its order, of the rows to `keep`. `sums`: the columns that add up, with their types.

    Null amounts stay null: a cell without amounts has none on either side.
    """
    keys = ", ".join(column for (column,) in engine.rows(f"SELECT column_name FROM (DESCRIBE snap.{name})") if column not in sums)
    added = ", ".join(f"sum({column})::{kind} AS {column}" for column, kind in sums.items())
    negative = ", ".join(f"-{column} AS {column}" for column in sums)
    plain = ", ".join(sums)
    engine.run("SET preserve_insertion_order=true")
    engine.run(f"""CREATE OR REPLACE TABLE snap.{name}_next AS
        SELECT {keys}, {added} FROM (
            SELECT {keys}, {plain} FROM snap.{name} UNION ALL SELECT {keys}, {plain} FROM new_{name} UNION ALL SELECT {keys}, {negative} FROM old_{name}
        ) AS moved GROUP BY {keys} HAVING {keep} ORDER BY {ORDER[name]}""")
    engine.run("SET preserve_insertion_order=false")
    engine.run(f"DROP TABLE snap.{name}")
    engine.run(f"ALTER TABLE snap.{name}_next RENAME TO {name}")
