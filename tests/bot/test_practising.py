"""Practice cases: the way of a case with nobody at its other end."""

import pytest
from sqlalchemy import func, select

from bot.blocks.practice import passed_modal, practice_message, practice_modal
from bot.practising import Practising
from config.practice import practice_languages, practice_words
from models.case import Case
from models.errors import NotAllowed
from models.event import Event
from models.mention import Mention
from models.reply import Reply
from tests.people import ANA, BO
from tests.slack_limits import assert_message, assert_view

GOOD = (
    "Hi Mia, I'm sorry about the puddle. I'm Ana, customer care at Tindra. Please send us a private message "
    "with your order number, so that nobody else can read it."
)


def assert_fits(text, blocks) -> None:
    assert_message({"text": text, "blocks": blocks})


@pytest.fixture
def practising(office) -> Practising:
    return Practising(office)


@pytest.fixture
def begun(practising) -> int:
    number = practising.start(ANA, "en").practice.id
    practising.claim(number, by=ANA)
    return number


def finish(practising: Practising, number: int) -> None:
    practising.claim(number, by=ANA)
    view = practising.look(number, by=ANA)
    practising.check(number, view.sample.example, by=ANA)
    while step := practising.look(number, by=ANA).checklist.next:
        practising.tick(number, step.key, by=ANA)
    practising.resolve(number, by=ANA)


def test_a_draft_that_asks_in_public_comes_back_with_the_reason_and_the_customer_hears_nothing(
    practising, begun
):
    read = practising.check(begun, "I'm Ana, customer care at Tindra. What's your order number?", by=ANA)
    assert not read.passed
    [asked] = [one for one in read.problems if one.key == "asks_in_public"]
    assert read.view.words.explains[asked.key] in str(practice_modal(read.view, read=read))
    assert "in a private message" not in str(practice_message(read.view))


def test_a_good_draft_lets_the_customer_write_back_and_the_steps_lead_to_resolved(practising, begun):
    read = practising.check(begun, GOOD, by=ANA)
    assert read.passed
    assert "TN-204418" in str(practice_message(read.view))
    with pytest.raises(NotAllowed, match="Missing: “a reply helps here”, and 4 more after it"):
        practising.resolve(begun, by=ANA)
    while step := practising.look(begun, by=ANA).checklist.next:
        practising.tick(begun, step.key, by=ANA)
    done = practising.resolve(begun, by=ANA)
    assert "at the first try" in str(practice_message(done))


def test_resolving_needs_an_answer_first(practising, begun):
    with pytest.raises(NotAllowed, match="Answer the customer first"):
        practising.resolve(begun, by=ANA)


def test_nothing_of_it_is_a_case_a_mention_a_reply_or_an_event(practising, db):
    finish(practising, practising.start(ANA, "en").practice.id)
    with db.reading() as session:
        tables = (Case, Mention, Reply, Event)
        assert [session.scalar(select(func.count()).select_from(one)) for one in tables] == [0, 0, 0, 0]


def test_one_that_is_under_way_is_shown_again_and_a_finished_one_makes_room_for_the_next(practising):
    first = practising.start(ANA, "en")
    assert practising.start(ANA, "da").practice.id == first.practice.id
    samples = []
    for _ in practice_words("en").samples:
        view = practising.start(ANA, "en")
        samples.append(view.practice.sample)
        finish(practising, view.practice.id)
    assert samples == [sample.key for sample in practice_words("en").samples]
    assert practising.start(ANA, "en").practice.sample == samples[0]


def test_it_belongs_to_who_started_it(practising, begun):
    with pytest.raises(NotAllowed, match="somebody else's practice case"):
        practising.check(begun, GOOD, by=BO)
    with pytest.raises(NotAllowed, match="not there any more"):
        practising.claim(4711, by=ANA)


def test_every_button_pressed_twice_does_it_once(practising, begun):
    practising.claim(begun, by=ANA)
    practising.check(begun, GOOD, by=ANA)
    practising.tick(begun, "helps", by=ANA)
    assert practising.tick(begun, "helps", by=ANA).practice.ticks == ["helps"]


def test_a_language_without_practice_cases_is_refused_with_those_there_are(practising):
    with pytest.raises(NotAllowed, match="There are: da, en, nl"):
        practising.start(ANA, "xx")


@pytest.mark.parametrize("language", practice_languages())
def test_the_example_of_every_sample_passes_the_check_and_everything_fits_slack(practising, language):
    for _ in practice_words(language).samples:
        view = practising.start(ANA, language)
        number = view.practice.id
        assert_fits(*practice_message(view))
        practising.claim(number, by=ANA)
        assert_view(practice_modal(view))
        read = practising.check(number, view.sample.example, by=ANA)
        assert [one.sentence for one in read.problems] == []
        assert_view(passed_modal(read))
        assert_fits(*practice_message(read.view))
        while step := practising.look(number, by=ANA).checklist.next:
            practising.tick(number, step.key, by=ANA)
        assert_fits(*practice_message(practising.resolve(number, by=ANA)))


def test_every_language_has_the_same_samples_and_explanations():
    english = practice_words("en")
    for language in practice_languages():
        words = practice_words(language)
        assert [one.key for one in words.samples] == [one.key for one in english.samples]
        assert words.explains.keys() == english.explains.keys()
