"""A question to a colleague: in the thread under the card, once, and the case stays where it is."""

import time
from datetime import UTC, datetime

import pytest
from slack_sdk import WebClient
from sqlalchemy import select

from bot.asking import Asking
from bot.delivery import Delivery
from bot.slack_errors import WORDS
from bot.workspace import Channels
from models.outbox import Outbox
from tests.journeys.acts import hear as hear_in
from tests.people import ANA, BO, GRY, Time, post
from tests.slack import MENTIONS, NORDIC, Fault, eventually, words
from tests.slack_limits import assert_message

QUESTION = "Which hose fits the Tindra One? <!channel>"


def asked_in_thread(slack):
    return [m for m in slack.messages(MENTIONS) if "question:1:1|text" in words(m)]


def test_the_owner_asks_and_the_question_stands_under_the_card(program, slack):
    hear_in(program, post())
    slack.command(ANA, "/case", "ask 1 <@UBO> too early")
    slack.private(ANA, "Claim it first")
    slack.command(ANA, "/claim", "1")
    slack.private(ANA, "It is yours")
    assert "thread: internal, never seen by customers" in words(slack.card(1))

    slack.command(ANA, "/case", f"ask 1 <@UBO|bo> {QUESTION}")
    slack.private(ANA, "<@UBO> is asked in the thread")
    [message] = eventually(lambda: asked_in_thread(slack))
    assert_message(message)
    assert message["thread_ts"] == slack.card(1)["ts"]
    assert "<@UANA> asks <@UBO> about case 1" in words(message)
    assert "&lt;!channel&gt;" in words(message)
    card = eventually(lambda: slack.card(1) if "<@UANA> has it" in words(slack.card(1)) else None)
    assert_message(card)

    slack.command(BO, "/case", "1")
    assert "asked a colleague · <@UBO>: Which hose" in words(slack.private(BO, "asked a colleague"))


@pytest.mark.parametrize(
    ("whom", "why"), [("U0POST", "<@U0POST> is a bot"), ("UNOBODY", "There is no such person")]
)
def test_bots_and_strangers_are_neither_asked_nor_allowed_nor_trained(program, slack, whom, why):
    hear_in(program, post())
    slack.click(ANA, slack.card(1), "claim")
    slack.private(ANA, "It is yours")
    slack.command(ANA, "/case", f"ask 1 <@{whom}> which hose fits?")
    slack.private(ANA, why)
    slack.command(GRY, "/case", f"allow 1 <@{whom}>")
    slack.private(GRY, why)
    assert [event.what for event in program.services.desk.view(1).events] == ["open", "claim"]
    slack.command(GRY, "/training", f"record tone <@{whom}>")
    eventually(lambda: [m for m in slack.messages() if m.get("ephemeral_to") == GRY and why in words(m)][1:])


def test_a_channel_is_asked_with_the_way_to_the_thread(program, slack):
    hear_in(program, post())
    slack.click(ANA, slack.card(1), "claim")
    slack.private(ANA, "It is yours")
    slack.command(ANA, "/case", f"ask 1 <#{NORDIC}|mentions-nordic> {QUESTION}")
    slack.private(ANA, f"<#{NORDIC}> is asked")
    [there] = eventually(lambda: [m for m in slack.messages(NORDIC) if "asked:1:1|text" in words(m)])
    assert_message(there)
    ts = slack.card(1)["ts"].replace(".", "")
    assert f"/archives/{MENTIONS}/p{ts}|" in words(there)
    assert "&lt;!channel&gt;" in words(there)
    [in_thread] = eventually(lambda: asked_in_thread(slack))
    assert in_thread["thread_ts"] == slack.card(1)["ts"]
    assert "#mentions-nordic: Which hose" in program.services.desk.view(1).events[-1].why

    slack.command(ANA, "/case", f"ask 1 <#C0NOWHERE|nowhere> {QUESTION}")
    slack.private(ANA, f"I can't ask in <#C0NOWHERE>: {WORDS['channel_not_found']}.")
    assert "#mentions-nordic: Which hose" in program.services.desk.view(1).events[-1].why, "nothing was asked"

    Asking(program.office).ask_channel(1, "C0GONE", "gone", QUESTION, by=ANA)  # gone a moment after
    slack.direct(ANA, "I can't ask in <#C0GONE>")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ('{"ok": true, "channel": {"is_member": false}}', WORDS["not_in_channel"]),
        ('{"ok": true, "channel": {"is_member": true, "is_archived": true}}', WORDS["is_archived"]),
        ('{"ok": false, "error": "missing_scope"}', None),
        ("<html>", None),
    ],
)
def test_slack_is_asked_first_whether_the_bot_can_write_there(proxy, answer, why):
    proxy.next("conversations.info", Fault(body=answer))
    client = WebClient("xoxb-test", base_url=f"{proxy.url}/api/", timeout=2)
    assert Channels(client).why_closed(NORDIC) == why


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("ask 1 which hose <@UBO>", "Name a person with @ (or a channel)"),
        ("ask 1 <@UBO>", "What do you want to know?"),
        ("ask 1 <@UANA> which hose?", "That is you"),
        ("ask 1 <@UBO> " + "x" * 1001, "1,000 characters at most"),
        ("ask 7 <@UBO> which hose?", "no case 7"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_can_not_be_asked_is_a_sentence(program, slack, text, answer):
    hear_in(program, post())
    slack.card(1)
    slack.command(ANA, "/claim", "1")
    slack.private(ANA, "It is yours")
    slack.command(ANA, "/case", text)
    assert slack.private(ANA, answer)
    assert asked_in_thread(slack) == []


@pytest.fixture
def clock() -> Time:
    return Time(datetime.now(UTC))


@pytest.fixture
def delivery(office, proxy, clock):
    """Delivery alone, driven by the test."""
    start = clock.now
    client = WebClient("xoxb-test", base_url=f"{proxy.url}/api/", timeout=2)
    client.retry_handlers = []
    passed = lambda: time.time() + (clock.now - start).total_seconds()  # noqa: E731
    delivery = Delivery(office, client, now=passed)
    yield delivery
    delivery.stop()


@pytest.fixture
def ask(hear, desk, office):
    """Ana has case 1 and asks Bo."""
    hear(post())
    desk.claim(1, by=ANA)
    return lambda: Asking(office).ask(1, BO, QUESTION, by=ANA)


def drained(delivery, clock, times=6):
    for _ in range(times):
        delivery.drain()
        clock.pass_(minutes=6)


def test_a_command_delivered_twice_asks_once(ask, delivery, clock, slack, desk):
    ask()
    ask()
    drained(delivery, clock)
    assert len(asked_in_thread(slack)) == 1
    assert [e.what for e in desk.view(1).events].count("ask_colleague") == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_question_waits_until_its_card_is_posted(ask, delivery, clock, slack, proxy):
    ask()
    proxy.next("chat.postMessage", Fault(500))  # the card's
    delivery.drain()
    assert slack.messages(MENTIONS) == []
    drained(delivery, clock)
    [message] = asked_in_thread(slack)
    assert message["thread_ts"] == slack.card(1)["ts"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_question_whose_sending_ended_unknown_is_looked_for_in_the_thread(
    ask, delivery, clock, slack, proxy
):
    delivery.drain()
    ask()
    proxy.next("chat.postMessage", Fault(502, forward=True))
    drained(delivery, clock)
    assert len(asked_in_thread(slack)) == 1
    assert proxy.calls.count("conversations.replies") == 1
    assert proxy.calls.count("chat.postMessage") == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_question_under_a_card_that_slack_refuses_is_parked_with_it(ask, delivery, clock, proxy, db):
    ask()
    proxy.next("chat.postMessage", Fault(body='{"ok": false, "error": "channel_not_found"}'))
    drained(delivery, clock)
    with db.reading() as session:
        row = session.scalars(select(Outbox).where(Outbox.kind == "question")).one()
    assert row.parked_at is not None
    assert row.error == "Slack refused card:1, under which it belongs"
