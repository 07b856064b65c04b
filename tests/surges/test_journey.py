"""A surge as leads and employees meet it in Slack: alarm, crisis, holding answer, stand down."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.answers.form import Draft
from bot.sources import Batch
from bot.surges.noticing import Surges
from models.outbox import Outbox
from tests.people import ANA, BO, CARLA, GRY, playbook, post
from tests.slack import LEADS, Fault, eventually, running, settings_for, words
from tests.slack_limits import assert_message, assert_view

SLOW = 40.0
"""Seconds: the first chart loads matplotlib, and comes into a thread that has to be there."""
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HOLDING = Draft(
    title="We are looking into it",
    topic="leak",
    language="en",
    text="I'm {me}, customer care at Tindra. We are looking into the leaks and will tell you what we find.",
    example="My machine leaks",
    holds_days=30,
)


@pytest.fixture
def book():
    levels = [
        {"level": 1, "name": "everyday", "kinds": ["complaint", "question"], "courses": ["introducing"]},
        {"level": 2, "name": "severe cases", "severity": 2, "courses": ["severe"]},
    ]
    return playbook(
        training={"levels": levels, "trained": {ANA: 2, BO: 1}},
        surges={"crisis": {"level": 2, "call_in": ["Carla"], "holding_answer": "We are looking into it"}},
    )


def surge(program):
    """Nine people write about leaks, in a program that has listened for three weeks."""
    now = datetime.now(UTC)
    old = post("The Tindra manual is missing", author="old", created_at=now - timedelta(weeks=3))
    leaks = [
        post(
            f"My Tindra leaks, the gasket burst on day {n}",
            author=f"p{n}",
            created_at=now - timedelta(minutes=2),
            metrics={"followers": 1000 * n},
        )
        for n in range(9)
    ]
    program.works.listener.take("x-search", Batch([old, *leaks]))
    Surges(program.office).look()


def alarm(slack, having):
    def look():
        found = [m for m in slack.messages(LEADS) if having in words(m)]
        return found[-1] if found else None

    return eventually(look, SLOW)


def test_from_alarm_to_stand_down(program, slack):
    program.services.answers.add(HOLDING, by=GRY)
    surge(program)
    shown = alarm(slack, "Surge: Leaks")
    assert_message(shown)
    assert "9 people within a quarter of an hour" in words(shown)
    assert "burst" in words(shown)
    chart = eventually(lambda: next(iter(charts(slack)), None), SLOW)
    assert chart["thread_ts"] == shown["ts"]

    slack.click(ANA, shown, "surge_crisis")
    assert slack.private(ANA, "Only a lead can", channel=LEADS)
    slack.click(GRY, shown, "surge_crisis")
    window = slack.view("Open a crisis")
    assert_view(window)
    assert "<@UCARLA>" in words(window)
    slack.submit(GRY, why=" ")
    assert slack.view("errors")["errors"] == {"why": "Say why: everybody will ask."}
    slack.submit(GRY, why="Gaskets burst", queue="all", level="2", answer="1")
    assert "Stand down" in words(alarm(slack, "Crisis: Leaks"))
    called = slack.direct(CARLA, "calls you in")
    assert_message(called)
    assert "Gaskets burst" in words(called)

    slack.command(BO, "/claim", "2")
    assert slack.private(BO, "While the crisis about it lasts, case 2 needs level 2 (severe cases)")
    slack.command(ANA, "/claim", "2")
    slack.private(ANA, "It is yours")
    mine = eventually(lambda: card if "has it" in words(card := slack.card(2)) else None)
    slack.click(ANA, mine, "reply")
    assert "There is a crisis about this" in words(slack.view("Reply"))

    slack.command(ANA, "/case", "crisis")
    assert "about Leaks (level 2)" in words(slack.private(ANA, "Crisis mode"))
    slack.click(GRY, alarm(slack, "Crisis: Leaks"), "stand_down")
    over = alarm(slack, "Crisis over")
    assert_message(over)
    assert "stood it down" in words(over)
    assert slack.direct(CARLA, "Thank you for coming")
    slack.command(BO, "/claim", "3")
    assert slack.private(BO, "It is yours")


def charts(slack):
    return [m for m in slack.messages(LEADS) if m.get("files")]


@pytest.fixture
def through_proxy(proxy, database_url, book):
    with running(settings_for(proxy.url, database_url), book) as parts:
        yield parts


def parked(program):
    with program.office.db.reading() as session:
        return session.scalar(
            select(Outbox.error).where(Outbox.kind == "surge_chart", Outbox.parked_at.is_not(None))
        )


def test_a_slack_that_takes_no_files_still_gets_the_alarm(through_proxy, proxy, slack):
    proxy.next("files.getUploadURLExternal", Fault(200, body='{"ok": false, "error": "missing_scope"}'))
    surge(through_proxy)
    assert "▁█" in words(alarm(slack, "Surge: Leaks"))
    assert "scope" in eventually(lambda: parked(through_proxy), SLOW)
    assert charts(slack) == []


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
def test_a_chart_of_which_nobody_knows_whether_it_arrived_is_there_once(through_proxy, proxy, slack, method):
    proxy.next(method, Fault(hang_up=True, forward=True))
    surge(through_proxy)
    alarm(slack, "Surge: Leaks")
    eventually(lambda: proxy.calls.count(method) > 1 or proxy.calls.count("conversations.replies"), SLOW)
    eventually(lambda: sent(through_proxy), SLOW)
    assert len(charts(slack)) == 1


def sent(program):
    with program.office.db.reading() as session:
        return session.scalar(
            select(Outbox.id).where(Outbox.kind == "surge_chart", Outbox.sent_at.is_not(None))
        )
