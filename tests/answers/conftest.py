"""What the tests of approved answers share."""

from typing import Any

import pytest

from bot.answers.form import Draft
from bot.answers.keeping import Answers
from bot.answers.offering import AnswerOffers
from bot.answers.reminding import AnswerChecks
from bot.answers.suggesting import Suggestions

TEXT = "Hi {customer}, I'm {me}, {role} at {company}. Press the tank's seal back into its groove."
EXAMPLE = "There is a puddle under my Tindra every morning.\nMy machine leaks all over the counter."


def draft(**changes: Any) -> Draft:
    """A good answer about leaks; `changes` replace its fields."""
    given: dict[str, Any] = {
        "title": "Water under the machine",
        "topic": "leak",
        "language": "en",
        "text": TEXT,
        "example": EXAMPLE,
        "holds_days": 180,
    }
    return Draft(**(given | changes))


@pytest.fixture
def answers(office) -> Answers:
    return Answers(office)


@pytest.fixture
def offers(office) -> AnswerOffers:
    return AnswerOffers(office)


@pytest.fixture
def checks(office) -> AnswerChecks:
    return AnswerChecks(office)


@pytest.fixture
def suggestions(office) -> Suggestions:
    """Waits for what is compared, however long it takes on a busy machine."""
    return Suggestions(office, patience=60)
