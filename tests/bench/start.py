"""From starting the program to its connection to Slack, and what it imports on the way."""

import re
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from config.settings import ROOT
from models.database import Database
from tests.bench.figures import Figure, Samples
from tests.bench.stage import (
    APP_TOKEN,
    BOT_TOKEN,
    BenchSlack,
    connected,
    log_of,
    process,
    processor_seconds,
    write_playbook,
)
from tests.slack import eventually, free_port

ROUNDS = 4
HEAVIEST = 12
OURS = ("app", "handlers", "bot", "models", "config")
_LINE = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \|(\s+)(\S+)")


def measure(folder: Path) -> list[Figure]:
    fresh, again, first_card, alone = [], [], [], []
    joined: list[tuple[float, float]] = []
    bare: list[tuple[float, float]] = []
    with ExitStack() as stack:
        slack = BenchSlack(folder, "slack")
        stack.callback(slack.stop)
        tokens = {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN}
        there = tokens | {"SLACK_API_URL": f"{slack.url}/api/"}
        place = f"sqlite:///{folder / 'joined.db'}"
        made = Database(place)
        made.upgrade()
        made.close()
        ours = there | {"DATABASE_URL": place, "PLAYBOOK": str(write_playbook(folder))}
        for number in range(ROUNDS):
            database = f"sqlite:///{folder / f'demo-{number}.db'}"
            ready, card = _demo(folder, database)
            fresh.append(ready)
            first_card.append(card)
            again.append(_demo(folder, database)[0])
            joined.append(_joins(folder, slack, ["app.py", "run"], ours))
            bare.append(_joins(folder, slack, ["-m", "tests.bench.bare_app"], there))
            began = time.monotonic()
            BenchSlack(folder, "alone").stop()
            alone.append(time.monotonic() - began)
    run, slack_alone = "`app.py run` to connected", ("local Slack alone", Samples(alone, "s"))
    return [
        Figure(f"{run}, with its local Slack", Samples(again, "s"), *slack_alone, "under 5 s"),
        Figure(f"{run}, its database to be made first", Samples(fresh, "s"), *slack_alone, "under 5 s"),
        *(
            Figure(
                f"{run}, Slack running already{what}",
                Samples([one[which] for one in joined], "s"),
                "bare Bolt",
                Samples([one[which] for one in bare], "s"),
                aim,
            )
            for which, what, aim in ((0, "", "2 s"), (1, ": the processor's time", ""))
        ),
        Figure("`app.py run` to the first card on screen, sifting and all", Samples(first_card, "s")),
    ]


def heaviest_imports() -> list[tuple[str, float]]:
    """Milliseconds that each top-level package's own modules took, and all together; the heaviest first.

    Python's own measuring makes every import slower: these are shares, not seconds of a start.
    """
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import app"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    own: Counter[str] = Counter()
    for line in told.stderr.splitlines():
        if found := _LINE.match(line):
            package = found[4].split(".")[0]
            name = "our own modules" if package in OURS else package
            own["all"] += int(found[1])
            own["Python's own" if package.lstrip("_") in _STANDARD else name] += int(found[1])
    return [(name, micros / 1000) for name, micros in own.most_common(HEAVIEST)]


_STANDARD = {name.lstrip("_") for name in sys.stdlib_module_names}


def _demo(folder: Path, database: str) -> tuple[float, float]:
    """As somebody without tokens starts it: seconds to connected, and to the first card."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    began = time.time()
    with process(["app.py", "run"], folder, DATABASE_URL=database, PORT=str(port)):
        ready = connected(url, before=0) - began
        card = eventually(
            lambda: next((e for e in log_of(url) if e["summary"] == "chat.postMessage"), None), within=30
        )
        return ready, card["time"] / 1000 - began


def _joins(
    folder: Path, slack: BenchSlack, arguments: list[str], environment: dict[str, str]
) -> tuple[float, float]:
    """Seconds to connected, and those of the processor until then, which others' work changes little."""
    before = slack.connections()
    began = time.time()
    with process(arguments, folder, **environment) as started:
        ready = connected(slack.url, before) - began
        return ready, processor_seconds(started.pid)
