"""Old cards, expired windows, doubled clicks, lost channels, people who left: nothing is lost."""

import json
import time
from datetime import UTC, datetime

import pytest
from slack_bolt import BoltRequest
from slack_sdk import WebClient
from sqlalchemy import select

from bot.delivery import Delivery
from bot.lost_channels import try_again
from bot.office import Office
from bot.sources import Batch
from handlers.slack import slack_app
from handlers.wiring import Answer
from models.outbox import Outbox
from tests.journeys.acts import hear
from tests.people import ANA, BO, CARLA, GRY, Time, playbook, post
from tests.slack import MENTIONS, NORDIC, Fault, eventually, running, settings_for, words

QUESTION = "Which Tindra filter fits my kettle? Where can I buy it?"
ARCHIVED = Fault(body='{"ok": false, "error": "is_archived"}')


@pytest.fixture
def here(slack, tmp_path, book):
    with running(settings_for(slack.url, f"sqlite:///{tmp_path / 'test.db'}"), book) as parts:
        yield parts


# Old buttons.


def test_buttons_on_an_old_card_answer_with_how_things_are_now(here, slack):
    hear(here, post(QUESTION))
    waiting = slack.card(1)
    slack.click(ANA, waiting, "claim")
    sheet = slack.private(ANA, "It is yours")
    claimed = eventually(lambda: slack.card(1) if "<@UANA> has it" in words(slack.card(1)) else None)
    slack.click(BO, waiting, "claim")
    slack.private(BO, "<@UANA> has case 1")
    slack.click(BO, claimed, "reply")
    slack.private(BO, "<@UANA> has case 1; only they or a lead reply in it")

    slack.command(ANA, "/case", "release 1")
    slack.private(ANA, "waits for somebody again")
    for action in ("reply", "resolve"):
        slack.click(ANA, claimed, action)
    slack.private(ANA, "Case 1 is waiting. Claim it before you reply")
    slack.private(ANA, "Case 1 is waiting, so it can't be resolved")
    slack.click(ANA, sheet, "tick")
    slack.private(ANA, "Case 1 is waiting. Claim it first")

    here.services.desk.dismiss(1, by=ANA, because="ad")
    slack.click(BO, waiting, "claim")
    slack.private(BO, "Case 1 is dismissed, so it can't be claimed")
    slack.click(BO, claimed, "case_menu", "release 1")
    slack.private(BO, "Case 1 is dismissed, so it can't be released")
    assert [e.what for e in here.services.desk.view(1).events] == ["open", "claim", "release", "dismiss"]


# Twice.


def test_a_doubled_submission_or_click_counts_once(here, slack):
    def again():
        bolt = slack_app(here.settings, here.services)
        payload = next(e for e in reversed(slack.log()) if e["kind"] in ("interactive", "slash_commands"))
        before = state()
        bolt.dispatch(BoltRequest(body=payload["detail"], mode="socket_mode"))
        bolt.listener_runner.listener_executor.shutdown(wait=True)
        assert state() == before

    def state():
        return [(e.what, e.actor) for e in here.services.desk.view(1).events]

    hear(here, post(QUESTION))
    slack.click(ANA, slack.card(1), "claim")
    slack.private(ANA, "It is yours")
    slack.command(ANA, "/case", "handover 1")
    slack.view("Hand over")
    slack.submit(ANA, to=BO, note="filters")
    asked = slack.direct(BO, "asks you to take over")
    again()
    slack.command(ANA, "/case", "ask 1")
    slack.view("Ask · case 1")
    slack.submit(ANA, whom=CARLA, question="Which one?")
    slack.private(ANA, "is asked in the thread")
    again()
    slack.command(ANA, "/case", "note 1")
    slack.view("Note")
    slack.submit(ANA, text="they have the old model")
    slack.private(ANA, "Your note is with case 1")
    again()
    slack.click(BO, asked, "handover_yes")
    slack.direct(BO, "It is yours")
    again()
    assert state()[-1] == ("take_over", BO)


# An hour later.


def test_an_answer_that_slack_does_not_take_any_more_comes_by_direct_message(slack):
    client = WebClient("xoxb-test", base_url=f"{slack.url}/api/")
    remembered = {"answer": {"url": f"{slack.url}/expired", "replace": True}}
    Answer.recalled(remembered, client, ANA)("Case 1 is done.")
    assert eventually(lambda: [m for m in direct_messages(slack, ANA) if "Case 1 is done." in m["text"]])


def test_a_window_that_stood_open_while_the_case_moved_on_says_so(here, slack):
    hear(here, post(QUESTION))
    slack.command(ANA, "/claim", "1")
    slack.private(ANA, "It is yours")
    slack.command(ANA, "/case", "dismiss 1")
    slack.view("No reply")
    here.services.desk.release(1, by=GRY)
    here.services.desk.claim(1, by=BO)
    slack.submit(ANA, reason="ad")
    slack.view("Not done", having="<@UBO> has case 1; only they or a lead can do that")
    assert here.services.desk.view(1).case.owner == BO


# A channel that is gone.


@pytest.fixture
def clock() -> Time:
    return Time(datetime.now(UTC).replace(hour=12))  # what is said once a day is said once in these tests


@pytest.fixture
def delivery(office, proxy, clock):
    start = clock.now
    client = WebClient("xoxb-test", base_url=f"{proxy.url}/api/", timeout=2)
    client.retry_handlers = []
    passed = lambda: time.time() + (clock.now - start).total_seconds()  # noqa: E731
    delivery = Delivery(office, client, now=passed)
    yield delivery
    delivery.stop()


def drained(delivery, clock, times=5):
    for _ in range(times):
        delivery.drain()
        clock.pass_(minutes=6)


def cards(db):
    with db.reading() as session:
        rows = session.scalars(select(Outbox).where(Outbox.kind == "card").order_by(Outbox.id))
        return [(row.subject, row.parked_at is not None) for row in rows]


def direct_messages(slack, member):
    state = slack._get("state")
    places = [c["id"] for c in state["channels"] if c.get("is_im") and member in c["members"]]
    return [m for place in places for m in slack.messages(place)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_cases_of_an_archived_channel_are_kept_and_posted_when_it_is_back(
    listener, desk, office, delivery, clock, slack, proxy, db
):
    listener.take("test", Batch([post(author=f"c{n}") for n in range(3)]))
    told = Fault(forward=True)  # the message to the lead, which goes before the other cards
    proxy.next("chat.postMessage", ARCHIVED, told, ARCHIVED, ARCHIVED)
    drained(delivery, clock)
    assert cards(db) == [(1, True), (2, True), (3, True)]
    said = [m for m in direct_messages(slack, GRY) if "can't post in #mentions" in json.dumps(m)]
    assert len(said) == 1, "once, however many cases there are"
    assert "the channel is archived" in words(said[0])
    assert desk.waiting("everyone")[1] == 3
    assert desk.claim(2, by=ANA).case.owner == ANA

    proxy.next("chat.postMessage", ARCHIVED)
    assert try_again(office) == 1, "one is tried for all"
    drained(delivery, clock)
    assert [parked for _, parked in cards(db)] == [True, True, True]
    assert try_again(office) == 1
    drained(delivery, clock)
    assert try_again(office) == 2
    drained(delivery, clock)
    assert [len(slack.cards(n)) for n in (1, 2, 3)] == [1, 1, 1]
    assert "<@UANA> has it" in words(slack.card(2))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_cases_of_a_deleted_channel_go_where_the_playbook_sends_them_now(
    hear, office, delivery, clock, slack, proxy, db
):
    hear(post())
    drained(delivery, clock)
    slack.card(1)
    proxy.next("chat.update", Fault(body='{"ok": false, "error": "channel_not_found"}'))
    office.change(1, lambda session, case, at: None)
    drained(delivery, clock)
    assert cards(db) == [(1, True)]
    book = playbook()
    queues = [q.model_copy(update={"channel": "mentions-nordic"}) for q in book.queues]
    moved = Office(db, book.model_copy(update={"queues": tuple(queues)}), clock, lambda: None)
    assert try_again(moved) == 1
    drained(delivery, clock)
    assert len(slack.cards(1, NORDIC)) == 1
    assert cards(db) == [(1, False)]
    assert MENTIONS != NORDIC


# People who left.


def test_slack_tells_that_somebody_left_and_their_cases_wait_again(here, slack):
    hear(here, post(QUESTION))
    slack.click(BO, slack.card(1), "claim")
    slack.private(BO, "It is yours")
    user = {"id": BO, "name": "bo", "real_name": "Bo Lindqvist", "deleted": True, "is_bot": False}
    body = {"type": "event_callback", "event_id": "Ev1", "event": {"type": "user_change", "user": user}}
    for _ in range(2):
        bolt = slack_app(here.settings, here.services)
        bolt.dispatch(BoltRequest(body=body, mode="socket_mode"))
        bolt.listener_runner.listener_executor.shutdown(wait=True)
    view = here.services.desk.view(1)
    assert (view.case.stage, view.case.owner) == ("waiting", None)
    assert [e.what for e in view.events] == ["open", "claim", "release"]
    notice = eventually(lambda: [m for m in slack.messages("C0LEADS") if "was deactivated" in words(m)])
    assert len(notice) == 1
    assert "Case 1 waits for somebody again" in words(notice[0])
