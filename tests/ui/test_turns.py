"""Page runs take turns: who came first runs first, and nobody waits long for one that takes long."""
from threading import Event, Thread

from core.ui.turns import Turns


def test_two_run_at_once_and_the_others_follow_in_the_order_in_which_they_came():
    turns, ends, began, order = Turns(2, lasts_s=60), [Event() for _ in range(4)], [Event() for _ in range(4)], []

    def run(number):
        with turns.turn():
            order.append(number)
            began[number].set()
            ends[number].wait(10)

    threads = [Thread(target=run, args=(number,)) for number in range(4)]
    for number, thread in enumerate(threads):
        thread.start()
        while number > 1 and len(turns._waiting) < number - 1:  # it stands in the line before the next one comes
            thread.join(0.001)
        if number < 2:
            assert began[number].wait(10)
    assert order == [0, 1]
    ends[1].set()
    assert began[2].wait(10)
    assert order == [0, 1, 2]
    for end in ends:
        end.set()
    for thread in threads:
        thread.join(10)
    assert order == [0, 1, 2, 3]


def test_a_run_that_takes_long_holds_up_nobody_for_longer_than_a_turn():
    turns, end, second = Turns(1, lasts_s=0.05), Event(), Event()

    def long():
        with turns.turn():
            end.wait(10)

    def short():
        with turns.turn():
            second.set()

    threads = [Thread(target=long), Thread(target=short)]
    for thread in threads:
        thread.start()
    assert second.wait(10)
    end.set()
    for thread in threads:
        thread.join(10)


def test_a_turn_ends_with_an_error_too():
    turns = Turns(1, lasts_s=60)
    for _ in range(3):
        try:
            with turns.turn():
                raise ValueError
        except ValueError:
            assert turns._running == {}
