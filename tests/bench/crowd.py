"""1,000 people claim one case at once, by one process and by three: one owner, and all others are told who.

The real program in processes of its own beside a local Slack; each command goes to one of them. How long it
takes is partly the sender's: a thousand people on the same machine.
"""

import json
import re
import time
import urllib.request
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from bot.sources import Batch
from config.playbook import load_playbook
from config.settings import Settings
from handlers.parts import build
from models.case import Case
from models.database import Database
from models.event import Event
from tests.bench.dealer import Dealer
from tests.bench.figures import Figure, Samples
from tests.bench.stage import (
    APP_TOKEN,
    BOT_TOKEN,
    BenchSlack,
    a_post,
    process,
    write_playbook,
)
from tests.bench.throughput import postgres
from tests.slack import eventually

CROWD = 1000
WAITS = 120
"""Seconds for all to be answered."""
_NOT_IN_ORDER = re.compile("level='(?:warning|error|critical)'|Traceback")
_TEXT = re.compile(r"<@(U\w+)> has case")


@dataclass(frozen=True)
class Crowd:
    """What became of one crowd. Times in milliseconds."""

    acknowledged: Sequence[float]
    lasted: float
    """Seconds until the last one had their answer."""
    answers: Counter[str]
    owners: int
    """Claims on record."""
    complaints: Sequence[str]
    """Lines of the log at warning and above, and tracebacks."""


def measure(folder: Path) -> list[Figure]:
    figures = []
    with postgres("crowd1", "crowd3") as (one, three):
        for kind, processes, url in (
            ("SQLite", 1, f"sqlite:///{folder / 'crowd1.db'}"),
            ("SQLite", 3, f"sqlite:///{folder / 'crowd3.db'}"),
            ("PostgreSQL", 1, one),
            ("PostgreSQL", 3, three),
        ):
            own = folder / f"{kind}{processes}"
            own.mkdir()
            crowd = claimed_by_a_crowd(own, url, CROWD, processes)
            said = ", ".join(f"{count:,} {what}" for what, count in sorted(crowd.answers.items()))
            who = f"{CROWD:,} claim one case, {kind}, {processes} worker{'s' * (processes > 1)}"
            figures += [
                Figure(f"{who}: acknowledged", Samples(crowd.acknowledged, "ms"), aim="never over 3,000 ms"),
                Figure(
                    f"… all answered: {said}; {crowd.owners} claim on record, "
                    f"{len(crowd.complaints)} complaints in the log",
                    Samples([crowd.lasted], "s"),
                    aim="one owner, 999 told, no errors",
                ),
            ]
    return figures


def claimed_by_a_crowd(folder: Path, url: str, people: int, processes: int) -> Crowd:
    """`people` type `/claim 1` at the same moment, into so many workers on the database at `url`."""
    book = write_playbook(folder)
    settings = Settings(database_url=url, playbook=str(book))
    parts = build(settings, load_playbook(book))
    parts.office.db.upgrade()
    parts.works.listener.take("bench", Batch([a_post(1)]))
    parts.office.db.close()
    with ExitStack() as stack:
        slack = BenchSlack(folder, "slack", people)
        stack.callback(slack.stop)
        dealer = Dealer(slack.url, APP_TOKEN)
        stack.callback(dealer.stop)
        for _ in range(processes):
            stack.enter_context(
                process(
                    ["app.py", "run", "--role", "worker"],
                    folder,
                    DATABASE_URL=url,
                    PLAYBOOK=str(book),
                    SLACK_API_URL=f"{dealer.url}/api/",
                    SLACK_BOT_TOKEN=BOT_TOKEN,
                    SLACK_APP_TOKEN=APP_TOKEN,
                )
            )
        eventually(lambda: dealer.connected >= processes, within=60)
        eventually(lambda: _cards(slack), within=60)
        began = time.monotonic()
        with ThreadPoolExecutor(people) as pool:
            claims = [pool.submit(slack.command, _person(n), "/claim", "1", _CHANNEL) for n in range(people)]
        for claim in claims:
            claim.result()
        answers = eventually(lambda: _answers(slack, people), within=WAITS)
        lasted = time.monotonic() - began
    log = (folder / "processes.log").read_text(encoding="utf-8").splitlines()
    return Crowd(
        dealer.acknowledged, lasted, *_on_record(url, answers), [x for x in log if _NOT_IN_ORDER.search(x)]
    )


_CHANNEL = "C0BENCH1"


def _person(number: int) -> str:
    return f"UBENCH{number:02}"


def _messages(slack: BenchSlack) -> list[dict[str, object]]:
    with urllib.request.urlopen(f"{slack.url}/_control/messages/{_CHANNEL}", timeout=30) as told:
        return list(json.load(told)["messages"])


def _cards(slack: BenchSlack) -> bool:
    return any("card:1|" in json.dumps(message) for message in _messages(slack))


def _answers(slack: BenchSlack, people: int) -> list[tuple[str, str]] | None:
    """Who was told what, once everybody was told something."""
    told = [
        (str(m["ephemeral_to"]), json.dumps(m, ensure_ascii=False))
        for m in _messages(slack)
        if m.get("ephemeral_to")
    ]
    return told if len({who for who, _ in told}) == people else None


def _on_record(url: str, told: list[tuple[str, str]]) -> tuple[Counter[str], int]:
    """What the answers say, judged by who has the case; and how many claims there were."""
    database = Database(url)
    with database.reading() as session:
        owner = session.get_one(Case, 1).owner
        claims = len(session.scalars(select(Event.id).where(Event.what == "claim")).all())
    database.close()

    def meaning(who: str, words: str) -> str:
        if "It is yours" in words:
            return "has it" if who == owner else "WRONGLY TOLD THAT IT IS THEIRS"
        named = _TEXT.search(words)
        return "told who has it" if named and named[1] == owner else "TOLD SOMETHING ELSE"

    return Counter(meaning(who, words) for who, words in told), claims
