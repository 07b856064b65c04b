"""Slack stumbles in every way it can: each card appears once, and shows the newest state."""

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from slack_sdk import WebClient
from sqlalchemy import select

from app import main
from bot.delivery import Delivery
from bot.listening import Listener
from bot.outbox.marking import retry_parked
from bot.sift.sift import Sifter
from models.outbox import Outbox, put
from tests.journeys.acts import hear as hear_in
from tests.people import ANA, GRY, Time, playbook, post
from tests.sifters import sifter_of
from tests.slack import MENTIONS, NORDIC, Fault, eventually, running, settings_for, words

NOT_FOUND = Fault(body='{"ok": false, "error": "channel_not_found"}')
DANISH = "Min Tindra maskine er utæt igen, det er tredje gang på en uge, og jeg er virkelig træt af det"


@pytest.fixture
def sqlite(tmp_path) -> str:
    return f"sqlite:///{tmp_path / 'faults.db'}"


@pytest.fixture
def clock() -> Time:
    return Time(datetime.now(UTC))


@pytest.fixture(scope="module")
def sifter() -> Sifter:
    return sifter_of(playbook())


@pytest.fixture
def listener(office, sifter) -> Listener:
    return Listener(office, sifter)


@pytest.fixture
def delivery(office, proxy, clock):
    """Delivery alone, driven by the test; its client gives up after two seconds instead of ten."""
    start = clock.now
    client = WebClient("xoxb-test", base_url=f"{proxy.url}/api/", timeout=2)
    client.retry_handlers = []
    passed = lambda: time.time() + (clock.now - start).total_seconds()  # noqa: E731
    delivery = Delivery(office, client, now=passed)
    yield delivery
    delivery.stop()


@pytest.fixture
def faulty(proxy, sqlite, book):
    """The whole program with the proxy between it and Slack."""
    with running(settings_for(proxy.url, sqlite), book, connected=False) as parts:
        yield parts


def until_sent(delivery, clock, db, tries=12):
    """Drains again and again as time goes by, until nothing is due."""
    for _ in range(tries):
        delivery.drain()
        with db.reading() as session:
            if session.scalar(select(Outbox.id).where(Outbox.due_at.is_not(None))) is None:
                return
        clock.pass_(minutes=6)  # longer than any wait between tries
    raise AssertionError("it is still not sent")


STUMBLES = {
    "500": Fault(500),
    "502": Fault(502, body="<html>Bad gateway</html>"),
    "internal_error": Fault(200),
    "a page instead of JSON": Fault(200, body="<html>"),
    "hang-up": Fault(hang_up=True),
    "no answer": Fault(status=504, wait=2.5),
}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_slack_stumbles_before_posting_and_there_is_one_card(hear, db, clock, slack, proxy, delivery):
    hear(post())
    proxy.next("chat.postMessage", *STUMBLES.values())
    until_sent(delivery, clock, db)
    [card] = slack.cards(1)
    assert "My Tindra leaks" in words(card)
    assert proxy.calls.count("chat.postMessage") == len(STUMBLES) + 1
    assert proxy.calls.count("conversations.history") == len(STUMBLES)  # it looked before each further try


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_slack_stumbles_after_posting_and_there_is_one_card(hear, db, clock, slack, proxy, delivery):
    stumbles = [name for name in STUMBLES if name not in ("500", "internal_error")]  # each takes two seconds
    hear(*(post(author=name) for name in stumbles))
    proxy.next("chat.postMessage", *(replace(STUMBLES[name], forward=True) for name in stumbles))
    until_sent(delivery, clock, db)
    cards = {name: len(slack.cards(n)) for n, name in enumerate(stumbles, start=1)}
    assert cards == dict.fromkeys(stumbles, 1)
    assert proxy.calls.count("chat.postMessage") == len(stumbles)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_message_of_a_person_is_found_again_too(handovers, hear, desk, db, clock, slack, proxy, delivery):
    hear(post())
    desk.claim(1, by=ANA)
    until_sent(delivery, clock, db)
    handovers.ask(1, "UBO", by=ANA)
    proxy.next("chat.postMessage", Fault(502, forward=True))
    until_sent(delivery, clock, db)
    told = slack.direct("UBO", "asks you to take over case 1")
    assert len([m for m in slack.messages(told["channel"]) if "take over case 1" in words(m)]) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_when_updates_fail_only_the_newest_state_is_sent_later(hear, desk, db, clock, slack, proxy, delivery):
    hear(post())
    until_sent(delivery, clock, db)
    proxy.next("chat.update", Fault(500), Fault(hang_up=True), Fault(429, headers=(("Retry-After", "30"),)))
    for move in (
        lambda: desk.claim(1, by=ANA),
        lambda: desk.release(1, by=ANA),
        lambda: desk.claim(1, by="UBO"),
    ):
        move()
        delivery.drain()
        clock.pass_(minutes=6)
    desk.dismiss(1, by="UBO", because="no_reply")
    until_sent(delivery, clock, db)
    updates = [e["detail"] for e in slack.log() if e["summary"] == "chat.update"]
    assert ["No reply needed:" in words(update) for update in updates] == [True]
    assert "No reply needed:" in words(slack.card(1))
    assert len(slack.cards(1)) == 1


@pytest.mark.parametrize("begun", ["before the call", "during the call"])
def test_a_change_that_commits_while_its_card_is_being_sent_is_shown_too(
    begun, hear, db, clock, slack, proxy, delivery
):
    """Neither side may overwrite what the other wrote of the outbox row: on both databases."""
    hear(post())
    proxy.next("chat.postMessage", Fault(forward=True, wait=0.5))
    sending = threading.Thread(target=delivery.drain)
    if begun == "during the call":
        sending.start()
        eventually(lambda: slack.cards(1))
    with db.transaction() as session:
        put(session, "card:1", kind="card", channel="mentions", at=clock.now, subject=1)
        if begun == "during the call":
            session.flush()
        else:
            sending.start()
        sending.join(1.5)  # it ends, or it waits for this transaction: either is right
    sending.join(10)
    until_sent(delivery, clock, db)
    with db.reading() as session:
        [row] = session.scalars(select(Outbox))
        assert (row.version, row.sent_version) == (2, 2)
    assert len(slack.cards(1)) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_was_refused_while_it_was_looked_for_is_looked_for_again(
    office, hear, db, clock, slack, proxy, delivery
):
    hear(post())
    proxy.next("chat.postMessage", Fault(502, forward=True))
    proxy.next("conversations.history", Fault(body='{"ok": false, "error": "missing_scope"}'))
    delivery.drain()
    clock.pass_(seconds=30)
    until_sent(delivery, clock, db)
    with db.transaction() as session:
        assert session.scalar(select(Outbox.parked_at).where(Outbox.key == "card:1"))
        assert retry_parked(session, office) == 1
    until_sent(delivery, clock, db)
    assert len(slack.cards(1)) == 1


def test_slack_asks_to_slow_down_and_is_not_asked_earlier(faulty, slack, proxy):
    proxy.next(
        "chat.postMessage", Fault(429, (("Retry-After", "3"),), '{"ok": false, "error": "ratelimited"}')
    )
    begun = time.time()
    hear_in(faulty, post())
    eventually(lambda: "chat.postMessage" in proxy.calls)
    # Another channel does not have to wait with it.
    hear_in(faulty, post(DANISH, author="jens"))
    other, late = slack.card(2, channel=NORDIC), slack.card(1)
    assert float(other["ts"]) < float(late["ts"])
    assert float(late["ts"]) - int(begun) >= 3  # the local Slack counts whole seconds
    assert proxy.calls.count("chat.postMessage") == 3
    assert len(slack.cards(1)) == 1


def test_a_slow_channel_does_not_hold_up_another(faulty, slack, proxy):
    proxy.next("chat.postMessage", Fault(500, wait=4))
    hear_in(faulty, post())
    eventually(lambda: "chat.postMessage" in proxy.calls)
    hear_in(faulty, post(DANISH, author="jens"))
    other, late = slack.card(2, channel=NORDIC), slack.card(1)
    assert float(other["ts"]) < float(late["ts"])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_card_that_slack_refuses_is_parked_told_and_sent_again_after_mending(
    hear, clock, slack, proxy, delivery, database_url
):
    hear(post())
    proxy.next("chat.postMessage", NOT_FOUND)
    delivery.drain()
    notice = slack.direct(GRY, "I can't post in #mentions")
    assert "there is no such channel, or the bot is not in it" in words(notice)
    assert "#mentions" in words(notice)
    assert "doctor" in words(notice)

    env = {
        "SLACK_BOT_TOKEN": "xoxb-test",
        "SLACK_APP_TOKEN": "xapp-test",
        "SLACK_API_URL": f"{proxy.url}/api/",
        "DATABASE_URL": database_url,
    }
    doctor = CliRunner().invoke(main, ["doctor"], env=env)
    assert "✗ message card:1: refused by Slack for mentions: there is no such channel" in doctor.output
    assert doctor.exit_code == 1
    again = CliRunner().invoke(main, ["doctor", "--retry"], env=env)
    assert "1 messages will be sent again" in again.output
    clock.now = datetime.now(UTC)  # by which the command marks it due
    delivery.drain()
    assert len(slack.cards(1)) == 1
    assert "refused by Slack" not in CliRunner().invoke(main, ["doctor"], env=env).output


def test_a_card_deleted_by_hand_is_posted_anew(faulty, slack):
    hear_in(faulty, post())
    card = slack.card(1)
    WebClient("xoxb-test", base_url=f"{slack.url}/api/").chat_delete(channel=MENTIONS, ts=card["ts"])
    assert slack.cards(1) == []
    faulty.services.desk.claim(1, by=ANA)
    anew = slack.card(1)
    assert "<@UANA> has it" in words(anew)
    assert len(slack.cards(1)) == 1
    faulty.services.desk.release(1, by=ANA)
    eventually(lambda: "Waiting" in words(slack.card(1)))
    assert len(slack.cards(1)) == 1
