"""How long something waited and nothing moved, and what it waited for."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg

from tests.chaos.postgres import Postgres

_LOOK_EVERY = 0.25
WORTH_ASKING = 2.0
"""Seconds without progress after which it is asked what for."""
_STATE = """
SELECT (SELECT count(*) FROM mentions),
       (SELECT sum(sent_version) FROM outbox),
       (SELECT count(*) FROM events WHERE actor LIKE 'U%'),
       EXISTS (SELECT FROM outbox
               WHERE due_at < to_timestamp({now}) OR due_at > to_timestamp({now}) + interval '30 minutes'),
       EXISTS (SELECT FROM cases WHERE stage IN ('waiting', 'claimed'))
"""
"""Nothing is put off for half an hour: what is due later than that was written by a clock that was ahead."""
_UNSENT = """
SELECT channel, due_at > to_timestamp({now}), coalesce(lease_until > to_timestamp({now}), false)
FROM outbox WHERE due_at IS NOT NULL AND parked_at IS NULL
"""
_HELD = """
SELECT name, busy_until > {now} FROM paces
WHERE (not_before > {now} OR busy_until > {now}) AND set_at <= {now} + 60
"""


@dataclass
class Line:
    """One kind of work. Seconds: `idle` without progress up to now, `longest` of all; and for what."""

    seen: Any = None
    idle: float = 0.0
    longest: float = 0.0
    why: Counter[str] = field(default_factory=Counter)
    longest_why: Counter[str] = field(default_factory=Counter)

    def moved(self, seen: Any) -> None:
        self.seen, self.idle, self.why = seen, 0.0, Counter()

    def waited(self, seconds: float, why: Callable[[], str]) -> None:
        self.idle += seconds
        if self.idle > WORTH_ASKING:
            self.why[why()] += round(seconds * 1000)
        if self.idle > self.longest:
            self.longest, self.longest_why = self.idle, self.why

    @property
    def told(self) -> str:
        """What the longest wait was for."""
        return ", ".join(f"{what} {ms / 1000:.0f} s" for what, ms in self.longest_why.most_common())


@dataclass
class Watch:
    """Looks four times a second. A stopped PostgreSQL doesn't count, as nobody can look then; Slack's bad
    minutes do, and the time in which processes are killed and start again."""

    postgres: Postgres
    why: Mapping[str, Callable[[], str]]
    """What those lines wait for of which the database knows nothing."""
    now: Callable[[], float] = time.time
    """Unix seconds as the program knows them."""
    lines: dict[str, Line] = field(
        default_factory=lambda: {name: Line() for name in ("ingest", "delivery", "people", "feed")}
    )
    sending: bool = False
    """Whether somebody has posts that they can't get rid of."""
    working: bool = False
    """Whether people are at work."""
    fetched: Callable[[], int] = lambda: 0
    """How much of the feed was handed over."""
    late: Callable[[], bool] = lambda: False
    """Whether it should have been fetched by now."""

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
                [(mentions, sent, acts, due, open_)] = self._rows(_STATE)
            except psycopg.OperationalError:
                continue
            waiting = {"ingest": self.sending, "delivery": due, "people": self.working and open_}
            moved = {"ingest": mentions, "delivery": sent, "people": acts, "feed": self.fetched()}
            waiting["feed"] = self.late()
            for name, line in self.lines.items():
                seen = moved[name]
                if seen != line.seen or not waiting[name]:
                    line.moved(seen)
                else:
                    line.waited(passed, self.why.get(name, self._why_unsent))

    def _why_unsent(self) -> str:
        """What keeps all that is to be sent; of several things the one that keeps the most of it."""
        try:
            unsent, held = self._rows(_UNSENT), dict(self._rows(_HELD))
        except psycopg.OperationalError:
            return "PostgreSQL"
        found: Counter[str] = Counter()
        for channel, later, leased in unsent:
            at_it = [held.get(name) for name in (f"to:{channel}", f"home:{channel}")]
            rests = any(name.endswith(f"|{channel}") or not {":", "|"} & set(name) for name in held)
            if leased or True in at_it:
                found["one who has it in hand, hangs or was killed"] += 1
            elif later:
                found["the time after a failure"] += 1
            elif False in at_it or rests:
                found["Slack's pace or a channel's rest after failures"] += 1
            else:
                found["anybody who takes it"] += 1
        return found.most_common(1)[0][0] if found else "nothing"

    def _rows(self, question: str) -> list[tuple[Any, ...]]:
        return self.postgres.rows(question.format(now=f"{self.now():.3f}"))
