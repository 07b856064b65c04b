"""Who is slow is taken for dead: two have the same message in hand, and it is posted once."""

import random
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from slack_sdk import WebClient
from sqlalchemy import select

from bot.delivery import Delivery
from bot.office import Office
from bot.outbox.claiming import ARRIVES, FRESH, LEASE, Claiming
from bot.outbox.marking import Marking
from bot.outbox.outcomes import Later
from bot.outbox.pacing import Paces
from models.database import Database
from models.outbox import Outbox, put
from tests.people import BO, Time, post
from tests.slack import FaultyProxy, eventually


class Holding(FaultyProxy):
    """Holds calls of one method back until it is told to let go: on the way to Slack, or on the way back."""

    def __init__(self, slack_url):
        super().__init__(slack_url)
        self.method, self.back = "", False
        self.held, self.let_go = threading.Event(), threading.Event()

    def hold(self, method, *, back=False):
        self.method, self.back = method, back

    @contextmanager
    def serving(self, path):
        holds = self.method and self.method in path
        if holds and not self.back:
            self._wait()
        yield

    def _forward(self, slack_url, request, body):
        true = super()._forward(slack_url, request, body)
        if self.back and self.method and self.method in request.path:
            self._wait()
        return true

    def _wait(self):
        self.method = ""  # the next one goes through
        self.held.set()
        assert self.let_go.wait(60)


@pytest.fixture
def holding(slack):
    proxy = Holding(slack.url)
    yield proxy
    proxy.let_go.set()
    proxy.stop()


@pytest.fixture
def clock():
    return Time(datetime.now(UTC))


@pytest.fixture
def deliveries(database_url, book, clock, holding):
    """Two, each with a connection of its own as two processes have, on one clock."""
    made = []
    for _ in range(2):
        client = WebClient("xoxb-test", base_url=f"{holding.url}/api/", timeout=60)
        client.retry_handlers = []
        office = Office(Database(database_url), book, clock, lambda: None)
        now = lambda: clock.now.timestamp()  # noqa: E731
        made.append((Delivery(office, client, now=now, chance=random.Random(1)), office.db))
    yield [delivery for delivery, _ in made]
    holding.let_go.set()
    for delivery, db in made:
        delivery.stop()
        db.close()


def sends_beside(delivery):
    thread = threading.Thread(target=delivery.drain)
    thread.start()
    return thread


@pytest.fixture
def looks_slowly(hear, db, clock, holding):
    """A card of which nobody knows whether it was posted is looked for by one who hears of it only when it
    is too late to send without asking; `meanwhile` is done before."""

    def look(delivery, meanwhile=lambda: None):
        hear(post())
        with db.transaction() as session:
            session.scalars(select(Outbox).where(Outbox.key == "card:1")).one().unknown_since = clock.now
        holding.hold("conversations.history", back=True)
        thread = sends_beside(delivery)
        assert holding.held.wait(30)
        begun = time.monotonic()
        meanwhile()
        eventually(lambda: time.monotonic() > begun + FRESH)
        holding.let_go.set()
        thread.join(30)

    return look


def settle(delivery, clock, db):
    """Delivers until nothing is due, however long that takes."""
    with db.reading() as session:
        while session.scalar(select(Outbox.id).where(Outbox.due_at.is_not(None))):
            delivery.drain()
            clock.pass_(seconds=5)


@pytest.mark.parametrize("sits", [3600, LEASE.total_seconds() + 1])
def test_what_is_on_its_way_while_the_clock_is_set_ahead_is_not_posted_by_another_too(
    hear, db, clock, deliveries, holding, slack, sits
):
    one, other = deliveries
    hear(post())
    holding.hold("chat.postMessage")
    first = sends_beside(one)
    assert holding.held.wait(30)
    clock.pass_(seconds=sits)
    other.drain()
    assert slack.cards(1) == [], "the other one waits for what is on its way"
    holding.let_go.set()
    first.join(30)
    slack.card(1)
    clock.pass_(seconds=ARRIVES.total_seconds() + 1)
    settle(other, clock, db)
    assert len(slack.cards(1)) == 1
    assert holding.calls.count("chat.postMessage") == 1


def test_what_a_dead_one_had_in_hand_is_sent_by_another(hear, db, clock, deliveries, holding, slack):
    one, other = deliveries
    hear(post())
    holding.hold("chat.postMessage")
    sends_beside(one)
    assert holding.held.wait(30)
    clock.pass_(seconds=LEASE.total_seconds() + 1)
    other.drain()
    clock.pass_(seconds=ARRIVES.total_seconds() - 2)
    other.drain()
    assert slack.cards(1) == []
    clock.pass_(seconds=2)
    other.drain()
    assert len(slack.cards(1)) == 1


def test_who_looked_for_it_too_long_leaves_it_to_whom_took_it_over(
    looks_slowly, db, clock, deliveries, holding, slack
):
    one, other = deliveries

    def take_over():
        clock.pass_(seconds=LEASE.total_seconds() + 1)
        other.drain()
        clock.pass_(seconds=ARRIVES.total_seconds() + 1)
        other.drain()
        assert len(slack.cards(1)) == 1

    looks_slowly(one, take_over)
    settle(other, clock, db)
    assert len(slack.cards(1)) == 1
    assert holding.calls.count("chat.postMessage") == 1


def test_who_is_slow_and_was_not_taken_over_sends_it(looks_slowly, deliveries, slack):
    looks_slowly(deliveries[0])
    assert len(slack.cards(1)) == 1


def test_what_a_slow_one_says_in_the_end_does_not_undo_what_another_does(office, db, clock):
    paces = Paces(lambda: clock.now.timestamp())
    claiming, marking = Claiming(office, paces, (), random.Random(1)), Marking(office, paces)
    with db.transaction() as session:
        put(session, "notice:1", kind="notice", channel=BO, payload={"text": "Hello"}, at=clock.now)
    slow = claiming.claim()
    assert slow
    clock.pass_(seconds=3600)
    assert claiming.claim() is None
    clock.pass_(seconds=ARRIVES.total_seconds())
    other = claiming.claim()
    assert other
    assert (slow.unknown, other.unknown) == (False, True)

    marking.mark(slow, Later("Slack can't be reached", 2.0, nothing_sent=True), clock.now.timestamp())
    with db.reading() as session:
        row = session.scalars(select(Outbox)).one()
        assert row.unknown_since is not None
        assert row.lease_until == clock.now + LEASE
    assert claiming.still_mine(other)
    assert not claiming.still_mine(slow)
