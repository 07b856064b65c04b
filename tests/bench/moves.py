"""Cases claimed, ticked and dismissed per second on PostgreSQL, by one process and by two.

Beside it a bare psycopg loop in as many processes, that sends the statements which the program sends, in the
same transactions, about other cases.
"""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import event, select

from bot.desk import Desk
from bot.office import Office
from config.playbook import load_playbook
from config.settings import ROOT
from models.case import Case
from models.database import Database
from models.moves import WAITING
from tests.bench.figures import Figure, Samples
from tests.bench.many_cases import fill
from tests.bench.throughput import postgres

CASES, ROUNDS = 60, 5
"""So many cases each process has in each round."""
MOVES = 3
_MEMBER = "UMOVER"


def measure(folder: Path) -> list[Figure]:
    with postgres("moves") as (url,):
        database = Database(url)
        # Three of five open ones wait, and a tenth of those has no card of its own.
        fill(database, 5_000, _desk(database).office.playbook, still_open=2 * ROUNDS * 3 * (CASES + 2) * 2)
        waits = select(Case.id).where(Case.stage == WAITING, ~Case.behind, Case.like_id.is_(None))
        with database.reading() as session:
            waiting = list(session.scalars(waits.order_by(Case.id)))
        database.close()
        speeds: dict[tuple[str, int], list[float]] = {}
        for _ in range(ROUNDS):
            for processes in (1, 2):
                for side in ("ours", "bare"):
                    shares = [[waiting.pop() for _ in range(CASES + 2)] for _ in range(processes)]
                    speeds.setdefault((side, processes), []).append(_together(url, side, shares))
    return [
        Figure(
            f"Moves of cases on PostgreSQL, {processes} process{'es' * (processes > 1)}",
            Samples(speeds["ours", processes], "moves/s"),
            "bare psycopg, the same statements",
            Samples(speeds["bare", processes], "moves/s"),
            "half of it, and more with the second process",
        )
        for processes in (1, 2)
    ]


def _together(url: str, side: str, shares: Sequence[Sequence[int]]) -> float:
    """Moves per second of processes that begin at the same time, one for each share of the cases."""
    movers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.bench.moves", side, url, json.dumps(share)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for share in shares
    ]
    try:
        for mover in movers:  # each says when it is ready
            assert mover.stdout is not None and mover.stdout.readline() == "ready\n"  # noqa: PT018
        began = time.perf_counter()
        for mover in movers:
            assert mover.stdin is not None
            mover.stdin.write("go\n")
            mover.stdin.flush()
        for mover in movers:
            assert mover.stdout is not None and mover.stdout.readline() == "done\n"  # noqa: PT018
        took = time.perf_counter() - began
    finally:
        for mover in movers:
            mover.kill()
            mover.communicate()
    return CASES * len(shares) * MOVES / took


# What each process does.


@dataclass(frozen=True)
class Sent:
    """One statement as the program sent it, and how many rows it found or changed. None for the statement is
    the end of a transaction, `stored` or not."""

    statement: str | None = None
    values: Any = None
    rows: int = 0
    stored: bool = True


def _work(side: str, url: str, cases: Sequence[int]) -> None:
    """Begins at a line from standard input. The first two cases are for what is loaded or prepared first."""
    database = Database(url)
    desk = _desk(database)
    first, example, *rest = cases
    _move(desk, first)
    work: Callable[[int], None] = lambda case: _move(desk, case)  # noqa: E731
    if side == "bare":
        sent = _recorded(database, lambda: _move(desk, example))
        connection = psycopg.connect(url)
        work = lambda case: _replay(connection, sent, example, case)  # noqa: E731
    else:
        _move(desk, example)
    print("ready", flush=True)
    sys.stdin.readline()
    for case in rest:
        work(case)
    print("done", flush=True)


def _desk(database: Database) -> Desk:
    playbook = load_playbook(ROOT / "config" / "playbook.yaml").model_copy(update={"training": None})
    return Desk(Office(database, playbook, lambda: datetime.now(UTC), lambda: None))


def _move(desk: Desk, case: int) -> None:
    desk.claim(case, by=_MEMBER, request=f"moves:{case}")
    desk.tick(case, desk.office.playbook.checklist[0].key, by=_MEMBER)
    desk.dismiss(case, by=_MEMBER, because="no_reply")


def _recorded(database: Database, work: Callable[[], None]) -> list[Sent]:
    sent: list[Sent] = []

    def statement(_c: Any, cursor: Any, words: str, values: Any, _context: Any, _many: bool) -> None:
        sent.append(Sent(words, values, cursor.rowcount))

    event.listen(database.engine, "after_cursor_execute", statement)
    event.listen(database.engine, "commit", lambda _connection: sent.append(Sent()))
    event.listen(database.engine, "rollback", lambda _connection: sent.append(Sent(stored=False)))
    work()
    return sent


def _replay(connection: "psycopg.Connection[Any]", sent: Sequence[Sent], example: int, case: int) -> None:
    """The same about another case: its number stands in place of the example's, also within words."""
    number = re.compile(rf"\b{example}\b")

    def other(value: Any) -> Any:
        if isinstance(value, str):
            return number.sub(str(case), value)
        return case if type(value) is int and value == example else value

    for one in sent:
        if one.statement is None:
            (connection.commit if one.stored else connection.rollback)()
            continue
        cursor = connection.cursor()
        if isinstance(one.values, list):
            cursor.executemany(one.statement, [{k: other(v) for k, v in row.items()} for row in one.values])
        else:
            cursor.execute(one.statement, {k: other(v) for k, v in one.values.items()})
        if cursor.rowcount != one.rows:
            raise RuntimeError(f"{cursor.rowcount} rows instead of {one.rows}: {one.statement}")
        if cursor.description is not None:
            cursor.fetchall()


if __name__ == "__main__":
    _work(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))
