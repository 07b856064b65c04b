"""Training, as an employee takes it in Slack: refused, a course, a quiz, and then the case."""

import pytest

from config.courses import courses
from tests.journeys.acts import hear
from tests.people import ANA, GRY, playbook, post
from tests.slack import running, settings_for, words

RULES = {"levels": [{"level": 1, "name": "all", "kinds": ["complaint"], "courses": ["tone"]}]}


@pytest.fixture
def here(slack, tmp_path):
    book = playbook(training=RULES)
    with running(settings_for(slack.url, f"sqlite:///{tmp_path / 'test.db'}"), book) as parts:
        yield parts


def test_a_newcomer_is_refused_takes_the_course_and_claims(here, slack):
    course = courses()["tone"]
    hear(here, post())
    slack.click(ANA, slack.card(1), "claim")
    assert course.title in words(slack.private(ANA, "needs level 1"))

    slack.command(ANA, "/training")
    assert course.title in words(slack.view("Training"))
    slack.submit(ANA, course="tone", language="en")
    for page in range(len(course.pages)):
        slack.view(having=f"{page + 1} of {len(course.pages)}")
        slack.submit(ANA)
    slack.view(having=course.quiz[0].question)
    wrong = {f"q{n}": str(q.right % len(q.answers) + 1) for n, q in enumerate(course.quiz)}
    slack.submit(ANA, **wrong)
    slack.view(having=course.quiz[0].why)
    slack.submit(ANA, **{f"q{n}": str(q.right) for n, q in enumerate(course.quiz)})
    slack.view(having="You passed")

    slack.click(ANA, slack.card(1), "claim")
    assert slack.private(ANA, "It is yours")


def test_a_lead_records_a_course_and_sees_who_is_trained(here, slack):
    slack.command(ANA, "/training", "team")
    assert slack.private(ANA, "Only a lead")
    slack.command(GRY, "/training", "record tone <@UANA>")
    assert slack.private(GRY, "Recorded")
    assert slack.direct(ANA, "recorded that you took")
    slack.command(GRY, "/training", "team")
    assert "<@UANA> level *1*" in words(slack.private(GRY, "Trained"))
