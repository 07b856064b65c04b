"""The learned part of the reply check."""

import json

import pytest

from bot.reply_check import check_reply
from bot.reply_check.learned import FOLDER, THING, Seen, Weights, features, weights
from tests.reply_check.learn import LANGUAGES, mark
from tests.reply_check.score import TINDRA


def seen(text: str, *, asks: bool = False) -> Seen:
    return Seen(text, asks, public=False, private=False, elsewhere=False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_weights_were_learned_from_the_drafts_that_are_here(language: str):
    learned = json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    assert learned["learned_from"] == mark(), "run python -m tests.reply_check.learn"


def test_words_around_the_thing_are_weighed_by_their_side_and_distance():
    found = features(seen(f"could you share {THING} with us", asks=True))
    assert {"1 share", "before 0 share", "after 0 with", "begin ? could", "3 ^ could you"} <= found


def test_a_sentence_of_unknown_words_is_as_likely_as_not():
    assert Weights({}).likelihood(seen("xyzzy")) == 0.5


def test_a_language_without_drafts_has_no_weights():
    assert weights("xx") is None
    assert weights("../weights/en") is None


def test_a_rule_alone_does_not_stop_what_hardly_asks():
    assert not check_reply(
        "Which model number is on the box?", "en", TINDRA, introduction_needed=False
    ).asks_in_public
