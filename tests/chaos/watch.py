"""How long something waited and nothing moved, though nothing was broken any more."""

import threading
import time
from dataclasses import dataclass, field
from typing import Any

import psycopg

from tests.chaos.postgres import Postgres

_LOOK_EVERY = 0.25
_STATE = """
SELECT (SELECT count(*) FROM mentions),
       (SELECT max(sent_at) FROM outbox),
       (SELECT count(*) FROM events WHERE actor LIKE 'U%'),
       EXISTS (SELECT FROM outbox WHERE due_at < now()),
       EXISTS (SELECT FROM cases WHERE stage IN ('waiting', 'claimed'))
"""


@dataclass
class Line:
    """One kind of work. Seconds: `idle` without progress up to now, `longest` of all."""

    seen: Any = None
    idle: float = 0.0
    longest: float = 0.0


@dataclass
class Watch:
    """Looks four times a second. A stopped PostgreSQL doesn't count, as nobody can look then; Slack's bad
    minutes do, and the time in which processes are killed and start again."""

    postgres: Postgres
    lines: dict[str, Line] = field(
        default_factory=lambda: {"ingest": Line(), "delivery": Line(), "people": Line()}
    )
    sending: bool = False
    """Whether somebody has posts that they can't get rid of."""
    working: bool = False
    """Whether people are at work."""

    def __post_init__(self) -> None:
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._end.set()
        self._thread.join()

    def _look(self) -> None:
        before = time.monotonic()
        while not self._end.wait(_LOOK_EVERY):
            before, passed = time.monotonic(), time.monotonic() - before
            try:
                [(mentions, sent, acts, due, open_)] = self.postgres.rows(_STATE)
            except psycopg.OperationalError:
                continue
            waiting = {"ingest": self.sending, "delivery": due, "people": self.working and open_}
            for (name, line), seen in zip(self.lines.items(), (mentions, sent, acts), strict=True):
                if seen != line.seen or not waiting[name]:
                    line.seen, line.idle = seen, 0.0
                else:
                    line.idle += passed
                    line.longest = max(line.longest, line.idle)
