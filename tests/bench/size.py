"""What grows with the number of cases: the same at 10,000 and at a hundred times as many, in turn."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import text

from bot.desk import Desk
from bot.digest import Digests
from bot.home import Homes
from bot.office import Office
from bot.searching import find
from config.playbook import Playbook, load_playbook
from config.settings import ROOT
from models.database import Database
from tests.bench.figures import Figure, Samples
from tests.bench.many_cases import fill
from tests.bench.throughput import postgres

FEW, MANY = 10_000, 1_000_000
ROUNDS = {"find": 3, "digest": 7}
OTHERWISE = 25
scale = 1.0
"""Of MANY; smaller for a quick try (`--scale 0.1`)."""
WHAT = {
    "claim": ("`/claim` of a case, from the click to the commit", "1.3 times"),
    "queue": ("`/case queue`", "1.3 times"),
    "home": ("Home of an employee", "1.3 times"),
    "lead": ("Home of a lead", "1.3 times"),
    "digest": ("Digest of a day", "under 2 s"),
    "find": ("`/case find` of a word that is in no post", ""),
}


def measure(folder: Path) -> list[Figure]:
    playbook = load_playbook(ROOT / "config" / "playbook.yaml").model_copy(update={"training": None})
    many = max(FEW, int(MANY * scale))
    figures: list[Figure] = []
    with postgres("few", "many") as addresses:
        for name, urls in (
            ("SQLite", tuple(f"sqlite:///{folder / which}.db" for which in ("few", "many"))),
            ("PostgreSQL", addresses),
        ):
            figures += _both(name, urls, many, playbook)
            for file in folder.glob("*.db*"):  # two gigabytes that nobody needs any more
                file.unlink()
    return figures


def _both(name: str, urls: tuple[str, ...], many: int, playbook: Playbook) -> Iterator[Figure]:
    with ExitStack() as stack:
        databases = []
        for url, cases in zip(urls, (FEW, many), strict=True):
            database = Database(url)
            stack.callback(database.close)
            fill(database, cases, playbook)
            if name == "PostgreSQL":  # as its autovacuum does a minute later
                with database.engine.connect() as connection:
                    connection.execute(text("ANALYZE"))
                    connection.commit()
            databases.append(database)
        desks = [_acts(database, playbook) for database in databases]
        for key, (what, aim) in WHAT.items():
            taken: list[list[float]] = [[], []]
            for number in range(1 + ROUNDS.get(key, OTHERWISE)):
                for samples, acts in zip(taken, desks, strict=True):
                    seconds = _timed(acts[key])
                    if number:  # the first of each compiles its statements
                        samples.append(seconds * 1000)
            few, very_many = (Samples(samples, "ms") for samples in taken)
            yield Figure(f"{what}, {name}, {many:,} cases", very_many, f"{FEW:,} cases", few, aim)


def _acts(database: Database, playbook: Playbook) -> dict[str, Callable[[], object]]:
    office = Office(database, playbook, lambda: datetime.now(UTC), lambda: None)
    desk, homes, digests, lead = Desk(office), Homes(office), Digests(office), playbook.leads[0]
    waiting = [view.case.id for view in desk.waiting(None, 100)[0]]

    def home(member: str) -> None:
        with database.reading() as session:
            homes.view(session, member)

    return {
        "claim": lambda: desk.claim(waiting.pop(), by="U01"),
        "queue": lambda: desk.waiting(None),
        "home": partial(home, "U03"),
        "lead": partial(home, lead.slack),
        "digest": lambda: digests.of_date(lead, digests.last_day(lead)),
        "find": lambda: find(office, "nowhere-written"),
    }


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
