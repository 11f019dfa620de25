"""Work of which the page says how far it is ends when nobody waits for it any more."""
from threading import Event

import pytest

from core.metrics import under_way
from core.warehouse.watch import Stopped, watched


class PageIsOver(BaseException):
    """As Streamlit ends a run."""


def test_quick_work_is_not_spoken_of():
    assert under_way.done(lambda: 7, lambda *_: pytest.fail("told")) == 7


def test_slow_work_is_spoken_of_and_stopped_with_the_page(monkeypatch):
    monkeypatch.setattr(under_way, "LOOK_S", 0.01)
    ended, said = Event(), []

    def work():
        watch = watched.get()
        while not watch._is_stopped:
            pass
        ended.set()

    def told(seconds, share):
        said.append(share)
        if len(said) == 3:
            raise PageIsOver

    with pytest.raises(PageIsOver):
        under_way.done(work, told)
    assert ended.wait(5)
    assert said[:3] == [None, None, None]


def test_what_the_work_raises_is_raised():
    def work():
        raise Stopped("This was stopped.")

    with pytest.raises(Stopped):
        under_way.done(work, lambda *_: None)


def test_a_time_out_of_the_work_itself_is_its_own():
    def work():
        raise TimeoutError("mine")

    with pytest.raises(TimeoutError, match="mine"):
        under_way.done(work, lambda *_: None)
