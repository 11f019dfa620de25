"""Steps of time begin where SQL and Python say they do."""
import duckdb

from core.warehouse import durations, sqlfile


def test_each_second_is_in_the_step_that_its_width_says():
    con = duckdb.connect()
    seconds = sorted({0, 1, 10**9} | {edge + near for edge, step in durations.STEPS for near in (-1, 0, 1, step - 1, step)})
    con.execute("CREATE TABLE visits AS SELECT 'cart' AS journey_id, s::VARCHAR AS element_id, DATE '2026-03-01' AS run_day, DATE '2026-03-02' AS arrived_day, "
                "s AS seconds FROM (SELECT unnest(?::BIGINT[]) AS s)", [seconds])
    found = con.execute(f"SELECT element_id::BIGINT AS second, least_s, n FROM ({sqlfile.select('visit_steps')}) WHERE basis = 'entered' ORDER BY 1").fetchall()
    assert [second for second, _, _ in found] == seconds
    assert [(second, n) for second, least, n in found if not least <= second < least + durations.width(least) or n != 1] == []
