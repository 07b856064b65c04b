"""What memory the program takes: while it takes in ever more posts, and at rest."""

import resource
import subprocess
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import yaml

from bot.listening import Listener
from bot.logs import set_up_logs
from bot.office import Office
from bot.settling import settle
from bot.sift.sift import Sifter
from bot.sources import Batch
from config.languages import language_packs
from config.playbook import load_playbook
from config.settings import ROOT
from handlers.running import ROLES
from models.database import Database
from tests.bench.figures import Figure, Samples
from tests.bench.posts import posts
from tests.bench.stage import (
    APP_TOKEN,
    BOT_TOKEN,
    BenchSlack,
    come_to_rest,
    process,
    write_playbook,
)
from tests.slack import free_port

AFTER = (1_000, 10_000, 50_000, 100_000)
BATCH = 500
SECONDS = 40
"""As far as it comes in this time; `python -m tests.bench.memory 600 FILE` goes on for so many, its rows in
that file."""


def measure(folder: Path) -> list[Figure]:
    place = folder / "taken.db"
    _make(f"sqlite:///{place}")  # not by the process that is measured, as little as by `app.py run`
    told = subprocess.run(
        [sys.executable, "-m", "tests.bench.memory", str(SECONDS), str(place)],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    figures = []
    for line in told.stdout.splitlines():
        number, megabytes = line.split()
        figures.append(
            Figure(f"Memory after {int(number):,} posts taken in", Samples([float(megabytes)], "MB"))
        )
    return [*figures, *_at_rest(folder)]


def _at_rest(folder: Path) -> list[Figure]:
    with ExitStack() as stack:
        slack = BenchSlack(folder, "slack")
        stack.callback(slack.stop)
        there = {
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "SLACK_API_URL": f"{slack.url}/api/",
            "SLACK_SIGNING_SECRET": "bench",
        }
        place = f"sqlite:///{folder / 'rest.db'}"
        _make(place)
        ours = there | {"DATABASE_URL": place, "PLAYBOOK": str(_with_a_source(write_playbook(folder)))}
        bare = Samples([_megabytes_when_warm(["-m", "tests.bench.bare_app"], folder, there)], "MB")
        return [
            Figure(
                f"Memory of `app.py run --role {role}` at rest, warmed up, before the first post",
                Samples([_megabytes_when_warm(["app.py", "run", "--role", role], folder, ours)], "MB"),
                "bare Bolt",
                bare,
                "4 times that" if role == "all" else "",
            )
            for role in ROLES
        ]


def _make(url: str) -> None:
    made = Database(url)
    made.upgrade()
    made.close()


def _with_a_source(playbook: Path) -> Path:
    """One that never answers: no post comes, but whoever asks it has made the sift ready."""
    feed = {"name": "silent", "url": "http://127.0.0.1:9/", "every": "1h"}
    data = yaml.safe_load(playbook.read_text(encoding="utf-8")) | {"sources": {"feeds": [feed]}}
    playbook.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return playbook


def _megabytes_when_warm(arguments: list[str], folder: Path, environment: dict[str, str]) -> float:
    """When it has had nothing to do for two seconds."""
    with process(arguments, folder, **environment, PORT=str(free_port())) as started:
        come_to_rest(started.pid)
        return _megabytes_of(started.pid)


def _megabytes_of(pid: int | str = "self") -> float:
    """What stands in memory now; on systems without /proc the most that this process ever had."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return pages * resource.getpagesize() / 1_000_000


def _take_many(seconds: float, place: Path) -> None:
    """Prints a number of posts and the megabytes after it, and what it came to at the end."""
    database = Database(f"sqlite:///{place}")
    database.upgrade()
    playbook = load_playbook(ROOT / "config" / "playbook.yaml")
    office = Office(database, playbook, lambda: datetime.now(UTC), lambda: None)
    listener = Listener(office, Sifter(playbook, language_packs()))
    listener.sifter.prepare(("en", "da", "de"))  # as the program does
    settle()
    more, taken, until = posts(seed=3), 0, time.monotonic() + seconds
    while taken < AFTER[-1] and time.monotonic() < until:
        listener.take("bench", Batch(list(islice(more, BATCH))))
        taken += BATCH
        if taken in AFTER:
            print(taken, round(_megabytes_of(), 1), flush=True)
    if taken not in AFTER:
        print(taken, round(_megabytes_of(), 1), flush=True)
    database.close()


if __name__ == "__main__":
    set_up_logs("ERROR")
    _take_many(float(sys.argv[1]), Path(sys.argv[2]))
