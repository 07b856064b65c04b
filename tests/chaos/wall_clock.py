"""A wall clock that can be moved while processes run, and the program under it.

`python -m tests.chaos.wall_clock run --role web` is `python app.py run --role web` with the machine's clock
as far ahead as the file says that MOVED_CLOCK names. `time.monotonic` stays what it is, as when a real clock
is set.
"""

import mmap
import os
import struct
import sys
import time
from datetime import datetime, tzinfo
from pathlib import Path

VARIABLE = "MOVED_CLOCK"
_SECONDS = struct.Struct("d")
_APSCHEDULER = ("schedulers.base", "executors.base", "triggers.date", "triggers.interval")
_TELL_THE_TIME = ("handlers.parts", "bot.clock", *(f"apscheduler.{name}" for name in _APSCHEDULER))
"""Modules that ask for the time by `datetime.now`; all others by `time.time`."""


class WallClock:
    """All processes that are given its file go by it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        if not file.exists():
            file.write_bytes(_SECONDS.pack(0.0))
        with file.open("r+b") as opened:
            self._shared = mmap.mmap(opened.fileno(), _SECONDS.size)
        self._true = time.time

    def move(self, seconds: float) -> None:
        """From now on it is so far ahead of the true time; a negative number: behind."""
        self._shared[:] = _SECONDS.pack(seconds)

    @property
    def ahead(self) -> float:
        return float(_SECONDS.unpack(self._shared[:])[0])

    def time(self) -> float:
        """Unix seconds, as far as anybody under this clock knows."""
        return self._true() + self.ahead

    def now(self, zone: tzinfo | None = None) -> datetime:
        return datetime.fromtimestamp(self.time(), zone)


def put_under(clock: WallClock) -> None:
    """This process goes by it. To be called before the program is imported, which hands `time.time` on."""
    time.time = clock.time

    class Moved(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Moved":
            return clock.now(tz)  # type: ignore[return-value]  # an ordinary one

    import app  # noqa: F401

    for name in _TELL_THE_TIME:
        if name in sys.modules:
            sys.modules[name].datetime = Moved  # type: ignore[attr-defined]


if __name__ == "__main__":
    put_under(WallClock(Path(os.environ[VARIABLE])))
    from app import main

    main()
