"""The place of a step on its call's path, how often a menu was heard and how long a choice took: against a recount of the steps that random worlds have."""
from itertools import groupby

import pytest

from tests.worlds.product import Product
from tests.worlds.world import crowd_of


def recounted(steps):
    """Of one call's steps (kind, element, status, at) in the order of time: (nth_heard, choice_s, place, came_from_id, goes_to_id) of each."""
    found, path, heard = [], [], []
    for kind, element, status, at in steps:
        asked = [step for step in found if step["kind"] != "collect"]
        before = asked[-1] if asked and kind == "input" and status == "ok" else None
        heard += [element] if kind == "menu" else []
        moved = element is not None and path[-1:] != [element]
        came_from = path[-1] if path else None
        path += [element] if moved else []
        found.append({"kind": kind, "element": element, "at": at, "nth": heard.count(element) if kind == "menu" else None,
                      "place": len(path) if moved else None, "from": came_from if moved else None,
                      "choice": int((at - before["at"]).total_seconds()) if before and (before["kind"], before["element"]) == ("menu", element) else None})
    return [(one["nth"], one["choice"], one["place"], one["from"], path[one["place"]] if one["place"] and one["place"] < len(path) else None) for one in found]


@pytest.mark.parametrize("seed", [3, 5])
def test_steps_know_their_place_on_the_path_of_their_call(seed, tmp_path):
    world = crowd_of(seed, 40)
    product = Product(tmp_path, world.zones, world.currency)
    for step in world.steps:
        product.take(step)
        if step.build:
            product.build()
    product.build()
    rows = product.snapshot.sql("""SELECT call_key, kind, element_id, input_status, stepped_at, nth_heard, choice_s, place, came_from_id, goes_to_id
                                   FROM call_steps ORDER BY call_key, stepped_at, position""").rows()
    calls = {key: list(steps) for key, steps in groupby(rows, lambda row: row[0])}
    assert any(row[7] == 2 for row in rows) and any(row[6] is not None for row in rows)
    assert {key: [row[5:] for row in steps] for key, steps in calls.items()} == {key: recounted([row[1:5] for row in steps]) for key, steps in calls.items()}
    first = {key: next((row[2] for row in steps if row[7] == 1), None) for key, steps in calls.items()}
    assert {key: element for key, element in product.snapshot.sql("SELECT call_key, first_element_id FROM calls").rows() if key in first} == first
    product.close()
