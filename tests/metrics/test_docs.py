"""docs/measures.md is what the declarations say, and the declarations are whole."""
from core.metrics import DIMENSIONS, MEASURES, docs
from core.metrics.facts import COLUMNS


def test_the_page_is_current():
    assert docs.FILE.read_text() == docs.text(), "run `make docs`"


def test_every_table_of_a_measure_knows_every_split():
    times = {name for name, dimension in DIMENSIONS.items() if dimension.is_time}
    for measure in MEASURES.values():
        for rows in measure.rows:
            assert set(measure.splits) - times <= set(COLUMNS[rows.table]) | ({"channel", "sender"} if measure.rollup == "reach" else set()), measure.name


def test_each_label_is_one_measures():
    assert len({measure.label for measure in MEASURES.values()}) == len(MEASURES)
