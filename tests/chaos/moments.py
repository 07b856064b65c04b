"""Kills that come just when a process is half-way through something, and what it was at when it was killed.

PostgreSQL tells who is at what: each process has a name of its own there, and holds a lock on each table that
it has written to in a transaction that is not over. To meet one half-way, the outbox is locked for a moment:
whoever has something to say stops there, with all the rest of the change written.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg

from models.leader import LEADING
from tests.chaos.postgres import Postgres
from tests.chaos.proxy import TroubledSlack

INGEST, CLAIM, DIGEST = "posts half stored", "a claim half done", "a digest half made"
POSTED, DIGEST_POSTED = "posted, not marked yet", "a digest posted, not marked yet"
AIMED = (INGEST, POSTED, CLAIM)
"""Those that a plan asks for."""
WRITTEN = {DIGEST: "digests", INGEST: "mentions", CLAIM: "handled"}
"""The table that tells them from other changes, in the order in which to look."""
PATIENCE = 3.0
"""Seconds for which nobody may say anything, at the most, until somebody is met."""
_WRITING = """
SELECT a.application_name, array_agg(l.relation::regclass::text), bool_or(a.wait_event_type = 'Lock')
FROM pg_stat_activity a JOIN pg_locks l ON l.pid = a.pid
WHERE a.datname = 'chaos' AND l.mode = 'RowExclusiveLock' AND l.granted AND l.locktype = 'relation'
AND a.application_name LIKE 'p_'
GROUP BY a.pid, a.application_name
"""
_CONNECTED = "SELECT application_name FROM pg_stat_activity WHERE datname = 'chaos'"
_LEADER = """
SELECT a.application_name FROM pg_stat_activity a JOIN pg_locks l ON l.pid = a.pid
WHERE l.locktype = 'advisory' AND l.classid = 0 AND l.objid = {lock} AND l.granted
AND a.application_name LIKE 'p_'
"""
Kill = Callable[[str], None]


class Moments:
    """`kill` is called with a process's name, and returns when it is dead."""

    def __init__(self, postgres: Postgres, proxy: TroubledSlack, kill: Kill) -> None:
        self._postgres, self._proxy, self._kill = postgres, proxy, kill
        self.met: Counter[str] = Counter()
        """What processes were at when they were killed."""
        self.last = ""
        """Who was killed at such a moment, the last time."""
        self._digests = 0
        self._awaited = threading.Event()
        """Whether the next one that posts is killed."""
        self._posted = threading.Event()
        self._lock = threading.Lock()
        proxy.posted = self._on_posted

    def of(self, name: str) -> str:
        """What this process is at, in a few words."""
        try:
            writing, connected = self._writing(), self.begun()
        except psycopg.OperationalError:
            return "without a database"
        for what, table in WRITTEN.items():
            if any(one == name and table in tables for one, tables, _ in writing):
                return what
        if any(one == name for one, _, _ in writing):
            return "another change half done"
        calls = [call for call in self._proxy.calls_of(name) if call]
        if calls:
            return "calling Slack"
        return "between two things" if name in connected else "starting"

    def begun(self) -> set[str]:
        """The processes that talk to the database. Raises psycopg.OperationalError."""
        return {row[0] for row in self._postgres.rows(_CONNECTED)}

    def leader(self) -> int | None:
        """Which process leads, by its number."""
        found = self._postgres.rows(_LEADER.format(lock=LEADING))
        return int(found[0][0].removeprefix("p")) if found else None

    def meet(self, what: str, patience: float = PATIENCE) -> bool:
        """Kills the next process that is just at `what`; False when there was none in `patience` seconds."""
        return self._meet_posting(patience) if what == POSTED else self._meet_writing(what, patience)

    def meet_digests(self, count: int) -> None:
        """The next `count` times that a digest is posted, who did it is killed before they hear of it."""
        self._digests = count

    # Helpers.

    def _writing(self) -> list[tuple[Any, ...]]:
        return self._postgres.rows(_WRITING)

    def _meet_writing(self, what: str, patience: float) -> bool:
        end = time.monotonic() + patience
        with suppress(psycopg.OperationalError), self._postgres.locked("outbox"):
            while time.monotonic() < end:
                for name, tables, waits in self._writing():
                    if waits and WRITTEN[what] in tables:
                        self._kill(name)
                        self.met[what] += 1
                        self.last = name
                        return True
                time.sleep(0.1)
        return False

    def _meet_posting(self, patience: float) -> bool:
        self._posted.clear()
        self._awaited.set()
        met = self._posted.wait(patience)
        self._awaited.clear()
        return met

    def _on_posted(self, who: str, blocks: list[dict[str, Any]]) -> None:
        digest = str((blocks or [{}])[0].get("block_id", "")).startswith("digest:")
        with self._lock:
            if digest and self._digests:
                self._digests -= 1
                what = DIGEST_POSTED
            elif self._awaited.is_set():
                self._awaited.clear()
                what = POSTED
            else:
                return
        self._kill(who)
        self.met[what] += 1
        self.last = who
        if what == POSTED:
            self._posted.set()
