"""A connection kept open, and what it hands over."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

import pytest

from bot.sources import Busy
from bot.sources.streaming import WAITS, Break, KeptOpen, Lost
from tests.sources.streams import AT_ONCE, wait_for


class Far:
    """A far side made of a queue: it says items, signs of life (None), and breaks (an exception)."""

    def __init__(self) -> None:
        self.says: SimpleQueue[object] = SimpleQueue()
        self.opened: list[Line] = []

    def __call__(self) -> "Line":
        self.opened.append(Line(self.says))
        return self.opened[-1]


class Line:
    """One connection to it."""

    def __init__(self, says: SimpleQueue[object]) -> None:
        self._says = says
        self.closed = threading.Event()

    def __iter__(self) -> Iterator[Any]:
        while not self.closed.is_set():
            with suppress(Empty):
                said = self._says.get(timeout=0.01)
                if isinstance(said, Exception):
                    raise said
                yield said

    def close(self) -> None:
        self.closed.set()


@pytest.fixture
def far():
    return Far()


@pytest.fixture
def stream(far, clock):
    stream = KeptOpen("test", far, clock, waits=AT_ONCE)
    yield stream
    stream.close()


def waiting(stream, number):
    wait_for(lambda: len(stream.read(None).items) >= number)


def test_items_are_handed_out_in_their_order(stream, far):
    stream.start()
    for item in "abc":
        far.says.put(item)
    waiting(stream, 3)
    assert stream.read(None).items == ["a", "b", "c"]


def test_what_was_not_stored_comes_again_and_what_was_stored_does_not(stream, far):
    stream.start()
    far.says.put("a")
    waiting(stream, 1)
    first = stream.read(None)
    far.says.put("b")
    waiting(stream, 2)
    assert stream.read(None).items == ["a", "b"]
    assert stream.read(first.position).items == ["b"]
    assert stream.read(first.position).items == ["b"]


def test_a_cursor_of_an_earlier_run_covers_nothing(stream, far):
    stream.start()
    far.says.put("a")
    waiting(stream, 1)
    assert stream.read({"run": "earlier", "serial": 99}).items == ["a"]
    nonsense: object
    for nonsense in ({"run": None}, [], "x", {"run": stream.read(None).position["run"], "serial": "9"}):
        assert stream.read(nonsense).items == ["a"]


def test_a_start_may_have_missed_whatever_came_since_the_cursor(stream, far):
    stream.start()
    far.says.put("a")
    waiting(stream, 1)
    haul = stream.read(None)
    assert haul.breaks == [Break(None)]
    assert stream.read(haul.position).breaks == []


def test_a_broken_connection_is_made_again_and_says_since_when_something_may_be_missing(stream, far, clock):
    stream.start()
    far.says.put("a")
    waiting(stream, 1)
    before = stream.read(None)
    heard = clock.at
    clock.turn(minutes=3)
    far.says.put(Lost("gone"))
    wait_for(lambda: len(far.opened) == 2)
    far.says.put("b")
    waiting(stream, 2)
    haul = stream.read(before.position)
    assert (haul.items, haul.breaks) == (["b"], [Break(heard)])
    assert haul.connected_since == clock.at


def test_a_sign_of_life_moves_what_is_covered(stream, far, clock):
    stream.start()
    wait_for(lambda: stream.read(None).connected_since is not None)
    began = clock.at
    assert stream.read(None).covered == began
    clock.turn(minutes=1)
    far.says.put(None)
    wait_for(lambda: stream.read(None).covered == clock.at)


def test_what_is_left_in_the_buffer_is_not_covered_yet(stream, far, clock):
    stream.start()
    far.says.put("a")
    waiting(stream, 1)
    first = clock.at
    clock.turn(minutes=1)
    far.says.put("b")
    waiting(stream, 2)
    position = stream.read(None, most=1).position  # the break of the start
    haul = stream.read(position, most=1)
    assert (haul.items, haul.covered) == (["a"], first)


def test_a_full_buffer_holds_the_far_side_back_and_nothing_is_lost(far, clock):
    stream = KeptOpen("test", far, clock, waits=AT_ONCE, most=3)
    stream.start()
    for item in range(20):
        far.says.put(item)
    got: list[int] = []
    position = None
    while len(got) < 20:
        waiting_position = position
        wait_for(lambda: stream.read(waiting_position).items)  # noqa: B023
        haul = stream.read(position)
        got, position = got + haul.items, haul.position
        assert len(haul.items) <= 3
    stream.close()
    assert got == list(range(20))
    assert len(far.opened) == 1


def test_a_buffer_that_nobody_empties_ends_the_connection_with_the_gap_on_record(far, clock):
    stream = KeptOpen("test", far, clock, waits=AT_ONCE, most=2, patience=0.01)
    stream.start()
    far.says.put("a")  # the break of the start stands before it
    far.says.put("b")
    wait_for(lambda: stream.read(None).error is not None)
    assert str(stream.read(None).error) == "test: more comes than can be stored"
    haul = stream.read(None)
    assert (haul.items, haul.breaks) == (["a"], [Break(None), Break(clock.at)])
    assert len(far.opened) == 1  # until there is room
    stream.read(haul.position)
    wait_for(lambda: len(far.opened) == 2)
    stream.close()


def test_what_broke_is_said_until_it_works_again(clock):
    broken = [Lost("no way through"), ValueError("unheard of"), Busy("slowly", clock.at)]
    far = Far()
    asked = threading.Semaphore(0)

    def connect():
        asked.acquire()
        if broken:
            raise broken.pop(0)
        return far()

    stream = KeptOpen("test", connect, clock, waits=AT_ONCE)
    stream.start()
    for words in ("no way through", "test broke (ValueError)", "slowly"):
        asked.release()
        wait_for(lambda: str(stream.read(None).error) == words)  # noqa: B023
        assert stream.read(None).connected_since is None
    asked.release()
    wait_for(lambda: stream.read(None).connected_since is not None)
    assert stream.read(None).error is None
    assert stream.read(None).breaks == [Break(None)]
    stream.close()


def test_closing_ends_the_connection_and_starting_again_is_a_break(stream, far, clock):
    stream.start()
    far.says.put("a")
    waiting(stream, 1)
    position, heard = stream.read(None).position, clock.at
    stream.close()
    assert far.opened[0].closed.is_set()
    assert stream.read(position).connected_since is None
    clock.turn(hours=1)
    stream.start()
    wait_for(lambda: stream.read(position).connected_since is not None)
    assert stream.read(position).breaks == [Break(heard)]


def test_the_waits_are_those_that_x_documents():
    network, refused, busy = WAITS["network"], WAITS["refused"], WAITS["busy"]
    assert [network.seconds(n) for n in (1, 2, 3, 64, 999)] == [0.25, 0.5, 0.75, 16, 16]
    assert [refused.seconds(n) for n in (1, 2, 3, 7, 999)] == [5, 10, 20, 320, 320]
    assert [busy.seconds(n) for n in (1, 2, 3)] == [60, 120, 240]
