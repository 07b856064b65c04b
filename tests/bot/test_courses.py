"""The courses as they come with the bot: alike in every language, and all that Slack takes."""

import pytest

from bot.blocks.training import courses_modal, page_modal, quiz_modal
from bot.training import Standing
from config.courses import FALLBACK, FOLDER, course_languages, courses
from config.playbook import load_playbook
from config.settings import ROOT
from tests.people import ANA
from tests.slack_limits import assert_view

EVERY = [(language, key) for language in course_languages() for key in courses(language)]


@pytest.mark.parametrize(("language", "key"), EVERY)
def test_a_course_exists_in_every_language_with_the_same_pages_and_right_answers(language, key):
    assert (FOLDER / language / f"{key}.yaml").exists()
    course, english = courses(language)[key], courses(FALLBACK)[key]
    assert len(course.pages) == len(english.pages)
    assert [(q.right, len(q.answers)) for q in course.quiz] == [
        (q.right, len(q.answers)) for q in english.quiz
    ]


@pytest.mark.parametrize(("language", "key"), EVERY)
def test_every_page_and_quiz_is_one_that_slack_takes(language, key):
    course = courses(language)[key]
    for page in range(len(course.pages)):
        assert_view(page_modal(key, course, language, page))
    assert_view(quiz_modal(key, course, language, wrong=range(len(course.quiz))))


@pytest.mark.parametrize("language", course_languages())
def test_the_list_of_courses_is_one_that_slack_takes(language):
    known = courses(language)
    assert_view(courses_modal(Standing(ANA, 0, "newcomer", {}), known, course_languages()))


@pytest.mark.parametrize("key", courses())
def test_the_right_answer_is_not_always_at_the_same_place(key):
    assert len({question.right for question in courses()[key].quiz}) > 2


def test_every_course_leads_to_a_level_of_the_demo():
    training = load_playbook(ROOT / "config" / "playbook.yaml").training
    assert training is not None
    assert {key for level in training.levels for key in level.courses} == set(courses())
