"""Cases claimed, ticked and dismissed per second on PostgreSQL, by one process and by two.

Beside it a bare psycopg loop in as many processes, that sends the statements which the program sends, in the
same transactions, about other cases.
"""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
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

CASES, ROUNDS = 40, 5
"""So many cases each process has in each round."""
MOVES = 3
SIDES = ("ours", "bare")
_MEMBER = "UMOVER"


def measure(folder: Path) -> list[Figure]:
    with postgres("moves") as (url,), ExitStack() as stack:
        database = Database(url)
        # Three of five open ones wait, and a tenth of those has no card of its own.
        fill(database, 5_000, _desk(database).office.playbook, still_open=5 * ROUNDS * 3 * CASES)
        waits = select(Case.id).where(Case.stage == WAITING, ~Case.behind, Case.like_id.is_(None))
        with database.reading() as session:
            waiting = list(session.scalars(waits.order_by(Case.id)))
        database.close()
        movers = {
            side: [stack.enter_context(_mover(side, url, (waiting.pop(), waiting.pop()))) for _ in range(2)]
            for side in SIDES
        }
        speeds: dict[tuple[str, int], list[float]] = {}
        for _ in range(ROUNDS):
            for several in (1, 2):
                for side in SIDES:
                    shares = [[waiting.pop() for _ in range(CASES)] for _ in range(several)]
                    speeds.setdefault((side, several), []).append(_together(movers[side], shares))
    return [
        Figure(
            f"Moves of cases on PostgreSQL, {several} process{'es' * (several > 1)}",
            Samples(speeds["ours", several], "moves/s"),
            "bare psycopg, the same statements",
            Samples(speeds["bare", several], "moves/s"),
            "half of it, and more with the second process",
        )
        for several in (1, 2)
    ]


@contextmanager
def _mover(side: str, url: str, examples: Sequence[int]) -> Iterator["subprocess.Popen[str]"]:
    """A process that is ready to move cases."""
    mover = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.moves", side, url, json.dumps(examples)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        _hear(mover)
        yield mover
    finally:
        mover.kill()
        mover.communicate()


def _together(movers: Sequence["subprocess.Popen[str]"], shares: Sequence[Sequence[int]]) -> float:
    """Moves per second of processes that begin at the same time, one for each share of the cases."""
    at_work = [mover for mover, _ in zip(movers, shares, strict=False)]
    began = time.perf_counter()
    for mover, share in zip(at_work, shares, strict=True):
        assert mover.stdin is not None
        mover.stdin.write(json.dumps(share) + "\n")
        mover.stdin.flush()
    for mover in at_work:
        _hear(mover)
    return sum(map(len, shares)) * MOVES / (time.perf_counter() - began)


def _hear(mover: "subprocess.Popen[str]") -> None:
    """Waits until it says that it is ready."""
    assert mover.stdout is not None
    if mover.stdout.readline() != "ready\n":
        raise RuntimeError("A process that moves cases ended early.")


# What each process does.


@dataclass(frozen=True)
class Sent:
    """One statement as the program sent it, and how many rows it found or changed. None for the statement is
    the end of a transaction, `stored` or not."""

    statement: str | None = None
    values: Any = None
    rows: int = 0
    stored: bool = True


def _work(side: str, url: str, examples: Sequence[int]) -> None:
    """Moves the cases of each line of standard input, then says that it is ready for the next. The examples
    are for what is loaded or prepared first, and for what bare psycopg repeats."""
    database = Database(url)
    desk = _desk(database)
    first, example = examples
    _move(desk, first)
    sent = _recorded(database, lambda: _move(desk, example)) if side == "bare" else []
    with psycopg.connect(url) as connection:
        print("ready", flush=True)
        for line in sys.stdin:
            for case in json.loads(line):
                if side == "bare":
                    _replay(connection, sent, example, case)
                else:
                    _move(desk, case)
            print("ready", flush=True)


def _desk(database: Database) -> Desk:
    playbook = load_playbook(ROOT / "config" / "playbook.yaml").model_copy(update={"training": None})
    return Desk(Office(database, playbook, lambda: datetime.now(UTC), lambda: None))


def _move(desk: Desk, case: int) -> None:
    desk.claim(case, by=_MEMBER)
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
