"""Sankeys: what is laid out, and that every stop and flow is a link with its number in words."""

from itertools import pairwise

from core.ui import sankey
from core.ui.sankey import Flow, Stop

STOPS = [Stop(0, "start", "All calls", href="?all"), Stop(1, "menu", "Menu <1>", href="?menu"), Stop(1, "busy", "Busy", "#ccc", True), Stop(2, "done", "Done")]
FLOWS = [Flow((0, "start"), (1, "busy"), 1, "1 call"), Flow((0, "start"), (1, "menu"), 3, "3 calls", "?to-menu"), Flow((1, "menu"), (2, "done"), 3, "3 calls")]


def test_a_stop_is_as_high_as_what_passes_it_and_ends_stand_lowest():
    laid = sankey.layout(STOPS, FLOWS, 314)
    heights = {key: round(box.height) for (_, key), box in laid.boxes.items()}
    assert heights == {"start": 300, "menu": 225, "busy": 75, "done": 225}
    assert laid.boxes[1, "busy"].top == laid.boxes[1, "menu"].height + sankey.GAP
    assert [(band.flow.target[1], band.y, band.thick) for band in laid.bands] == [
        ("menu", (0.0, 0.0), 225.0), ("done", (0.0, 0.0), 225.0), ("busy", (225.0, 239.0), 75.0)]


def test_the_keyboard_reaches_every_flow_that_leads_somewhere():
    html = sankey.picture(STOPS, FLOWS, "Paths of 4 calls", 314).html
    assert html.count("<a class=ja-flow") == 1 and html.count("<span class=ja-flow") == 2
    assert 'href="?to-menu" target=_self title="All calls → Menu &lt;1&gt;: 3 calls"' in html
    assert 'role=region tabindex=0 aria-label="Paths of 4 calls"' in html
    assert "Menu <1>" not in html


def test_many_small_stops_keep_their_names_apart_and_inside_the_picture():
    stops = [Stop(0, "a", "A"), *(Stop(1, str(n), f"End {n}", is_end=True) for n in range(30))]
    picture = sankey.picture(stops, [Flow((0, "a"), (1, str(n)), 1, "1 call") for n in range(30)], "many", 200)
    tops = sorted(picture.frame.filter(part="stop").filter(picture.frame.filter(part="stop")["x"] > 0)["y"])
    assert min(b - a for a, b in pairwise(tops)) >= sankey.PITCH
    assert picture.height >= max(picture.frame["y2"])


def test_no_flow_at_all_is_an_empty_picture():
    assert sankey.picture([], [], "nothing", 200).frame.is_empty()


def test_a_name_stays_on_one_line_where_it_has_room_or_would_stand_on_the_next():
    stops = [Stop(0, "big", "A long name"), *(Stop(layer, str(layer), "Next") for layer in range(1, 5)), Stop(0, "small", "Another long name")]
    flows = [Flow((0, "big"), (1, "1"), 990, "990"), Flow((0, "small"), (1, "1"), 10, "10")]
    flows += [Flow((layer, str(layer)), (layer + 1, str(layer + 1)), 1000, "1,000") for layer in range(1, 4)]
    many = sankey.picture(stops, flows, "Messages", 314).html
    assert [many.count(f'class="{name}"') for name in ("ja-stop", "ja-stop thin")] == [5, 1]
    assert 'class="ja-stop thin" title="Another long name: 10" style="--w:20.4cqw;' in many
    two = sankey.picture([*stops[:2], stops[-1]], flows[:2], "Messages", 314).html
    assert [two.count(f'class="{name}"') for name in ("ja-stop", "ja-stop thin")] == [1, 2]
