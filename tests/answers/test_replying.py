"""A reply made from an approved answer, as the person who writes it meets it in Slack."""

import pytest

from bot.answers.keeping import Answers
from bot.answers.using import AnswerUses
from models.errors import NotAllowed
from tests.answers.conftest import draft
from tests.journeys.acts import hear
from tests.people import ANA, GRY, post
from tests.slack import eventually, words
from tests.slack_limits import assert_view

TEXT = (
    "Hi {customer}, I'm {me}, {role} at {company}. Press the tank's seal back into its groove. Still wet? "
    "Write to us in private, so that your details stay between us ({reference}): {link}"
)


@pytest.fixture
def slack_database(tmp_path) -> str:
    return f"sqlite:///{tmp_path / 'test.db'}"


def field(view, begins: str):
    return next(b for b in view["blocks"] if str(b.get("block_id")).startswith(begins))


def choose(slack, user: str, view, value: str) -> None:
    """Chooses in the menu of approved answers, where a choice acts on the submit button."""
    slack.submit(user, **{field(view, "answer|")["block_id"]: value})


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_suggestion_fills_the_draft_and_counts_when_the_reply_is_posted(program, slack):
    answers = Answers(program.office)
    made = answers.add(draft(text=TEXT), by=GRY)
    other = answers.add(
        draft(title="Which descaler", topic=None, example="Which descaler?", text="Any."), by=GRY
    )
    suggestions = program.services.suggestions
    eventually(lambda: suggestions.for_text(draft().example, "en", None))  # made ready in the background
    hear(program, post("There is a puddle under my Tindra again, the machine leaks", external_id="7001"))
    slack.command(ANA, "/claim", "1")
    slack.click(ANA, slack.private(ANA, "It is yours"), "reply")
    window = slack.view("Reply · case 1", having="An approved answer may fit: *Water under the machine*")
    assert_view(window)
    assert [o["value"] for o in field(window, "answer|")["element"]["options"]] == [
        str(made.id), str(other.id), "more",
    ]  # fmt: skip

    choose(slack, ANA, window, str(made.id))
    filled = slack.view(
        "Reply · case 1", having="Hi Mia, I'm Ana, customer care at Tindra. Press the tank's seal"
    )
    assert_view(filled)
    said = field(filled, "draft")["element"]["initial_value"]
    assert "(#1): https://x.com/messages/compose?recipient_id=42" in said
    slack.submit(ANA, **{field(filled, "draft")["block_id"]: said.replace("Still wet?", "Still wet, Mia?")})
    slack.view("Post · case 1")
    assert answers.one(made.id).used == 0
    slack.submit(ANA, account="company")
    slack.private(ANA, "Your reply is on record")
    assert (answers.one(made.id).used, answers.one(other.id).used) == (1, 0)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_another_answer_is_found_by_words_and_what_was_typed_is_kept(program, slack):
    answers = Answers(program.office)
    answers.add(draft(), by=GRY)
    wanted = answers.add(
        draft(title="Which descaler", topic=None, example="Which descaler?", text="Any descaler will do."),
        by=GRY,
    )
    hear(program, post("My Tindra leaks all over the counter, a puddle every morning"))
    slack.command(ANA, "/claim", "1")
    slack.click(ANA, slack.private(ANA, "It is yours"), "reply")
    window = slack.view("Reply · case 1")
    slack.submit(ANA, draft="My own words.", **{field(window, "answer|")["block_id"]: "more"})
    picker = slack.view("Answers · case 1", having="2 of them")
    assert_view(picker)
    slack.submit(ANA, words="descaler")
    found = slack.view("Answers · case 1", having="One of them")
    assert "Water under" not in words(found)
    slack.submit(ANA, picked=str(wanted.id))
    filled = slack.view("Reply · case 1")
    assert field(filled, "draft")["element"]["initial_value"] == "My own words.\n\nAny descaler will do."


@pytest.fixture
def case(hear, desk, replies):
    """A case of Ana's; her draft in it can be filled."""
    [mention] = hear(post())
    desk.claim(mention.case_id, by=ANA)
    return desk.view(mention.case_id)


def post_it(replies, number: int, text: str) -> None:
    checked = replies.check(number, text, by=ANA)
    replies.posted_by_hand(checked.reply, by=ANA, url=None)


def test_a_reply_that_keeps_little_of_the_answer_is_not_made_from_it(office, answers, replies, case):
    made, uses = answers.add(draft(text=TEXT), by=GRY), AnswerUses(office)
    replies.glance(case.case.id, uses.filled(made.id, case, me="Ana").text, by=ANA, seen=None)
    uses.made_from(case.case.id, made.id, by=ANA)
    post_it(replies, case.case.id, "Hello! I'm Ana, customer care at Tindra. What a lovely picture, thanks.")
    assert answers.one(made.id).used == 0


def test_a_use_counts_once_however_often_it_is_reported(office, answers, replies, case, clock):
    made, uses = answers.add(draft(text=TEXT), by=GRY), AnswerUses(office)
    text = uses.filled(made.id, case, me="Ana").text
    replies.glance(case.case.id, text, by=ANA, seen=None)
    uses.made_from(case.case.id, made.id, by=ANA)
    checked = replies.check(case.case.id, f"{text} All the best!", by=ANA)
    for _ in range(2):
        replies.posted_by_hand(checked.reply, by=ANA, url=None)
    used = answers.one(made.id)
    assert (used.used, used.last_used_at) == (1, clock())


def test_a_retired_answer_can_not_be_used(office, answers, case):
    made = answers.add(draft(text=TEXT), by=GRY)
    answers.retire(made.id, by=GRY)
    with pytest.raises(NotAllowed, match="was retired"):
        AnswerUses(office).filled(made.id, case, me="Ana")
