"""One run: everything is started, broken as planned, left to settle, and reconciled."""

import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from models.database import Database
from tests.chaos.faults import Faults
from tests.chaos.moments import DIGEST, Moments
from tests.chaos.people import People
from tests.chaos.plan import plan
from tests.chaos.postgres import Postgres
from tests.chaos.processes import Processes, name_of
from tests.chaos.proxy import TroubledSlack
from tests.chaos.reconcile import UNSENT, Row, reconcile
from tests.chaos.sender import Sender
from tests.chaos.source import Feed
from tests.chaos.starting import begin, wait_until_up
from tests.chaos.town import environment, utc_now, write_playbook, write_workspace
from tests.chaos.upgrades import upgrade_while_killed
from tests.chaos.wall_clock import VARIABLE, WallClock
from tests.chaos.watch import Watch
from tests.slack import Slack, free_port

ROLES = ("worker", "clock", "web", "worker", "clock", "web")
"""Two of each, so that nothing hangs on a single process."""
SHARE = 0.3
"""Of the calls that meet a fault while Slack is in trouble."""
SETTLE = 70.0
"""Seconds within which everything is to be at rest after the last fault."""
BOUND = 300.0
"""Seconds that a run may take."""
STOPPING = 15.0
LIMIT = 60
"""Seconds that nothing may move for, while something waits."""
STARTING = 0.2
"""Time between two kills at least, as a part of that in which all processes together start: each then lives
a few times as long as it takes to start again."""
UNDER_A_CLOCK = ("-m", "tests.chaos.wall_clock")
DIGESTS = 2
"""Digests that are posted by one who is killed before they hear of it."""
FIRST_DIGEST = 100.0
"""Seconds within which the first digests are made, at the most."""
UPGRADES = 2
"""How many of those that upgrade an old database are killed half-way."""
EACH = 0.7
"""Seconds between two posts."""


@dataclass(frozen=True)
class Report:
    rows: list[Row]
    notes: list[str]
    met: Counter[str]
    """What processes were at when they were killed."""
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
    upgrades_killed: int = UPGRADES,
    digests_killed: int = DIGESTS,
    roles: tuple[str, ...] = ROLES,
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
        clock = WallClock(folder / "clock")
        feed = Feed(lambda: clock.ahead)
        stack.callback(feed.stop)
        ports = {name_of(i): free_port() for i, role in enumerate(roles) if role == "web"}
        playbook = write_playbook(folder, feed.url, utc_now())
        surroundings = environment(proxy.url, postgres.url, playbook) | {VARIABLE: str(clock.file)}
        upgraded = upgrade_while_killed(postgres, surroundings, upgrades_killed, folder)
        database = Database(postgres.url)
        database.upgrade()
        database.close()
        begin(postgres.url, playbook)

        def of_its_own(name: str) -> dict[str, str]:
            port = {"PORT": str(ports[name])} if name in ports else {}
            return {"SLACK_API_URL": f"{proxy.url_for(name)}/api/", "PGAPPNAME": name} | port

        processes = Processes(roles, surroundings, folder, of_its_own, UNDER_A_CLOCK)
        stack.callback(processes.stop)
        moments = Moments(postgres, proxy, processes.kill_called)
        break_ = Faults(postgres, processes, proxy, clock, moments, say, lambda: feed.asked_to_wait)
        sender = Sender([*ports.values()], clock.time)
        stack.callback(sender.stop)
        watch = Watch(postgres, _waits_for(sender, proxy, postgres, clock), clock.time)
        watch.fetched, watch.late = (lambda: len(feed.handed_over)), feed.is_late
        people = People(slack, postgres, seed)
        moments.meet_digests(digests_killed)
        started = time.monotonic()
        processes.start()
        moments.meet(DIGEST, patience=FIRST_DIGEST)
        wait_until_up(slack, [*ports.values()], roles.count("worker"), postgres)
        start = time.monotonic() - started
        # Processes that are killed before they have begun do nothing that could go wrong.
        slower = max(1.0, start * STARTING / (seconds / kills))
        faults = plan(seed, seconds, kills, len(roles), slower)
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
                break_.do(fault)
            time.sleep(max(0.0, min(began + seconds, end) - time.monotonic()))
        break_.end()
        watch.working = False
        people.stop()
        settled = _settle(postgres, feed, sender, settle)
        watch.stop()
        rows = [
            *upgraded.rows,
            *reconcile({0} | feed.handed_over | sender.handed_over, postgres, slack),
            *(
                Row(f"longest wait of {name}, s (under {LIMIT})", round(line.longest), line.longest >= LIMIT)
                for name, line in watch.lines.items()
            ),
        ]
        notes = [
            f"killed {processes.killed.total()} of {kills + digests_killed + 1} ({_told(processes.killed)}), "
            f"upgrades killed half-way {upgraded.killed} of {upgrades_killed}, "
            f"ended by themselves and started again {processes.ended_by_itself.total()}",
            f"they were at: {_told(moments.met)}",
            f"Slack's faults met: {_told(proxy.met + proxy.sockets.met)}",
            *(f"longest wait of {name} was for: {line.told}" for name, line in watch.lines.items()),
            f"people did {people.acts} things, {people.unanswered} of them unanswered",
            f"posts sent again {sender.repeated}, the feed asked to be left alone {feed.asked_to_wait} times",
            f"at rest {settled:.0f} s after the last fault",
        ]
        return Report(rows, notes, moments.met, processes.said())


# Helpers, in the order in which they are called.


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


def _waits_for(
    sender: Sender, proxy: TroubledSlack, postgres: Postgres, clock: WallClock
) -> dict[str, Callable[[], str]]:
    """What posts and people wait for, when nothing of theirs moves."""

    def posts() -> str:
        return f"a web process; the last said {sender.last_no or 'nothing'}"

    def feed() -> str:
        try:
            rows = postgres.rows("SELECT next_at FROM source_states WHERE next_at IS NOT NULL")
        except psycopg.OperationalError:
            return "PostgreSQL"
        rests = any(at.timestamp() > clock.time() for (at,) in rows)
        return "the end of what it asked for" if rests else "a clock that asks it"

    def people() -> str:
        return "an answer" if proxy.sockets.connected else "a worker to connect"

    return {"ingest": posts, "people": people, "feed": feed}


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
