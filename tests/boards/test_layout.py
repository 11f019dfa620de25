"""Layouts: whatever is moved, nothing overlaps, nothing hangs in the air, nothing leaves the board."""
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.boards import layout
from core.boards.layout import Place
from core.errors import WrongUsage

places = some.builds(Place, some.integers(-3, 14), some.integers(-2, 12), some.integers(0, 14), some.integers(0, 9))
layouts = some.dictionaries(some.sampled_from([f"w{n}" for n in range(8)]), places, min_size=1)
FOUR = {"a": Place(0, 0, 6, 2), "b": Place(6, 0, 6, 2), "c": Place(0, 2, 12, 3), "d": Place(0, 5, 4, 1)}


def holds(laid):
    for one, other in combinations(laid.values(), 2):
        assert not one.meets(other)
    for place in laid.values():
        assert place.x >= 0 and place.w >= 2 and place.h >= 1 and place.x + place.w <= 12
        resting = [other for other in laid.values() if other.y + other.h == place.y and other.x < place.x + place.w and place.x < other.x + other.w]
        assert place.y == 0 or resting


@given(layouts)
def test_a_settled_layout_holds_and_settling_it_again_changes_nothing(given_layout):
    laid = layout.settled(given_layout)
    holds(laid)
    assert layout.settled(laid) == laid
    assert set(laid) == set(given_layout)


@given(layouts, some.data())
def test_moving_and_sizing_one_keeps_the_layout_whole(given_layout, data):
    laid = layout.settled(given_layout)
    key = data.draw(some.sampled_from(sorted(laid)))
    dx, dy, dw, dh = (data.draw(some.integers(-1, 1)) for _ in range(4))
    holds(layout.moved(laid, key, dx=dx))
    holds(layout.moved(laid, key, dy=dy))
    holds(layout.resized(laid, key, dw, dh))


def test_down_changes_places_with_the_one_below():
    assert layout.moved(FOUR, "c", dy=1) == {"a": Place(0, 0, 6, 2), "b": Place(6, 0, 6, 2), "d": Place(0, 2, 4, 1), "c": Place(0, 3, 12, 3)}


def test_up_changes_places_with_the_one_above():
    assert layout.moved(FOUR, "d", dy=-1) == {"a": Place(0, 0, 6, 2), "b": Place(6, 0, 6, 2), "d": Place(0, 2, 4, 1), "c": Place(0, 3, 12, 3)}


def test_the_lowest_does_not_move_down():
    assert layout.moved(FOUR, "d", dy=1) == FOUR


def test_wider_at_the_right_edge_grows_to_the_left():
    assert layout.resized({"b": Place(6, 0, 6, 2)}, "b", dw=1) == {"b": Place(5, 0, 7, 2)}


def test_a_new_widget_goes_beside_the_last_where_it_fits_else_below():
    assert layout.below([Place(0, 0, 6, 4)], (6, 4)) == Place(6, 0, 6, 4)
    assert layout.below([Place(0, 0, 6, 4)], (8, 4)) == Place(0, 4, 8, 4)


@pytest.mark.parametrize("document", [
    None, {}, [0, 0, 2, 2], {"x": 0, "y": 0, "w": 6}, {"x": 0, "y": 0, "w": "6", "h": 1}, {"x": True, "y": 0, "w": 2, "h": 1},
])
def test_what_is_no_place_is_refused(document):
    with pytest.raises(WrongUsage):
        Place.of(document)
