"""Which approved answers are suggested for a case, and which are not."""

import threading
from dataclasses import replace

import pytest

from bot.answers.likeness import FLOOR, Likeness, samples_of
from bot.answers.suggesting import Suggestions
from models.approved_answer import AnswerUse
from models.database import Database
from models.errors import DatabaseAway
from models.reply import POSTED, Reply
from tests.answers.conftest import draft
from tests.answers.score import cases, score
from tests.people import ANA, GRY, post

LEAK = "Another puddle under my Tindra this morning, the machine leaks and the counter is soaked"
DESCALE = "Which descaler do you recommend? Can I take vinegar?"


@pytest.fixture
def descaling(answers):
    words = {"title": "Which descaler", "topic": None, "example": DESCALE, "text": "Any descaler will do."}
    return answers.add(draft(**words), by=GRY)


@pytest.fixture
def leaking(answers):
    return answers.add(draft(), by=GRY)


@pytest.fixture
def suggested(suggestions, hear, desk):
    """The titles that are suggested for the case that a post brings."""

    def titles(text: str, **fields: str) -> list[str]:
        [mention] = hear(post(text, **fields))
        return [one.answer.title for one in suggestions.for_case(desk.view(mention.case_id))]

    return titles


def test_the_answer_that_fits_is_suggested_and_no_other(suggested, leaking, descaling):
    assert suggested(LEAK) == [leaking.title]
    assert suggested("Can I descale my Tindra with vinegar?", author="other") == [descaling.title]


def test_where_nothing_fits_nothing_is_suggested(suggested, leaking, descaling):
    assert suggested("Does the Tindra Duo come in green? I would love one for my office") == []


def test_without_answers_nothing_is_suggested(suggested):
    assert suggested(LEAK) == []


def test_only_answers_in_the_customer_s_language_are_suggested(suggested, answers, leaking):
    answers.change(leaking.id, draft(language="da"), by=GRY)
    assert suggested(LEAK) == []


def test_a_retired_answer_is_not_suggested_and_a_changed_one_at_once(
    suggestions, answers, leaking, descaling
):
    assert suggestions.for_text(LEAK, "en", "leak")[0].answer.id == leaking.id
    answers.retire(leaking.id, by=GRY)
    assert suggestions.for_text(LEAK, "en", "leak") == []
    answers.change(descaling.id, draft(title="Now about leaks"), by=GRY)
    assert suggestions.for_text(LEAK, "en", "leak")[0].answer.title == "Now about leaks"


def test_the_first_post_counts_where_a_later_one_says_nothing(hear, desk, suggestions, leaking):
    hear(post(LEAK, conversation="c1", external_id="c1"))
    [later] = hear(post("Hello?? Still nobody there @TindraCare", conversation="c1"))
    assert [one.answer.id for one in suggestions.for_case(desk.view(later.case_id))] == [leaking.id]


def test_posts_that_an_answer_was_used_for_are_compared_too(suggestions, descaling, hear, db, clock):
    words = "The orange drop on my Tindra blinks and blinks, whatever I do"
    assert suggestions.for_text(words, "en", None) == []
    [mention] = hear(post("Tindra Duo: orange drop blinks and won't stop blinking"))
    with db.transaction() as session:
        reply = Reply(case_id=mention.case_id, mention_id=mention.id, by=ANA, text="x", state=POSTED)
        reply.advice, reply.created_at = [], clock()
        session.add(reply)
        session.flush()
        session.add(AnswerUse(answer_id=descaling.id, mention_id=mention.id, reply_id=reply.id, at=clock()))
    assert [one.answer.id for one in suggestions.for_text(words, "en", None)] == [descaling.id]


def test_an_answer_nobody_confirmed_says_since_when(suggestions, leaking, checks, clock):
    confirmed = clock()
    assert suggestions.for_text(LEAK, "en", "leak")[0].unconfirmed_since is None
    clock.pass_(days=181)
    checks.ask_due()
    clock.pass_(days=14)
    assert suggestions.for_text(LEAK, "en", "leak")[0].unconfirmed_since == confirmed


def test_while_it_takes_too_long_the_modal_does_not_wait(office, leaking):
    impatient, busy = Suggestions(office, patience=0.0), threading.Event()
    impatient._maker.submit(busy.wait)  # it has something else in hand
    assert impatient.for_text(LEAK, "en", "leak") == []
    busy.set()


def test_a_database_that_is_away_breaks_nothing_that_is_made_ready_at_the_start(office):
    away = Database("postgresql://care@127.0.0.1:1/care")
    suggestions = Suggestions(replace(office, db=away))
    with pytest.raises(DatabaseAway):
        suggestions.for_text(LEAK, "en", "leak")
    suggestions.prepare()


@pytest.mark.parametrize(
    ("language", "example", "said"),
    [
        ("ja", "マシンの下から水が漏れています。", "下から水が漏れてきて困っています"),
        ("zh", "机器底部漏水，台面都湿了。", "机器一直漏水，台面全湿了怎么办"),
        ("de", "Die Maschine ist undicht und tropft.", "undichte Maschine, tropft dauernd"),
        ("da", "Hvor køber jeg en ny vandtank?", "køb af vandtanke til maskinen"),
    ],
)
def test_scripts_without_spaces_compounds_and_endings_are_alike(language, example, said):
    likeness = Likeness(samples_of(1, language, None, example, example), {})
    assert likeness.nearest(said, language, None)[0][1] > FLOOR


@pytest.mark.parametrize(
    "text", ["", " ", "@TindraCare", "https://tindra.example", "\u0000", "😤" * 5000, "x" * 100_000]
)
def test_posts_without_words_are_like_nothing(text):
    likeness = Likeness(samples_of(1, "en", None, "Leaks", "It leaks all over"), {})
    assert likeness.nearest(text, "en", None) == []


def test_most_suggestions_are_right_and_most_posts_that_have_an_answer_get_it():
    for name, precision, coverage in (
        ("labelled", 0.94, 0.92),
        ("labelled_2", 0.94, 0.57),
        ("unseen", 0.94, 0.75),
    ):
        found = score(cases(name), FLOOR)
        assert (found.precision >= precision, found.coverage >= coverage) == (True, True), (name, found)
