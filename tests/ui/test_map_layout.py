"""The layout of the map: layers in order, no element over another, 200 elements; and what one version changed of another."""

from random import Random

from hypothesis import given
from hypothesis import strategies as some

from core.ui.catalog import Element
from core.ui.map_elements import changes
from core.ui.map_layout import SIZE, layered

IDS = [f"e{n}" for n in range(12)]
EDGES = some.lists(some.tuples(some.sampled_from(IDS), some.sampled_from([*IDS, "gone"])), max_size=30)


def test_what_follows_stands_below_and_alone_straight_under_it():
    plan = layered(["in", "wait", "out"], [("in", "wait"), ("wait", "out")], down=True, gap=(40, 20))
    assert plan.at == {"in": (91.0, 26.0), "wait": (91.0, 118.0), "out": (91.0, 210.0)}
    assert plan.routes["in", "wait"] == ((91.0, 26.0), (91.0, 118.0))
    assert plan.size == (182.0, 236.0)


def test_a_loop_is_drawn_back_and_a_long_line_passes_by():
    plan = layered(["a", "b", "c"], [("a", "b"), ("b", "c"), ("a", "c"), ("b", "a"), ("c", "c")], down=True, gap=(40, 20))
    assert [plan.at[node][1] for node in "abc"] == [26.0, 118.0, 210.0]
    assert plan.routes["b", "a"] == (plan.at["b"], plan.at["a"])
    start, beside, end = plan.routes["a", "c"]
    assert (start, end, beside[1]) == (plan.at["a"], plan.at["c"], 118.0)
    assert abs(beside[0] - plan.at["b"][0]) > SIZE[0] / 2


@given(some.lists(some.sampled_from(IDS), min_size=1, unique=True), EDGES, some.booleans())
def test_no_element_covers_another_and_every_known_line_is_drawn(nodes, edges, down):
    plan = layered(nodes, edges, down=down, gap=(40, 20))
    assert set(plan.at) == set(nodes)
    assert set(plan.routes) == {(a, b) for a, b in edges if a in plan.at and b in plan.at and a != b}
    places = list(plan.at.values())
    assert all(abs(x - u) >= SIZE[0] or abs(y - v) >= SIZE[1] - 1e-6 for n, (x, y) in enumerate(places) for u, v in places[:n])
    assert all(SIZE[0] / 2 - 1e-6 <= x <= plan.size[0] and SIZE[1] / 2 - 1e-6 <= y <= plan.size[1] for x, y in places)


def test_two_hundred_elements_and_a_way_back_far_up_are_laid_out():
    random, nodes = Random(1), [f"e{n}" for n in range(200)]
    edges = [(nodes[n], nodes[min(199, n + random.randint(1, 8))]) for n in range(199)] + [(nodes[150], nodes[20])]
    plan = layered(nodes, edges, down=True, gap=(46, 22))
    assert (set(plan.at), set(plan.routes)) == (set(nodes), set(edges))


def test_a_version_says_what_it_added_removed_and_changed():
    def element(name, *exits, channel=None, version=1):
        return Element(name, version, "send", name.title(), channel, tuple((to, "") for to in exits))

    old = {"in": element("in", "mail"), "mail": element("mail", "out", channel="EMAIL"), "gone": element("gone"), "out": element("out")}
    new = {"in": element("in", "mail", "new"), "mail": element("mail", "out", channel="SMS"), "new": element("new"), "out": element("out", version=2)}
    assert changes(old, new) == {
        "in": ("changed", "ways on"), "mail": ("changed", "channel"), "new": ("added", ""), "out": ("same", ""), "gone": ("removed", "")}  # fmt: skip
