"""What is done once instead of in every run gives what Streamlit's own way gives."""
import asyncio
from copy import deepcopy
from threading import Thread
from types import SimpleNamespace

import pytest
from streamlit import config
from streamlit.cursor import Cursor, RunningCursor
from streamlit.delta_generator import DeltaGenerator
from streamlit.elements.lib.form_utils import FormData
from streamlit.proto.NewSession_pb2 import CustomThemeConfig

from core.settings import ROOT
from core.ui import lighter

SECTIONS = ("theme", "theme.light", "theme.dark", "theme.sidebar", "theme.light.sidebar", "theme.dark.sidebar")


@pytest.mark.parametrize("section", SECTIONS)
def test_the_theme_is_the_one_that_streamlit_reads_from_its_settings(section):
    assert (ROOT / ".streamlit" / "config.toml").is_file()
    config.get_config_options()
    own, ours, again = CustomThemeConfig(), CustomThemeConfig(), CustomThemeConfig()
    lighter._theme_of(own, section)
    lighter._populate_theme(ours, section)
    lighter._populate_theme(again, section)
    assert own == ours == again


def test_what_is_put_from_other_threads_is_called_in_its_order_and_wakes_the_loop_once():
    woken, called = [], []

    async def main():
        loop = asyncio.get_running_loop()
        plain = loop.call_soon_threadsafe
        loop.call_soon_threadsafe = lambda callback: woken.append(callback) or plain(callback)
        box = lighter.Letterbox(loop)

        def put():
            for number in range(100):
                box.put(lambda number=number: called.append(number))

        thread = Thread(target=put)
        thread.start()
        thread.join()  # the loop is here, and looks only when all has been put
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    asyncio.run(main())
    assert called == list(range(100))
    assert len(woken) == 1


def test_one_callback_that_fails_is_said_and_the_next_one_is_called():
    said, called = [], []

    async def main():
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: said.append(str(context["exception"])))
        box = lighter.Letterbox(loop)
        box.put(lambda: 1 / 0)
        box.put(lambda: called.append("next"))
        await asyncio.sleep(0)

    asyncio.run(main())
    assert (said, called) == (["division by zero"], ["next"])


def test_what_comes_after_the_loop_is_closed_is_dropped_as_streamlit_drops_it():
    loop = asyncio.new_event_loop()
    loop.close()
    lighter._call_soon(SimpleNamespace(_event_loop=loop), lambda: None)


@pytest.mark.parametrize("way", ["ours", "Streamlit's"])
def test_where_a_fragment_stands_is_a_copy_of_its_own(way, monkeypatch):
    if way == "ours":
        monkeypatch.setattr(Cursor, "__deepcopy__", lighter._place, raising=False)
        monkeypatch.setattr(DeltaGenerator, "__deepcopy__", lighter._container)
    else:
        assert Cursor.__dict__.get("__deepcopy__") is None  # the tests' process has not installed ours
    outer = DeltaGenerator(0, RunningCursor(0), None, "form")
    outer._form_data = FormData("asked")
    inner = DeltaGenerator(0, RunningCursor(0, (0,)), outer, "vertical")
    inner._cursor.lock_element()
    inner._cursor.transient_elements[3] = "shown for a moment"
    copies = deepcopy((outer, inner))
    assert [said(one) for one in copies] == [said(outer), said(inner)]
    assert said(copies[1]._parent) == said(outer)
    before = said(inner)
    copies[1]._cursor.lock_element()
    copies[0]._cursor.lock_element()
    assert (said(inner), outer._cursor.index) == (before, 0)


def said(container):
    cursor = container._cursor
    return (container._root_container, container._block_type, container._form_data and container._form_data.form_id, container._creating_fragment_id,
            type(cursor), cursor.delta_path, dict(cursor.transient_elements.items()), cursor.transient_index)
