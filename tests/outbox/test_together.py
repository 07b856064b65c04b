"""Several processes deliver from one database: they keep the pace together, and each message leaves once."""

import random
import threading
import time
from collections import Counter
from datetime import UTC, datetime

import pytest
from slack_sdk import WebClient
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bot.delivery import Delivery
from bot.office import Office
from models.database import Database
from models.outbox import Outbox, put
from tests.bench.limiter import Limiter
from tests.people import ANA, BO, Time, post
from tests.slack import MENTIONS, NORDIC, Fault, words

FASTER = 4
"""How much faster the time goes by which the pace is kept: a second of Slack's is a quarter of one here."""
CHANNELS = ("mentions", "mentions-nordic", BO)
DANISH = "Min Tindra maskine er utæt igen, det er tredje gang på en uge, og jeg er virkelig træt af det"


@pytest.fixture
def clock():
    return Time(datetime.now(UTC))


@pytest.fixture
def process(database_url, book, clock):
    """Makes a delivery as one more process has it, with a database connection of its own."""
    made = []

    def make(url, now, outward=None):
        client = WebClient("xoxb-test", base_url=f"{url}/api/", timeout=5)
        client.retry_handlers = []
        office = Office(Database(database_url), book, clock, lambda: None)
        delivery = Delivery(office, client, outward, now=now, chance=random.Random(1))
        made.append((delivery, office.db))
        return delivery

    yield make
    for delivery, db in made:
        delivery.stop()
        db.close()


@pytest.fixture
def limiter(slack):
    limiter = Limiter(slack.url, {"mentions": MENTIONS, "mentions-nordic": NORDIC}, within=1 / FASTER)
    yield limiter
    limiter.stop()


def due(db):
    with db.reading() as session:
        return session.scalars(select(Outbox.key).where(Outbox.due_at.is_not(None))).all()


def test_two_processes_send_each_message_once_and_no_channel_more_than_one_a_second(
    db, clock, process, limiter
):
    start = time.monotonic()
    now = lambda: 1_000_000 + (time.monotonic() - start) * FASTER  # noqa: E731
    keys = [f"notice:{n}" for n in range(18)]
    with db.transaction() as session:
        for n, key in enumerate(keys):
            put(session, key, kind="notice", channel=CHANNELS[n % 3], payload={"text": key}, at=clock.now)
    both = [process(limiter.url, now) for _ in range(2)]
    end = time.monotonic() + 60
    while due(db) and time.monotonic() < end:
        threads = [threading.Thread(target=one.drain) for one in both]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    assert due(db) == []
    assert Counter(sent.key for sent in limiter.sent) == Counter(keys)
    assert [sent for sent in limiter.sent if not sent.taken] == []


def test_a_429_holds_its_method_and_channel_alone_and_in_all_processes(
    hear, desk, clock, process, proxy, slack
):
    start = clock.now
    now = lambda: time.time() + (clock.now - start).total_seconds()  # noqa: E731
    one, other = process(proxy.url, now), process(proxy.url, now)
    hear(post(), post(DANISH, author="jens"))
    one.drain()
    clock.pass_(seconds=5)
    proxy.next("chat.update", Fault(429, (("Retry-After", "600"),), '{"ok": false, "error": "ratelimited"}'))
    desk.claim(1, by=ANA)
    one.drain()
    assert proxy.calls.count("chat.update") == 1

    desk.claim(2, by=ANA)
    hear(post(author="another", text="My Tindra leaks since the filter was changed, and it smells"))
    clock.pass_(seconds=5)
    other.drain()
    assert "<@UANA> has it" in words(slack.card(2, channel=NORDIC))
    assert len(slack.cards(3)) == 1, "new cards of the channel do not wait for its changes"
    assert "<@UANA> has it" not in words(slack.card(1))
    assert proxy.calls.count("chat.update") == 2

    clock.pass_(seconds=601)
    other.drain()
    assert "<@UANA> has it" in words(slack.card(1))
    assert proxy.calls.count("chat.update") == 3


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_channel_in_trouble_is_not_tried_with_one_message_after_the_other(db, clock, process, proxy, slack):
    start = clock.now
    now = lambda: time.time() + (clock.now - start).total_seconds()  # noqa: E731
    delivery = process(proxy.url, now)
    proxy.next("chat.postMessage", *[Fault(500)] * 20)
    with db.transaction() as session:
        for n in range(40):
            key, text = f"notice:{n}", {"text": "?"}
            put(session, key, kind="notice", channel="mentions", payload=text, at=clock.now)
    for _ in range(12):
        delivery.drain()
        clock.pass_(seconds=10)
    assert proxy.calls.count("chat.postMessage") <= 10, "two minutes of trouble"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_database_that_breaks_off_parks_nothing(db, clock, process, slack):
    def broken(row):
        raise OperationalError("SELECT 1", {}, Exception("the server went away"))

    with db.transaction() as session:
        put(session, "x_reply:1", kind="x_reply", channel="x", subject=1, at=clock.now)
    process(slack.url, time.time, {"x_reply": broken}).drain()
    with db.reading() as session:
        row = session.scalars(select(Outbox)).one()
    assert (row.parked_at, row.due_at) == (None, clock.now)
    assert row.unknown_since is not None, "so that it is looked for, or asked about, and not sent blindly"
