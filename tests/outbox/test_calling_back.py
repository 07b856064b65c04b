"""A tool that sent mentions hears what becomes of them: signed, and until it takes the newest state."""

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from slack_sdk import WebClient
from sqlalchemy import select

from bot.calling_back import CallingBack
from bot.delivery import Delivery
from bot.desk import Desk
from bot.doctor_web import web_findings
from bot.listening import Listener
from bot.sources import Batch
from bot.sources.webhook import Webhook
from bot.standing import standing_of
from config.settings import Settings
from models.outbox import CALLBACK, Outbox
from tests.far_network import far_network
from tests.people import ANA, playbook, post
from tests.sifters import sifter_of

SECRETS = {"desk": ("4f1c6d2a9b8e7053c1d2e3f4a5b6c7d8", "old"), "shop": ("9d8c7b6a5f4e3d2c1b0a99887766554f",)}
SETTINGS = Settings(webhook_secrets=f"desk={SECRETS['desk'][0]}")


@dataclass
class Turning:
    """Unix seconds that a test moves on, and that go by meanwhile."""

    ahead: float = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.fixture
def network():
    with far_network() as network:
        yield network


@pytest.fixture
def book(network):
    desk = {"name": "desk", "callback": f"{network.url}/told"}
    shop = {"name": "shop", "callback": f"{network.url}/shop"}
    return playbook(sources={"webhooks": [desk, shop, {"name": "silent"}]})


@pytest.fixture
def listener(office):
    return Listener(office, sifter_of(office.playbook))


@pytest.fixture
def now():
    return Turning()


@pytest.fixture
def send(slack, db, office, now, clock):
    """Whatever is due leaves, some seconds later."""
    calling = CallingBack(db, office.playbook, lambda name: SECRETS.get(name, ()), now)
    delivery = Delivery(
        office, WebClient("xoxb-test", base_url=f"{slack.url}/api/"), {CALLBACK: calling}, now=now
    )

    def later(seconds=2):
        now.ahead += seconds
        clock.now += timedelta(seconds=seconds)
        delivery.drain()

    yield later
    delivery.stop()


def posted(number):
    return Batch([post(source="forum", external_id=number, author=f"by {number}", url=None)])


def told(network, path="/told"):
    return [seen for seen in network.requests if seen.path == path]


def states(network):
    return [(one.json()["case"], one.json()["stage"]) for one in told(network)]


def callbacks_due(db):
    with db.reading() as session:
        due = select(Outbox.key).where(Outbox.due_at.is_not(None), Outbox.kind == CALLBACK)
        return session.scalars(due).all()


def test_a_tool_hears_what_becomes_of_its_mention_and_of_no_other(network, listener, office, send, now):
    network.answer("/told", status=204)
    listener.take("webhook-desk", posted("t1"))
    listener.take("webhook-silent", posted("t2"))
    listener.take("feeds", posted("t3"))
    send()
    desk = Desk(office)
    for number in (1, 2, 3):
        desk.claim(number, by=ANA)
    send()
    desk.tick(1, "helps", by=ANA)
    send()
    desk.dismiss(1, by=ANA, because="no_reply")
    send()

    assert states(network) == [(1, "waiting"), (1, "claimed"), (1, "dismissed")]
    assert len(network.requests) == 3
    last = told(network)[-1]
    assert last.json() | {"version": 0} == {
        "case": 1,
        "version": 0,
        "stage": "dismissed",
        "reason": "no_reply",
        "answered_at": None,
        "mentions": [{"source": "forum", "id": "t1"}],
    }
    versions = [one.json()["version"] for one in told(network)]
    assert versions == sorted(set(versions))
    # Signed as the tool's own requests are, by the newer secret.
    at, signature = last.headers["x-listening-post-timestamp"], last.headers["x-listening-post-signature"]
    then = datetime.fromtimestamp(now(), UTC)
    Webhook("desk", SECRETS["desk"][:1]).verify(at, signature, last.body, then)
    assert ANA not in last.body.decode()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"status": 500}, "it answered 500"),
        ({"status": 404}, "it answered 404"),
        ({"status": 302, "headers": {"Location": "/elsewhere"}}, "it answered 302"),
        ({"cut": True}, "no answer (ConnectionError)"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_not_taken_is_told_again_in_its_newest_state(
    network, listener, office, send, db, answer, why
):
    network.answer("/told", **answer)
    network.answer("/shop")
    listener.take("webhook-desk", posted("t1"))
    listener.take("webhook-shop", posted("t2"))
    send()
    assert [one.json()["case"] for one in told(network, "/shop")] == [2], "another tool does not wait"
    assert told(network, "/elsewhere") == []
    host = network.url.removeprefix("http://")
    words = f"{host} has not taken 1 of its cases yet: desk's callback: {why}"
    assert ("bad", "callback desk", words) in list(web_findings(SETTINGS, office.playbook, db))

    Desk(office).claim(1, by=ANA)
    network.forget()
    network.answer("/told", status=200)
    send(400)
    assert states(network) == [(1, "claimed")]
    send(400)
    assert len(told(network)) == 1
    assert callbacks_due(db) == []
    found = list(web_findings(SETTINGS, office.playbook, db))
    assert ("ok", "callback desk", f"tells {host} what becomes of its mentions") in found


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_tool_that_is_away_is_no_reason_to_call_the_program_unready(network, listener, office, send, db):
    network.answer("/told", status=503)
    listener.take("webhook-desk", posted("t1"))
    for _ in range(4):
        send(200)
    assert len(told(network)) > 1
    with db.reading() as session:
        found = standing_of(session, office, {})
    assert (found.unsent, found.parked, found.oldest) == (0, 0, timedelta())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_without_a_secret_nothing_leaves(network, listener, send, db, monkeypatch):
    monkeypatch.setitem(SECRETS, "desk", ())
    listener.take("webhook-desk", posted("t1"))
    send()
    assert network.requests == []
    assert len(callbacks_due(db)) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_callback_that_the_playbook_dropped_is_told_no_more(network, listener, office, slack, db, now):
    listener.take("webhook-desk", posted("t1"))
    without = playbook(sources={"webhooks": [{"name": "desk"}]})
    calling = CallingBack(db, without, lambda name: SECRETS[name], now)
    client = WebClient("xoxb-test", base_url=f"{slack.url}/api/")
    delivery = Delivery(replace(office, playbook=without), client, {CALLBACK: calling}, now=now)
    delivery.drain()
    delivery.stop()
    assert network.requests == []
    assert callbacks_due(db) == []
