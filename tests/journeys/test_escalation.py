"""To a specialist and back: who is asked, what they see, and the clock behind them."""

from pathlib import Path

import pytest
from sqlalchemy import select

from models.case import Case
from models.escalation import Escalation
from tests.journeys.acts import hear, sheet_of
from tests.people import ANA, BO, CARLA, DAG, GRY, post
from tests.slack import LEADS, eventually, running, settings_for, words
from tests.slack_limits import assert_message, assert_view

# In Slack.


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture
def timed(slack, database_url, book, clock):
    """The whole program on a clock that the test holds."""
    with running(settings_for(slack.url, database_url), book, clock) as parts:
        yield parts


def escalate(slack, user=ANA, why="The pump seal, I think. <!channel>"):
    slack.command(user, "/case", "escalate 1")
    modal = slack.view("Escalate · case 1")
    assert_view(modal)
    slack.submit(user, why=why)
    return modal


def test_a_specialist_gets_the_whole_case_and_accepts_it(timed, slack):
    hear(timed, post(), post("It is the second Tindra that leaks"))
    slack.card(1)
    slack.command(ANA, "/claim", "1")
    slack.click(ANA, sheet_of(slack, ANA, 1), "tick")
    sheet_of(slack, ANA, 1, having="*Next:* I said my name")

    modal = escalate(slack)
    assert "<@UCARLA> → <@UDAG> → <@UGRY>" in words(modal)
    slack.private(ANA, "<@UCARLA> is asked to take case 1")
    message = slack.direct(CARLA, "asks you to take case 1")
    assert_message(message)
    for said in (
        "<@UANA> asks",
        "My Tindra leaks",
        "the second Tindra",
        "a reply helps here",
        "The pump seal",
    ):
        assert said in words(message)
    assert "<!channel>" not in words(message)
    card = eventually(lambda: having(slack.card(1), "Escalated · <@UCARLA> is asked"))
    assert_message(card)
    slack.command(BO, "/claim", "1")
    slack.private(BO, "Case 1 is escalated, so it can't be claimed")

    # Not for others: the button in somebody else's hands does nothing.
    slack.click(BO, message, "accept")
    assert_refused(slack, BO, message, "<@UCARLA> was asked; only they or a lead can answer")

    slack.click(CARLA, message, "accept")
    eventually(lambda: having(slack.card(1), "<@UCARLA> has it"))
    slack.direct(ANA, "<@UCARLA> accepted case 1")
    answered = eventually(lambda: newest_without(slack, CARLA, "Please answer by"))
    assert "You accepted it. It is yours." in words(answered)
    assert '"actions"' not in words(answered)
    assert_message(slack.direct(CARLA, "Case 1* · Complaint"))

    # The message that still showed the button was out of date: pressing it again changes nothing.
    slack.click(CARLA, message, "accept")
    assert_refused(slack, CARLA, message, "Case 1 was answered already: accepted")
    with timed.office.db.reading() as session:
        case = session.get_one(Case, 1)
        assert (case.owner, [e.what for e in case.events].count("accept")) == (CARLA, 1)


def test_a_case_sent_back_waits_again_and_who_asked_reads_why(timed, slack):
    hear(timed, post())
    slack.card(1)
    slack.command(ANA, "/claim", "1")
    slack.private(ANA, "It is yours")
    escalate(slack, why="")
    message = slack.direct(CARLA, "asks you to take case 1")
    slack.click(CARLA, message, "send_back")
    modal = slack.view("Send back")
    assert_view(modal)
    slack.submit(CARLA, answer="Which pump & which year? <!here>")
    told = slack.direct(ANA, "<@UCARLA> sent case 1 back")
    assert "Which pump &amp; which year?" in words(told)
    assert "<!here>" not in words(told)
    eventually(lambda: having(slack.card(1), "Waiting"))
    eventually(lambda: "Sent back." in words(slack.direct(CARLA, "asks you")))
    slack.command(BO, "/claim", "1")
    slack.private(BO, "It is yours")
    slack.command(BO, "/case", "1")
    slack.private(BO, "sent it back · Which pump")


def test_nobody_says_yes_so_the_next_in_line_is_asked_then_the_lead_then_all_again(timed, slack, clock):
    hear(timed, post())
    slack.card(1)
    slack.command(ANA, "/claim", "1")
    slack.private(ANA, "It is yours")
    escalate(slack)
    first = slack.direct(CARLA, "asks you to take case 1")

    assert asked_after(timed, clock, minutes=29, seconds=59) == [CARLA]
    assert asked_after(timed, clock, seconds=1) == [CARLA, DAG]
    slack.direct(DAG, "<@UANA> asks you to take case 1")
    eventually(lambda: having(slack.card(1), "<@UDAG> is asked"))
    slack.direct(CARLA, "Nobody answered in time")
    slack.click(CARLA, first, "accept")
    assert_refused(slack, CARLA, first, "went to the next in line")

    assert asked_after(timed, clock, minutes=30) == [CARLA, DAG, GRY]
    slack.direct(GRY, "<@UANA> asks you to take case 1")
    assert not [m for m in slack.messages(LEADS) if "Nobody in line" in words(m)]

    assert asked_after(timed, clock, minutes=30) == [CARLA, DAG, GRY, CARLA]
    notice = eventually(
        lambda: next((m for m in slack.messages(LEADS) if "Nobody in line" in words(m)), None)
    )
    assert "case 1" in words(notice)
    eventually(lambda: having(slack.card(1), "<@UCARLA> is asked"))
    assert asked_after(timed, clock, minutes=30) == [CARLA, DAG, GRY, CARLA, DAG]
    eventually(lambda: having(slack.card(1), "<@UDAG> is asked"))

    # A lead may say yes in a specialist's place, and the specialist reads who did.
    message = slack.direct(DAG, "Please answer by")
    slack.click(GRY, message, "accept")
    eventually(lambda: having(slack.card(1), "<@UGRY> has it"))
    told = eventually(lambda: newest_without(slack, DAG, "Please answer by"))
    assert "You accepted it" not in words(told)
    assert "<@UGRY> accepted it" in words(told)


# Helpers.


def having(message, said):
    return message if said in words(message) else None


def asked_after(program, clock, **span):
    """Everybody asked so far, in order, once the time is over; the job runs twice, as on two processes."""
    clock.pass_(**span)
    for _ in range(2):
        program.works.escalation_clock.look()
    with program.office.db.reading() as session:
        return list(session.scalars(select(Escalation.specialist).order_by(Escalation.id)))


def newest_without(slack, user, said):
    message = slack.direct(user, "asks you to take case 1")
    assert_message(message)
    return message if said not in words(message) else None


def assert_refused(slack, user, message, sentence):
    slack.private(user, sentence, channel=message["channel"])
