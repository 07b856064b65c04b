"""One of several clocks leads. What only the leader does begins when it gets the lock, and ends with it."""

import time
from collections.abc import Callable

import structlog

from models.leader import ENDS_AFTER, Lock

log = structlog.get_logger()
EVERY = 2.0
"""Seconds between two looks: so long, at the most, a lock that is free stays free."""
TRUSTED = 10.0
"""Seconds for which a look counts. Shorter than the server's patience: a process that stood still, or whose
look gets no answer, has stopped before another one may begin."""
assert TRUSTED < ENDS_AFTER  # noqa: S101  # two figures in two files that belong together


class Alone:
    """Where there is one clock only."""

    def hold(self) -> bool:
        return True

    def release(self) -> None:
        pass


class Leading:
    """`look` is called every few seconds by one thread; `is_on` by any."""

    def __init__(
        self,
        lock: Lock,
        begin: Callable[[], None],
        end: Callable[[], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`begin` and `end` take turns; `end` returns when nothing is under way any more."""
        self._lock, self._begin, self._end, self._monotonic = lock, begin, end, monotonic
        self._begun = False
        self._trusted_until = 0.0

    @property
    def is_on(self) -> bool:
        """Whether this process may begin what the leader alone does."""
        return self._monotonic() < self._trusted_until

    def look(self) -> None:
        """Takes the lead if it is free, or makes sure that it is still ours."""
        asked = self._monotonic()
        held = self._lock.hold()
        self._trusted_until = asked + TRUSTED if held else 0.0
        if held and not self._begun:
            log.info("this clock leads")
            self._begun = True
            self._begin()
        elif self._begun and not held:
            log.warning("this clock does not lead any more")
            self._begun = False
            self._end()

    def stop(self) -> None:
        """Ends what has begun, then lets go of the lock, so that another clock leads within a moment."""
        if self._begun:
            self._begun = False
            self._end()
        self._trusted_until = 0.0
        self._lock.release()
