"""How long `db upgrade` of a large database takes, and how long somebody who works meanwhile has to wait.

`python -m tests.bench.upgrade [CASES] [VERSION]` (200,000 cases, all of 0001 on) fills a SQLite and a
PostgreSQL at that version of the schema and brings them to the newest. It prints the whole time, the slowest
statements, and the longest wait of two programs of the old version beside it: one reads and one writes.
"""

import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, TextClause, event, text

from config.playbook import load_playbook
from config.settings import ROOT
from models.database import Database
from tests.bench.many_cases import fill
from tests.bench.throughput import postgres

CASES, OLDEST = 200_000, "0001"
SLOW = 0.05
READS = [text("SELECT stage FROM cases WHERE id = 1")]
WRITES = [
    text("UPDATE mentions SET shown = shown WHERE id = 1"),
    text("UPDATE cases SET version = version + 1 WHERE id = 1"),
    text("UPDATE outbox SET version = version + 1 WHERE id = 1"),
]
"""What a move writes, more or less."""


class Beside:
    """An older program that does one thing again and again, and notes how long it waited."""

    def __init__(self, url: str, what: Sequence[TextClause]) -> None:
        self._database, self._what = Database(url), what
        self._end = threading.Event()
        self.longest = 0.0
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._end.set()
        self._thread.join()
        self._database.close()

    def _work(self) -> None:
        handed_out: Callable[[], Any] = (
            self._database.reading if self._what is READS else self._database.transaction
        )
        while not self._end.wait(0.01):
            began = time.perf_counter()
            with handed_out() as session:
                for statement in self._what:
                    session.execute(statement)
            self.longest = max(self.longest, time.perf_counter() - began)


@contextmanager
def slow_statements(engine: Engine) -> Iterator[list[tuple[float, str]]]:
    """Those of the block that took longest, when it is over."""
    began: list[float] = []
    found: list[tuple[float, str]] = []

    def before(*_: Any) -> None:
        began.append(time.perf_counter())

    def after(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        took = time.perf_counter() - began.pop()
        if took > SLOW:
            found.append((took, " ".join(statement.split())[:90]))

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    yield found
    event.remove(engine, "before_cursor_execute", before)
    event.remove(engine, "after_cursor_execute", after)
    found.sort(reverse=True)


def main(cases: int, version: str) -> None:
    playbook = load_playbook(ROOT / "config" / "playbook.yaml")
    with tempfile.TemporaryDirectory() as folder, postgres("old") as (address,):
        for name, url in (("SQLite", f"sqlite:///{Path(folder) / 'old.db'}"), ("PostgreSQL", address)):
            database = Database(url)
            fill(database, cases, playbook, version=version)
            beside = Beside(url, READS), Beside(url, WRITES)
            began = time.perf_counter()
            with slow_statements(database.engine) as slow:
                database.upgrade()
            took = time.perf_counter() - began
            for one in beside:
                one.stop()
            reading, writing = (one.longest for one in beside)
            print(
                f"{name}, {cases:,} cases, {version} to {database.schema_version()}: {took:.1f} s; beside it "
                f"reading waited {reading:.2f} s at the longest, writing {writing:.2f} s"
            )
            for seconds, statement in slow[:12]:
                print(f"  {seconds:6.2f} s  {statement}")
            database.close()


if __name__ == "__main__":
    given = sys.argv[1:]
    main(int(given[0]) if given else CASES, given[1] if len(given) > 1 else OLDEST)
