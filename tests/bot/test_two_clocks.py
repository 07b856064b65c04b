"""Every scheduled job by two clocks at once, and after the wall clock went back: it is done once."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

import handlers.parts
from bot.clock import jobs
from bot.sources import Batch
from bot.switches import Switches
from bot.workspace import Member
from config.settings import Settings
from handlers.parts import build
from models.approved_answer import ApprovedAnswer
from models.certificate import Certificate
from models.database import Database
from models.digest import DigestSent
from models.employee import Employee
from models.escalation import Escalation
from models.event import Event
from models.outbox import Outbox
from models.presence import WRITING, Presence
from models.surge import Surge
from models.switch import Switch
from tests.answers.conftest import draft
from tests.databases import copy_migrated
from tests.people import ANA, BO, EVA, GRY, Time, playbook, post
from tests.sifters import sifter_of

BOOK = playbook(
    idle={"remind_after": "4h", "release_after": "8h"},
    training={
        "levels": [{"level": 1, "name": "helper", "courses": ["tone"]}],
        "trained": {ANA: 1, BO: 1, EVA: 1},
    },
)
ANSWER = "I'm Ana, customer care at Tindra. Sorry about that! Which machine do you have?"


class World:
    """A program on a database of its own, with something due for each job, and its clock in our hand."""

    def __init__(self, url: str) -> None:
        self.clock = Time()
        self.parts = build(
            Settings(database_url=url, slack_api_url="http://127.0.0.1:9/"), BOOK, clock=self.clock
        )
        self.db: Database = self.parts.office.db
        # Slack is not asked here.
        object.__setattr__(self.parts.works.people, "look", lambda one: Member(one, one, left=one == EVA))
        self.jobs = [job for job in jobs(self.parts.works) if job.name != "delivery"]
        self._begin()

    def _begin(self) -> None:
        services, office, now = self.parts.services, self.parts.office, self.clock.now
        listener = self.parts.works.listener
        listener.take("x-search", Batch([post(text, author=f"a{n}") for n, text in enumerate(TEXTS)]))
        waiting, promised, paused, offered, left, asked = range(1, 7)
        for number in (promised, paused, offered):
            services.desk.claim(number, by=ANA)
        services.desk.claim(left, by=EVA)
        services.desk.promise(promised, None, by=ANA, for_=now + timedelta(hours=3))
        services.replies.posted_by_hand(
            services.replies.check(paused, ANSWER, by=ANA).reply or 0, by=ANA, url=None
        )
        services.handovers.ask(offered, BO, by=ANA)
        services.escalations.escalate(asked, by=BO, why="a leak")
        services.presences.begin(waiting, WRITING, by=BO)
        services.answers.add(draft(), by=GRY)
        services.training.record("tone", [ANA, BO], by=GRY)
        Switches(office).crisis_on(by=GRY, why="a leak", queue="everyone", until=now + timedelta(hours=2))
        with self.db.transaction() as session:
            session.add(Employee(id=EVA, name="Eva", seen_at=now, left_at=now))

    def tick(self, clocks: int) -> None:
        """Every job, by so many clocks at the same moment."""
        together = Barrier(clocks)

        def run(job) -> None:
            together.wait(20)
            job.run()

        with ThreadPoolExecutor(clocks) as pool:
            for job in self.jobs:
                list(pool.map(run, [job] * clocks))

    def done(self) -> dict[str, Counter[Any]]:
        """What came of it: in words, and how many rows. A notice that was put twice has a higher version."""
        with self.db.reading() as session:

            def count(table: Any, what: Callable[[Any], Any] = type) -> Counter[Any]:
                return Counter(what(row) for row in session.scalars(select(table)))

            return {
                "notices": count(Outbox, lambda row: row.kind == "notice" and _said(row)),
                "messages": count(Outbox, lambda row: (row.kind, row.channel)),
                "events": count(Event, lambda event: (event.case_id, event.actor, event.what, event.why)),
                "asked": count(Escalation, lambda one: (one.case_id, one.specialist, one.round, one.state)),
                "switches": count(Switch, lambda one: one.live),
                "certificates": count(Certificate, lambda one: one.reminded),
                "answers": count(ApprovedAnswer, lambda one: one.asked_at),
                **{table.__tablename__: count(table) for table in (DigestSent, Surge, Presence)},
            }


def _said(row: Outbox) -> tuple[str, str, int]:
    return row.channel, (row.payload or {})["text"], row.version


def more(done: dict[str, Counter[Any]], than: dict[str, Counter[Any]]) -> dict[str, Counter[Any]]:
    """What is in the one and not in the other."""
    return {what: done[what] - than[what] for what in done if done[what] - than[what]}


TEXTS = (
    "My Tindra leaks all over the kitchen counter, what a mess",
    "The handle of my Tindra broke off after two days of use, really poor",
    "Which descaler is right for the Tindra One? The manual names none",
    "Ordered a Tindra three weeks ago and nobody answers my mails, awful service",
    "My Tindra makes a terrible noise whenever it grinds, what is wrong with it?",
    "The tank of my Tindra has a crack along its side, this is really disappointing",
)


@pytest.fixture(autouse=True)
def one_sifter(monkeypatch):
    """It is made once for all the programs here."""
    monkeypatch.setattr(handlers.parts, "Sifter", lambda playbook, packs: sifter_of(playbook))


@pytest.fixture
def worlds(request, database_url, tmp_path):
    """Two alike, on databases of the same kind."""
    if database_url.startswith("sqlite"):
        copy_migrated(tmp_path / "second.db")
        other = f"sqlite:///{tmp_path / 'second.db'}"
    else:
        other = request.getfixturevalue("postgres")()
    both = World(database_url), World(other)
    yield both
    for world in both:
        world.db.close()


def test_what_one_clock_does_two_at_once_do_once(worlds):
    one, two = worlds
    for hours in (1.5, 2, 6, 80, 24 * 334 + 4):
        for world, clocks in ((one, 1), (two, 2)):
            world.clock.pass_(hours=hours)
            world.tick(clocks)
    done = two.done()
    assert more(done, one.done()) == more(one.done(), done) == {}
    # And each job had something to do.
    assert {"target_missed", "promise_broken", "release", "escalate", "ask"} <= {
        what for _, _, what, _ in done["events"]
    }
    assert {"digest", "answer_check", "escalation"} <= {kind for kind, *_ in done["messages"]}
    assert (done["switches"], done["certificates"]) == (Counter({None: 1}), Counter({True: 2}))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_was_done_while_the_clock_was_ahead_is_not_done_again(database_url):
    world = World(database_url)
    world.clock.pass_(hours=3)
    world.tick(1)
    world.tick(1)  # some jobs go on from what others did
    done = world.done()
    world.clock.pass_(hours=-1)
    for _ in range(4):
        world.tick(1)
        assert more(world.done(), done) == {}
        world.clock.pass_(minutes=19)
    world.db.close()
