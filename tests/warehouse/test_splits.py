"""Any split of a log into builds gives equal tables."""

import pytest

from tests.worlds.splitting import split, split_differences
from tests.worlds.world import crowd_of


@pytest.mark.parametrize("seed", range(2))
def test_any_split_of_a_log_into_builds_gives_equal_tables(seed, tmp_path):
    assert split_differences(split(crowd_of(seed, 3), seed), tmp_path) == {}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2000, 2010))
def test_many_splits_of_many_logs_give_equal_tables(seed, tmp_path):
    assert split_differences(split(crowd_of(seed, 12), seed), tmp_path) == {}


@pytest.mark.slow
@pytest.mark.parametrize(("far", "pieces"), [(4, 3), (0, 12)])
@pytest.mark.parametrize("seed", range(4))
def test_a_log_read_in_small_pieces_gives_equal_tables(seed, far, pieces, tmp_path, monkeypatch):
    monkeypatch.setattr("core.warehouse.touched.CHUNK", 2)  # in a small world no run would last long, and one piece would hold the log
    monkeypatch.setattr("core.warehouse.touched.PIECES", pieces)
    monkeypatch.setattr("core.warehouse.increment.FAR", far)
    assert split_differences(split(crowd_of(seed, 3), seed), tmp_path) == {}
