"""What `/claim` brings: the most urgent that I may take, in a language that I answer in."""

import pytest

from bot.blocks.languages import languages_modal
from models.errors import NotAllowed
from tests.people import ANA, BO, CARLA, post
from tests.slack_limits import assert_view

DANISH = "Min Tindra maskine er utæt igen, det er tredje gang på en uge, og jeg er virkelig træt af det"


@pytest.fixture
def two(hear):
    """A Danish complaint, which is the more urgent one, and an English question."""
    [danish] = hear(post(DANISH, author="lars"))
    [english] = hear(post("Where can I buy a Tindra kettle in Ghent?", author="kim"))
    return danish.case_id, english.case_id


def test_without_a_word_about_languages_the_most_urgent_comes_whatever_its_language(two, desk):
    assert desk.claim_next(by=ANA).case.id == two[0]


def test_only_cases_in_my_languages_come(two, desk, people):
    people.answers_in(ANA, ["en", "nl"])
    assert desk.claim_next(by=ANA).case.id == two[1]
    with pytest.raises(NotAllowed, match=r"in languages other than yours \(English, Dutch\)"):
        desk.claim_next(by=ANA)
    assert desk.claim(two[0], by=ANA).case.owner == ANA, "by its number any can be taken"


def test_a_specialists_languages_are_the_playbooks_until_they_say_otherwise(two, desk, people):
    assert desk.claim_next(by=CARLA).case.id == two[1]
    people.answers_in(CARLA, ["da"])
    assert desk.claim_next(by=CARLA).case.id == two[0]
    with pytest.raises(NotAllowed, match="Nothing is waiting"):
        desk.claim_next(by=BO)


def test_all_languages_again(two, desk, people):
    people.answers_in(ANA, ["en"])
    people.answers_in(ANA, [])
    assert desk.claim_next(by=ANA).case.id == two[0]


def test_the_form_stays_within_slacks_limits():
    answer = {"url": "https://hooks.slack.com/x", "replace": True, "direct": None}
    assert_view(languages_modal((), answer))
