"""What the tests of connections kept open share."""

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress

from bot.sources.streaming import Lost, Trouble, Wait

AT_ONCE: Mapping[Trouble, Wait] = {
    "network": Wait(0.0, 0.0),
    "refused": Wait(0.0, 0.0),
    "busy": Wait(0.0, 0.0),
}
"""Waits for tests: hardly any."""
SOON = 5.0
"""Seconds until a test gives up."""


def wait_for(condition: Callable[[], object]) -> None:
    """What another thread does is waited for, not slept through; a break on the way may be told of once."""
    done = threading.Event()
    for _ in range(int(SOON * 200)):
        with suppress(Lost):
            if condition():
                return
        done.wait(0.005)
    raise AssertionError("it never came to that")
