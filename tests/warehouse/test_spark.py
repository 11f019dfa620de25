"""Apache Spark builds the same tables as DuckDB from the same .sql files."""
import shutil
from dataclasses import replace

import pytest

from core.warehouse import build
from core.warehouse.spark import spoken
from tests.warehouse.test_sql_files import FILES
from tests.worlds.product import ALWAYS_GROW, Product
from tests.worlds.tables import table_differences, tables
from tests.worlds.world import crowd_of

needs_spark = pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs a Java runtime")


def rebuilt(product: Product, engine: str, full: bool) -> dict[str, list[str]]:
    product.close()
    built = build.build(product.log, product.folder / "warehouse", zones=product.zones, currency=product.currency, as_of=product.now, full=full, engine=engine,
                        touched_limit=ALWAYS_GROW, attributes=("n",))
    assert built.full == full
    product.reopen()
    return {name: [row.replace("'spark'", "'duckdb'") for row in rows] for name, rows in tables(product.snapshot).items()}


@needs_spark
@pytest.mark.slow
@pytest.mark.parametrize("seed", [8])
def test_both_engines_build_equal_tables_and_increments_grow_from_either(seed, tmp_path):
    pytest.importorskip("pyspark")
    world = crowd_of(seed, 10)
    product = Product(tmp_path, world.zones, world.currency)
    records = [replace(step, build=False) for step in world.steps if step.document is None]
    first, rest = [replace(step, build=False) for step in world.steps if step.document is not None] + records[::2], records[1::2]
    for step in first:
        product.take(step)
    assert table_differences(rebuilt(product, "duckdb", True), rebuilt(product, "spark", True)) == {}
    for step in rest:
        product.take(step)
    assert table_differences(rebuilt(product, "duckdb", False), rebuilt(product, "spark", True)) == {}
    product.close()


@pytest.mark.parametrize("file", [file for file in FILES if not file.stem.startswith("reach_moved") and file.stem != "reach_kin"], ids=lambda file: file.stem)
def test_each_select_can_be_said_to_spark(file):
    pytest.importorskip("sqlglot")
    assert spoken(file.read_text()).lstrip("(").startswith(("SELECT", "WITH"))
