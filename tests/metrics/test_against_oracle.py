"""What the product answers is what the oracle counts, over random worlds: every measure, basis, split and bucket, counts, ledger lines and drill-through."""

import pytest

from tests.worlds.comparing import differences
from tests.worlds.product import product_of
from tests.worlds.questions import every_single_split
from tests.worlds.world import crowd_of


def differences_of(world, folder, questions, seed):
    product = product_of(world, folder)
    found = differences(world, product, questions, seed)
    product.close()
    return found


@pytest.mark.parametrize("seed", range(2))
def test_random_questions_are_answered_as_by_hand(seed, tmp_path):
    assert differences_of(crowd_of(seed, 8), tmp_path, 120, seed) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1000, 1002))
def test_every_measure_by_every_split_is_as_by_hand(seed, tmp_path):
    assert differences_of(crowd_of(seed), tmp_path, every_single_split(), seed) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2000, 2010))
def test_many_worlds_are_answered_as_by_hand(seed, tmp_path):
    assert differences_of(crowd_of(seed), tmp_path, 300, seed) == []
