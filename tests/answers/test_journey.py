"""Approved answers as people meet them in Slack."""

import pytest

from bot.answers.keeping import Answers
from tests.answers.conftest import draft
from tests.people import ANA, GRY
from tests.slack import LEADS, words
from tests.slack_limits import assert_message, assert_view


@pytest.fixture
def database_url(tmp_path) -> str:
    return f"sqlite:///{tmp_path / 'test.db'}"


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
