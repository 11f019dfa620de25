"""The map's lines and its image: words keep clear of each other and of elements, and the picture says what the page says."""

import re
import struct
from random import Random

from core.ui import images, map_drawing, map_paper, svg
from core.ui.map_drawing import Node
from core.ui.map_layout import SIZE
from core.ui.map_lines import BADGE, LETTER, LONGEST, TEXT, Link, lines

NODES = [
    Node("in", "entry", "login", "Cart left", ("1,204", "entered"), ()),
    Node("ask", "split", "call_split", "Who <b>&</b> what\x07, as long as names can be", ("1,200", "arrived"), (), badge="31 waiting"),
    Node("sms", "send", "sms", "Reminder", ("97.5 %", "delivered"), (), color="#0072B2", badge="12 failed", tone="bad", mark="added"),
    Node("out", "exit", "logout", "Finished", ("1,100", "ended here"), (), mark="same"),
]
LINKS = [Link("in", "ask", 1200, "1,200"), Link("ask", "sms", 600, "600", "with consent to be told by SMS"), Link("ask", "out", 0, "0", "without"),
         Link("sms", "out", 590, "590"), Link("sms", "in", 4, "4", off=True)]  # fmt: skip


def test_the_image_has_every_name_number_badge_and_line():
    sheet = map_paper.sheet(NODES, LINKS)
    said = re.findall(r"<text[^>]*>(.*?)</text>", sheet.body)
    assert {"Cart left", "1,204", "entered", "31 waiting", "12 failed", "97.5 %", "delivered", "Reminder", "added"} <= set(said)
    assert any(text.startswith("Who &lt;b&gt;&amp;&lt;/b&gt;") and text.endswith("…") for text in said)  # cut where the element ends, never markup
    assert {"1,200", "590", "4"} <= set(said) and any("with consent to b…" in text for text in said)
    assert sheet.body.count("<path") == len(LINKS)
    assert '"2 4"' in sheet.body and '"7 5"' in sheet.body  # nobody took it; not on the catalog's map


def test_the_image_is_a_png_below_its_title_and_notes_twice_its_size():
    sheet = map_paper.sheet(NODES, LINKS)
    made = images.png(sheet, "Runs through the journey", ["acme · Cart · 1–31 Mar 2026", "data up to 31 Mar 2026"])
    drawn = svg.titled(sheet, "Runs through the journey", ["acme · Cart · 1–31 Mar 2026", "data up to 31 Mar 2026"])
    assert made[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", made[16:24]) == tuple(2 * round(side + 2 * svg.MARGIN) for side in drawn.size)


def test_two_maps_stand_beside_each_other_below_their_names():
    one = map_paper.sheet(NODES, LINKS)
    both = map_paper.beside([("Version 1", one), ("Version 2", one)])
    assert both.size[0] > 2 * one.size[0] and both.body.count("Cart left") == 2
    assert re.findall(r">(Version \d)<", both.body) == ["Version 1", "Version 2"]


def test_a_huge_map_is_an_image_all_the_same():
    chain = [Node(str(n), "other", "", f"Step {n}", ("1", "arrived"), ()) for n in range(200)]
    made = images.png(map_paper.sheet(chain, [Link(str(n), str(n + 1), 1, "1") for n in range(199)]), "Long", [])
    assert max(struct.unpack(">II", made[16:24])) <= images.MOST + 200


def test_words_of_lines_keep_clear_of_each_other_and_of_elements_where_there_is_room():
    random, ids = Random(3), [f"e{n}" for n in range(30)]
    nodes = [Node(one, "send", "sms", one, ("1", "arrived"), ()) for one in ids]
    links = [Link(ids[n], ids[min(29, n + random.randint(1, 3))], n, f"{n:,}", "yes") for n in range(29)]
    across, down = map_drawing.plans(nodes, links)
    for plan, is_down in ((across, False), (down, True)):
        boxes = [_box(line.link, line.at, is_down) for line in lines(plan, links, down=is_down)]
        there = [(x, y - BADGE / 2, SIZE[0] / 2, SIZE[1] + BADGE) for x, y in plan.at.values()]
        covered = sum(_cover(one, other) for n, one in enumerate(boxes) for other in [*boxes[:n], *there])
        assert covered <= 2  # where all five heights are taken
        assert len(boxes) == len(plan.routes)


def _box(link, at, is_down):
    word, tall = min(len(link.word), LONGEST), TEXT if is_down else 2 * TEXT
    return (*at, LETTER * (word + len(link.said) + 3 if is_down else max(word, len(link.said))) + 5, tall)


def _cover(one, other):
    return abs(one[0] - other[0]) < one[2] + other[2] and abs(one[1] - other[1]) < (one[3] + other[3]) / 2
