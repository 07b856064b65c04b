"""To a specialist and back: who is asked, what they see, and the clock behind them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from models.case import Case
from models.escalation import Escalation
from tests.journeys.acts import hear, sheet_of
from tests.people import ANA, BO, CARLA, DAG, GRY, playbook, post
from tests.slack import LEADS, eventually, running, settings_for, words
from tests.slack_limits import assert_message, assert_view

SPECIALISTS = [
    {"name": name, "slack": member, "topics": ["leak"], "languages": [language], "time_zone": zone}
    for name, member, language, zone in (
        ("Carla", CARLA, "en", "Europe/Amsterdam"),
        ("Dag", DAG, "da", "Europe/Oslo"),
    )
]


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


def test_a_question_first_then_the_answer_in_the_thread_then_accepted(timed, slack):
    hear(timed, post())
    slack.card(1)
    slack.command(ANA, "/claim", "1")
    slack.private(ANA, "It is yours")
    escalate(slack)
    message = slack.direct(CARLA, "asks you to take case 1")
    slack.click(CARLA, message, "ask_back")
    assert_view(slack.view("Ask first"))
    slack.submit(CARLA, question="Which pump & which year? <!here>")

    asked = slack.direct(ANA, "<@UCARLA> has a question before taking case 1")
    assert_message(asked)
    assert "Which pump &amp; which year?" in words(asked)
    assert "<!here>" not in words(asked)
    eventually(lambda: having(slack.card(1), "<@UCARLA> asked <@UANA> something first"))
    slack.click(ANA, asked, "answer_back")
    assert_view(slack.view("Answer"))
    slack.submit(ANA, answer="The E61 from 2024")

    answer = slack.direct(CARLA, "<@UANA> answers: “The E61 from 2024”")
    assert answer["thread_ts"] == message["ts"]
    eventually(lambda: having(slack.direct(ANA, "has a question before"), "<@UANA> answered"))
    shown = eventually(lambda: having(slack.direct(CARLA, "asks you to take case 1"), "The E61 from 2024"))
    assert_message(shown)
    slack.click(CARLA, shown, "accept")
    eventually(lambda: having(slack.card(1), "<@UCARLA> has it"))
    slack.click(ANA, asked, "answer_back")  # the button of an older drawing
    slack.view("Answer")
    slack.submit(ANA, answer="Again")
    assert "no longer open" in words(slack.view("Not done"))


def test_not_mine_sends_it_on_to_somebody_named_and_not_in_circles(timed, slack):
    hear(timed, post())
    slack.card(1)
    escalate(slack, user=BO)
    message = slack.direct(CARLA, "asks you to take case 1")
    slack.click(CARLA, message, "send_on")
    assert_view(slack.view("Not mine"))
    slack.submit(CARLA, to="UEVA", note="Electrics, not the pump")
    passed = slack.direct("UEVA", "<@UBO> asks you to take case 1")
    assert "Electrics, not the pump" in words(passed)
    slack.direct(BO, "<@UCARLA> sent case 1 on to <@UEVA>")
    eventually(lambda: having(slack.direct(CARLA, "asks you to take case 1"), "Sent on to somebody else"))
    eventually(lambda: having(slack.card(1), "<@UEVA> is asked"))

    slack.click("UEVA", passed, "send_on")
    slack.view("Not mine")
    slack.submit("UEVA", to=CARLA)
    assert "<@UCARLA> was asked about case 1 already" in words(slack.view("Not done"))
    slack.click("UEVA", passed, "accept")
    eventually(lambda: having(slack.card(1), "<@UEVA> has it"))


def test_who_says_away_is_not_asked_until_they_are_back(timed, slack, clock):
    slack.command(CARLA, "/case", "away until 2026-03-13, at a fair <!here>")
    said = slack.private(CARLA, "You are away until 13 Mar 00:00")
    assert_message(said)
    hear(timed, post())
    slack.card(1)
    modal = escalate(slack, user=BO)
    assert "*Goes to* <@UDAG> → <@UGRY>" in words(modal)
    slack.direct(DAG, "<@UBO> asks you to take case 1")

    slack.command(ANA, "/case", "away <@UBO> until friday")
    slack.private(ANA, "Only a lead can say that of somebody else")
    slack.command(ANA, "/case", "away until someday")
    slack.private(ANA, "Write it as in `until Friday`")
    slack.command(CARLA, "/case", "back")
    slack.private(CARLA, "Welcome back")
    slack.command(CARLA, "/case", "back")
    slack.private(CARLA, "You were not away")


def test_the_form_asks_until_when_and_a_lead_may_name_somebody(timed, slack):
    hear(timed, post())
    slack.card(1)
    slack.command(BO, "/claim", "1")
    slack.private(BO, "It is yours")
    slack.command(GRY, "/case", "away", channel=LEADS)
    assert_view(slack.view("Away"))
    slack.submit(GRY, whom=BO, day="2026-03-01", hour="08:00")
    assert slack.view("errors")["errors"] == {"day": "Choose a day (and hour) that is still to come."}
    slack.submit(GRY, whom=BO, day="2026-03-12", hour="08:00", why="ill")
    slack.private(GRY, "<@UBO> is away until 12 Mar 08:00", channel=LEADS)
    slack.private(GRY, "still has case 1", channel=LEADS)
    slack.direct(BO, "<@UGRY> set you away until 12 Mar 08:00")
    # Nobody hands a case over to him meanwhile.
    slack.command(BO, "/case", "release 1")
    slack.private(BO, "waits for somebody again")
    slack.command(ANA, "/claim", "1")
    slack.private(ANA, "It is yours")
    slack.command(ANA, "/case", "handover 1 <@UBO>")
    slack.private(ANA, "<@UBO> is away until 12 Mar 08:00 (ill)")


def test_at_night_the_case_waits_and_who_escalated_is_told_until_when(slack, database_url, clock):
    hours = {"days": {day: ["08:00", "16:00"] for day in ("mon", "tue", "wed", "thu", "fri")}}
    night = playbook(specialists=[{**one, "hours": hours} for one in SPECIALISTS])
    clock.now = datetime(2026, 3, 10, 22, 0, tzinfo=UTC)
    with running(settings_for(slack.url, database_url), night, clock) as program:
        hear(program, post())
        slack.card(1)
        modal = escalate(slack, user=BO)
        assert "Nobody is at work now: <@UCARLA> is asked at 11 Mar 08:00" in words(modal)
        slack.private(BO, "Nobody is at work now: <@UCARLA> is asked to take case 1 at 11 Mar 08:00")
        slack.private(BO, "`/case takeback 1` takes it back")
        eventually(lambda: having(slack.card(1), "nobody is at work, <@UCARLA> is asked at 11 Mar 08:00"))
        clock.now = datetime(2026, 3, 11, 7, 0, tzinfo=UTC)
        program.works.escalation_clock.look()
        slack.direct(CARLA, "<@UBO> asks you to take case 1")


def test_accepted_and_not_resolved_is_asked_about_with_a_date(slack, database_url, clock):
    rules = playbook(escalation={"acknowledge_within": "30m", "resolve_within": "4h"})
    with running(settings_for(slack.url, database_url), rules, clock) as program:
        hear(program, post())
        slack.card(1)
        escalate(slack, user=BO)
        message = slack.direct(CARLA, "asks you to take case 1")
        slack.click(CARLA, message, "accept")
        eventually(lambda: having(slack.card(1), "<@UCARLA> has it"))
        clock.pass_(hours=4)
        program.works.escalation_clock.look()
        asked = slack.direct(CARLA, "How does it go?")
        assert_message(asked)
        assert asked["thread_ts"] == message["ts"]
        slack.click(CARLA, asked, "still_on_it")
        assert_view(slack.view("Still on it"))
        slack.submit(CARLA, day="2026-03-12", hour="12:00")
        eventually(lambda: having(slack.direct(CARLA, "How does it go?"), "Answered, or no longer yours"))
        slack.click(CARLA, asked, "hand_on")
        assert_view(slack.view("Hand on"))
        slack.submit(CARLA, note="Dag knows this one")
        eventually(lambda: having(slack.card(1), "<@UDAG> is asked"))
        slack.direct(DAG, "Dag knows this one")


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
