"""Long work reads the same snapshot, and takes what it read away with it."""
import duckdb
import pytest

from core.metrics.aside import aside
from core.warehouse.snapshots import open_snapshot
from tests.worlds.product import product_of
from tests.worlds.world import crowd_of

PAGES = "SELECT coalesce(sum(memory_usage_bytes), 0)::BIGINT FROM duckdb_memory() WHERE tag = 'BASE_TABLE'"
ROWS = "SELECT sum(position) FROM many"
SAME = ("path", "snapshot_id", "as_of", "zones", "currency", "published")


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    product = product_of(crowd_of(2, 20), tmp_path_factory.mktemp("aside"))
    path = product.snapshot.path
    product.close()
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE many AS SELECT hash(range) // 2 AS position FROM range(1000000)")
    return path


def test_the_rows_are_those_of_the_snapshot_and_their_pages_are_not_left_with_it(path):
    snapshot = open_snapshot(path.parents[1])
    before = snapshot.sql(PAGES).item()
    with aside(snapshot) as reading:
        assert [getattr(one, name) for one in (reading, snapshot) for name in SAME] == [getattr(snapshot, name) for name in SAME] * 2
        found = reading.sql(ROWS)
        assert reading.sql(PAGES).item() > before
    assert snapshot.sql(PAGES).item() == before
    assert found.equals(snapshot.sql(ROWS))
    assert snapshot.sql(PAGES).item() > before
    snapshot.close()


def test_nothing_else_can_be_read_or_written_from_there(path):
    snapshot = open_snapshot(path.parents[1])
    with aside(snapshot) as reading:
        for refused in ("CREATE TABLE apart.more (n INTEGER)", "SELECT * FROM read_text('/etc/hostname')", "SET memory_limit = '1TB'"):
            with pytest.raises(duckdb.Error):
                reading.cursor().execute(refused)
    snapshot.close()
