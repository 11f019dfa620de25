"""A question under way can be stopped from another thread, and says how far it is."""
import threading

import pytest

from core.warehouse.watch import Stopped, Watch, watched
from tests.metrics.world import World

FOREVER = "SELECT count(*) AS n FROM range(4000000) AS a, range(4000000) AS b WHERE a.range * b.range % 7 = 3"


@pytest.fixture
def snapshot(tmp_path):
    world = World()
    world.run(1, "2026-03-05")
    made = world.snapshot(tmp_path)
    yield made
    made.close()


@pytest.fixture
def watch():
    made = Watch()
    token = watched.set(made)
    yield made
    watched.reset(token)


def test_a_select_that_runs_is_stopped(snapshot, watch):
    threading.Timer(0.3, watch.stop).start()
    with pytest.raises(Stopped):
        snapshot.sql(FOREVER)


def test_what_was_stopped_before_it_began_does_not_begin(snapshot, watch):
    watch.stop()
    with pytest.raises(Stopped):
        snapshot.sql("SELECT 1 AS one")


def test_others_go_on_while_one_is_stopped(snapshot, watch):
    stopped = Watch()
    stopped.stop()
    assert snapshot.sql("SELECT 1 AS one").rows() == [(1,)]
    assert watch.share is None


def test_a_cursor_may_show_its_progress_and_change_nothing_else(snapshot, watch):
    cursor = snapshot.cursor()
    with watch.over(cursor), pytest.raises(Exception, match="locked"):
        cursor.execute("SET memory_limit='9GB'")
