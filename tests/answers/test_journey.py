"""Approved answers as people meet them in Slack."""

from typing import Any

import pytest

from bot.answers.keeping import Answers
from bot.answers.reminding import AnswerChecks
from handlers.reply import reply_answer
from handlers.slack import slack_client
from handlers.wiring import Answer, Asked
from tests.answers.conftest import draft
from tests.journeys.acts import hear
from tests.people import ANA, GRY, STEPS, playbook, post
from tests.slack import LEADS, eventually, words
from tests.slack_limits import assert_message, assert_view

SAID = "Hi Mia, I'm Ana, customer care at Tindra. Press the tank's seal back into its groove until it clicks."


@pytest.fixture
def database_url(tmp_path) -> str:
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture
def book():
    """Nothing is required to resolve a case."""
    return playbook(checklist=[{**STEPS[-1], "required_for": []}])


def in_leads_channel(slack, having: str):
    found = [m for m in slack.messages(LEADS) if having in words(m) and not m.get("ephemeral_to")]
    return found[-1] if found else None


def test_a_lead_adds_an_answer_and_everybody_finds_and_opens_it(program, slack):
    slack.command(ANA, "/answers", "new")
    assert slack.private(ANA, "Only a lead")
    slack.command(GRY, "/answers", "new", LEADS)
    assert_view(slack.view("New approved answer"))
    filled = {"title": "Puddles", "topic": "leak", "language": "en", "example": draft().example}
    slack.submit(GRY, **filled, text="Hi {name}, what's your order number?")
    assert slack.view("errors")["errors"]["text"].startswith("{name} is no variable. There are: {customer}")
    slack.submit(GRY, **filled, text="Hi {customer}, press <the seal> & wait.")
    assert_message(slack.private(GRY, "Approved for everybody", LEADS))

    slack.command(ANA, "/answers", "find puddle")
    found = slack.private(ANA, "1 approved answer with “puddle”")
    assert_message(found)
    assert "answer_new" not in words(found)
    slack.click(ANA, found, "answer_open")
    opened = slack.private(ANA, "For customers who say")
    assert_message(opened)
    assert "press &lt;the seal&gt; &amp; wait." in words(opened)
    assert "answer_change" not in words(opened)
    slack.click(ANA, opened, "answers_back")
    assert slack.private(ANA, "1 approved answer*")


def test_a_lead_changes_an_answer_retires_it_and_finds_it_among_the_retired(program, slack):
    Answers(program.office).add(draft(), by=GRY)
    slack.command(GRY, "/answers", "", LEADS)
    slack.click(GRY, slack.private(GRY, "1 approved answer", LEADS), "answer_open")
    slack.click(GRY, slack.private(GRY, "For customers who say", LEADS), "answer_change")
    form = slack.view("Change an answer")
    assert_view(form)
    slack.submit(GRY, title="Water under it")
    opened = slack.private(GRY, "Approved for everybody", LEADS)
    assert "Water under it" in words(opened)
    slack.click(GRY, opened, "answer_retire")
    assert slack.private(GRY, "nobody is suggested it any more", LEADS)
    slack.command(GRY, "/answers", "retired", LEADS)
    assert_message(slack.private(GRY, "1 retired answer", LEADS))


def test_pages_are_turned_and_unknown_words_get_the_nearest(program, slack):
    for number in range(10):
        Answers(program.office).add(draft(title=f"Number {number}"), by=GRY)
    slack.command(ANA, "/answers")
    slack.click(ANA, slack.private(ANA, "Page 1 of 2"), "answers_more")
    second = slack.private(ANA, "Page 2 of 2")
    assert_message(second)
    assert "Number 9" in words(second)
    slack.click(ANA, second, "answers_earlier")
    assert slack.private(ANA, "Page 1 of 2")
    slack.command(ANA, "/answers", "serch leak")
    assert slack.private(ANA, "Did you mean `/answers ")
    slack.command(ANA, "/answers", "find")
    assert_view(slack.view("Find answers"))
    slack.submit(ANA, words="number 7")
    assert slack.private(ANA, "1 approved answer with “number 7”")


def test_a_reply_that_solved_a_case_is_offered_approved_and_its_writer_hears(program, slack):
    hear(program, post("My Tindra leaks all over the kitchen counter, please help. Mia Jensen"))
    slack.command(ANA, "/claim", "1")
    slack.click(ANA, slack.private(ANA, "It is yours"), "reply")
    slack.view("Reply · case 1")
    slack.submit(ANA, draft=SAID)
    slack.view("Post · case 1")
    slack.submit(ANA, account="company")
    slack.private(ANA, "Your reply is on record")
    slack.command(ANA, "/case", "resolve 1")
    slack.click(ANA, slack.private(ANA, "Would your reply help others too?"), "word_offer")
    slack.private(ANA, "is offered to the leads")

    offered = eventually(lambda: in_leads_channel(slack, "offers a reply as an approved answer"))
    assert_message(offered)
    assert "Hi {customer}, I'm {me}, customer care at Tindra." in words(offered)
    assert "Jensen" not in words(offered)
    slack.click(GRY, offered, "answer_offer_take")
    assert_view(slack.view("New approved answer", having="Hi {customer}, I'm {me}"))
    slack.submit(GRY, title="Seal of the tank")
    slack.private(GRY, "Approved for everybody", LEADS)
    assert "made your reply in case 1 an approved answer" in words(slack.direct(ANA, "approved answer"))
    assert eventually(lambda: in_leads_channel(slack, "approved it as “Seal of the tank”"))


def test_a_lead_says_in_a_direct_message_that_an_answer_still_holds(program, slack):
    answers = Answers(program.office)
    made = answers.add(draft(), by=GRY)
    with program.office.db.transaction() as session:
        stored = session.merge(made)
        stored.check_at = program.office.clock()
    assert AnswerChecks(program.office).ask_due() == 1
    asked = slack.direct(GRY, "Does this still hold?")
    assert_message(asked)
    slack.click(GRY, asked, "answer_holds")
    assert_message(slack.direct(GRY, "said that it still holds"))
    assert [event.what for event in answers.one(made.id).events] == ["approve", "confirm"]


def test_in_slack_s_own_windows_a_choice_fills_the_draft_at_once(program, slack):
    made = Answers(program.office).add(draft(), by=GRY)
    hear(program, post("My Tindra leaks all over the counter"))
    slack.command(ANA, "/claim", "1")
    slack.click(ANA, slack.private(ANA, "It is yours"), "reply")
    window = slack.view("Reply · case 1")
    client = slack_client(program.settings, retries=True)
    asked = Asked(ANA, program.services, Answer(None, False), lambda view: None, {})

    def redraw(fresh: dict[str, Any], *, wins: bool) -> None:
        assert wins
        client.views_update(view_id=window["id"], view=fresh)

    reply_answer(
        ack=lambda: None,  # type: ignore[arg-type]  # the local Slack sends no clicks from windows
        body={"view": window},
        action={"selected_option": {"value": str(made.id)}},
        client=client,
        redraw_modal=redraw,
        asked=asked,
    )
    filled = slack.view("Reply · case 1", having="Hi Mia, I'm Ana, customer care at Tindra. Press the tank")
    assert_view(filled)
