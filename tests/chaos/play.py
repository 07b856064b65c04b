"""One run: everything is started, broken as planned, left to settle, and reconciled."""

import random
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from app import build
from bot.sources import Batch
from config.playbook import load_playbook
from config.settings import ROOT, Settings
from models.post import Post
from tests.chaos.people import People
from tests.chaos.plan import CUT, KILL, STOP, Fault, plan
from tests.chaos.postgres import Postgres
from tests.chaos.processes import Processes
from tests.chaos.proxy import TroubledSlack
from tests.chaos.reconcile import UNSENT, Row, reconcile
from tests.chaos.sender import Sender
from tests.chaos.source import Feed
from tests.chaos.town import environment, text_of, utc_now, write_playbook, write_workspace
from tests.chaos.watch import Watch
from tests.slack import Slack, eventually, free_port

ROLES = ("worker", "clock", "web", "worker", "clock")
SHARE = 0.3
"""Of the calls that meet a fault while Slack is in trouble."""
SETTLE = 80.0
"""Seconds within which everything is to be at rest after the last fault."""
BOUND = 300.0
"""Seconds that a run may take."""
STOPPING = 15.0
LIMIT = 60
"""Seconds that nothing may move for, while something waits."""
STARTING = 0.2
"""Time between two kills at least, as a part of that in which all processes together start: each then lives
a few times as long as it takes to start again."""
MIGRATIONS = 3
"""How often `db upgrade` is begun to be killed."""
EACH = 0.7
"""Seconds between two posts."""


@dataclass(frozen=True)
class Report:
    rows: list[Row]
    notes: list[str]
    logs: str
    """What the processes said."""

    @property
    def good(self) -> bool:
        return not any(row.bad for row in self.rows)


def play(
    seconds: float,
    kills: int,
    seed: int,
    say: Callable[[str], None] = lambda line: None,
    *,
    settle: float = SETTLE,
    bound: float = BOUND,
    migrations: int = MIGRATIONS,
) -> Report:
    """Faults for `seconds`, then rest for `settle` seconds at most. All that it starts has ended then.

    On a machine that takes very long to start it all, faults end earlier: a run stays within `bound` seconds.
    """
    end = time.monotonic() + bound - settle - STOPPING
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chaos-")))
        postgres = Postgres()
        stack.callback(postgres.stop)
        slack = Slack(write_workspace(folder))
        stack.callback(slack.stop)
        proxy = TroubledSlack(slack.url, seed, SHARE)
        stack.callback(proxy.stop)
        feed, port = Feed(), free_port()
        stack.callback(feed.stop)
        playbook = write_playbook(folder, feed.url, utc_now())
        surroundings = environment(proxy.url, postgres.url, playbook, port)
        unfinished = _migrate(postgres, surroundings, migrations, seed)
        begin(postgres.url, playbook)
        processes = Processes(ROLES, surroundings, folder)
        stack.callback(processes.stop)
        sender = Sender(port)
        stack.callback(sender.stop)
        watch = Watch(postgres)
        people = People(slack, postgres, seed)
        processes.start()
        start = wait_until_up(slack, port, ROLES.count("worker"))
        # Processes that are killed before they have begun do nothing that could go wrong.
        slower = max(1.0, start * STARTING / (seconds / kills))
        faults = plan(seed, seconds, kills, len(ROLES), slower)
        say(f"It all started in {start:.0f} s, so faults come {slower:.1f} times further apart than planned.")
        watch.start()
        stack.callback(watch.stop)
        with _posts(feed, sender, watch, seed):
            people.start()
            watch.working = True
            began = time.monotonic()
            for fault in faults:
                if began + fault.at > end:
                    say("No more faults: the time is over.")
                    break
                time.sleep(max(0.0, began + fault.at - time.monotonic()))
                _break(fault, postgres, processes, proxy, watch, say)
            time.sleep(max(0.0, min(began + seconds, end) - time.monotonic()))
        proxy.trouble_for(0)
        watch.working = False
        people.stop()
        settled = _settle(postgres, feed, sender, settle)
        watch.stop()
        rows = [
            *reconcile({0} | feed.handed_over | sender.handed_over, postgres, slack),
            *(
                Row(f"longest wait of {name}, s (under {LIMIT})", round(line.longest), line.longest >= LIMIT)
                for name, line in watch.lines.items()
            ),
        ]
        notes = [
            f"killed {processes.killed.total()} of {kills} ({_told(processes.killed)}), "
            f"migrations killed {unfinished} of {migrations}, "
            f"ended by themselves and started again {processes.ended_by_itself.total()}",
            f"Slack's faults met: {_told(proxy.met)}",
            f"people did {people.acts} things, {people.unanswered} of them unanswered",
            f"posts sent again {sender.repeated}",
            f"at rest {settled:.0f} s after the last fault",
        ]
        return Report(rows, notes, processes.said())


# Helpers, in the order in which they are called.


def _migrate(postgres: Postgres, environment: dict[str, str], kills: int, seed: int) -> int:
    """`db upgrade`, killed at some moment once it talks to the database, then left alone. Returns how often
    it was killed before it was done."""
    dice, killed = random.Random(seed), 0
    command = [sys.executable, "app.py", "db", "upgrade"]
    for _ in range(kills):
        upgrade = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        while upgrade.poll() is None and not postgres.connections():
            time.sleep(0.02)
        time.sleep(dice.uniform(0.0, 0.6))
        killed += upgrade.poll() is None
        upgrade.kill()
        upgrade.wait()
    subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True, timeout=120)
    return killed


def begin(database_url: str, playbook: Path) -> None:
    """A first post, heard two days ago: so there is something to tell in digests."""
    settings = replace(Settings(), database_url=database_url)
    then = utc_now() - timedelta(days=2)
    parts = build(settings, load_playbook(playbook), clock=lambda: then)
    post = Post(
        source="notes",
        external_id="note-0",
        text=text_of(0),
        created_at=then,
        author="customer_0",
        language="en",
    )
    parts.works.listener.take("before", Batch([post]))
    parts.office.db.close()


def wait_until_up(slack: Slack, port: int, workers: int) -> float:
    """Until all workers have their connection and the webhook answers. Returns the seconds it took."""
    began = time.monotonic()

    def up() -> bool:
        if sum("socket connected" in entry["summary"] for entry in slack.log()) < workers:
            return False
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    eventually(up, within=120)
    return time.monotonic() - began


@contextmanager
def _posts(feed: Feed, sender: Sender, watch: Watch, seed: int) -> Iterator[None]:
    """Customers write, all the time; some of it comes by the feed, most by the webhook."""
    dice, end = random.Random(seed), threading.Event()

    def write() -> None:
        number = 0
        while not end.wait(EACH):
            number += 1
            if dice.random() < 0.3:
                feed.publish(number)
            else:
                sender.send(number)
            watch.sending = sender.waiting

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()


def _break(
    fault: Fault,
    postgres: Postgres,
    processes: Processes,
    proxy: TroubledSlack,
    watch: Watch,
    say: Callable[[str], None],
) -> None:
    if fault.what == KILL:
        say(f"{fault.at:6.1f} s  kill -9 {processes.kill(fault.which)}")
        return
    say(f"{fault.at:6.1f} s  {fault.what}{f' for {fault.lasts:.1f} s' if fault.lasts else ''}")
    if fault.what == CUT:
        postgres.cut_connections()
    elif fault.what == STOP:
        postgres.pause()
        time.sleep(fault.lasts)
        postgres.go_on()
    else:
        proxy.trouble_for(fault.lasts)


def _settle(postgres: Postgres, feed: Feed, sender: Sender, most: float) -> float:
    """Waits until all is stored and sent, `most` seconds at most; how long it took."""
    began = time.monotonic()
    while (passed := time.monotonic() - began) < most:
        stored = postgres.rows("SELECT count(*) FROM mentions")[0][0]
        handed_over = len(feed.handed_over | sender.handed_over) + 1
        if not sender.waiting and stored >= handed_over and not postgres.rows(UNSENT):
            return passed
        time.sleep(0.3)
    return passed


def _told(counted: "dict[str, int]") -> str:
    return ", ".join(f"{what} {count}" for what, count in sorted(counted.items()))
