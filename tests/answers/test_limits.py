"""Whatever leads, employees and customers write: every message and window is one that Slack takes."""

import pytest

from bot.answers.keeping import PAGE, Shelf, question_key
from bot.answers.offering import Offered
from bot.answers.suggesting import Suggested
from bot.blocks.answer_choice import choice_blocks, pick_modal
from bot.blocks.answers import (
    answer_modal,
    answer_sheet,
    answers_find_modal,
    offer_message,
    shelf_list,
    still_holds,
)
from bot.blocks.reply_modals import Writing, reply_modal
from models.approved_answer import AnswerOffer, ApprovedAnswer
from models.people import Person
from tests.answers.conftest import draft
from tests.databases import copy_migrated
from tests.people import ANA, GRY, NOON, playbook, post
from tests.slack_limits import assert_message, assert_view

REMEMBERED = {"url": "https://hooks.slack.com/actions/" + "x" * 200, "replace": True}
HOSTILE = [
    "<!channel> <@UGRY> <https://evil.example|x> & *bold* _sly_ ~gone~ `code`",
    "&" * 2000,
    "<" * 2000,
    "line\n" * 399,
    "😤" * 2000,
    "*_~`" * 500,
]
TOPICS = [{"name": f"t{n}", "label": "é" * 100, "any": ["x"]} for n in range(130)]


def answer(text: str, number: int = 1) -> ApprovedAnswer:
    words = draft(title=text[:80], text=text, example=text[:1000], topic=f"t{number}")
    made = ApprovedAnswer.approve(**vars(words), by=Person(GRY, lead=True), at=NOON)
    made.id, made.version = number, 1
    return made


def read_by_slack(drawn: object) -> str:
    """All texts in which Slack reads marks and names; it shows plain texts as they are."""
    if isinstance(drawn, dict):
        own = str(drawn["text"]) if drawn.get("type") == "mrkdwn" else ""
        return own + "".join(read_by_slack(part) for part in drawn.values())
    if isinstance(drawn, list | tuple):
        return "".join(read_by_slack(part) for part in drawn)
    return ""


@pytest.fixture
def database_url(tmp_path) -> str:
    copy_migrated(tmp_path / "test.db")
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture
def book():
    return playbook(topics=TOPICS, specialists=[])


@pytest.mark.parametrize("text", HOSTILE)
def test_every_message_about_answers_is_one_that_slack_takes(book, text):
    one = answer(text)
    many = Shelf([answer(text, n) for n in range(1, PAGE + 1)], 500, 3, text[:200], "approved")
    for lead in (True, False):
        for drawn in (
            shelf_list(many, book, NOON, lead=lead),
            shelf_list(Shelf([], 0, 0, text[:200], "retired"), book, NOON, lead=lead),
            answer_sheet(one, book, NOON, lead=lead, said="Saved."),
        ):
            assert_message({"text": drawn[0], "blocks": drawn[1]})
            assert "<!channel>" not in read_by_slack(drawn)
    asked = still_holds(question_key(one), one, book)
    assert_message({"text": asked[0], "blocks": asked[1]})


@pytest.mark.parametrize("text", HOSTILE)
def test_every_window_about_answers_is_one_that_slack_takes(book, text, hear, desk):
    words = draft(title=text[:80], text=text, example=text[:1000], holds_days=33)
    assert_view(answer_modal(book, REMEMBERED, draft=words, number=1, seen=1))
    assert_view(answer_modal(book, REMEMBERED))
    assert_view(answers_find_modal(REMEMBERED))
    many = [answer(text, n) for n in range(1, 151)]
    [mention] = hear(post())
    view = desk.view(mention.case_id)
    choice = choice_blocks([Suggested(many[0], 0.5, NOON), Suggested(many[1], 0.4, None)], many, 3)
    window = reply_modal(view, Writing(more=choice, remembered={"turn": 3}), answer=REMEMBERED)
    assert_view(window)
    assert "<!channel>" not in read_by_slack(choice)
    assert_view(pick_modal(many[:90], 150, text[:200], "en", {"case": 1, "answer": REMEMBERED}))
    assert_view(pick_modal([], 0, text[:200], "en", {"case": 1, "answer": REMEMBERED}))


@pytest.mark.parametrize("text", HOSTILE)
def test_an_offer_is_a_message_that_slack_takes(book, text, hear, desk):
    [mention] = hear(post())
    words = draft(title="", text=text, example=text[:1000])
    offer = AnswerOffer(id=1, case_id=mention.case_id, reply_id=1, by=ANA, at=NOON, state="offered")
    for taken in (None, text[:80]):
        offer.decided_by, offer.state = (GRY, "taken") if taken else (None, "offered")
        drawn = offer_message("answer-offer:1", Offered(offer, desk.view(mention.case_id), words), taken)
        assert_message({"text": drawn[0], "blocks": drawn[1]})
        assert "<!channel>" not in read_by_slack(drawn)


def test_without_answers_the_window_of_a_reply_has_no_choice():
    assert choice_blocks([], [], 0) == []
