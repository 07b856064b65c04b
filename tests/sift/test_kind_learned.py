"""The learned part of the sift."""

import json

import pytest

from bot.sift.kind_learned import FILE, Weights
from bot.sift.kind_signs import settled, signs, without_support
from config.playbook import Playbook
from tests.sift.company import packs, playbook, sift
from tests.sift.learn import lines, mark
from tests.sifters import sifter_of


def test_the_weights_were_learned_from_the_posts_that_are_here():
    learned = json.loads(FILE.read_text(encoding="utf-8"))
    assert learned["learned_from"] == mark(), "run python -m tests.sift.learn"


def test_there_are_150_posts_to_learn_from_in_each_language_and_none_is_a_development_post():
    texts = [(line["lang"], line["text"]) for line in lines()]
    for language in packs():
        assert sum(one == language for one, _ in texts) >= 150
    development = (FILE.parents[2] / "tests/sift/posts.jsonl").read_text(encoding="utf-8").splitlines()
    assert not {text for _, text in texts} & {json.loads(line)["text"] for line in development}


HIDDEN = [
    (
        "complaint",
        "@KastoHelp I was told Monday. On Monday I was told Thursday. Now nobody says anything at all.",
    ),
    (
        "complaint",
        "@KastoHelp erst hieß es Montag, dann Mittwoch, und jetzt ruft seit einer Woche niemand zurück",
    ),
    (
        "complaint",
        "@KastoHelp au téléphone on me dit mardi, par mail on me dit vendredi, et toujours rien à la maison",
    ),
]


@pytest.mark.parametrize(("kind", "text"), HIDDEN)
def test_a_complaint_without_a_word_for_it_is_read_from_its_themes(sifter, kind, text):
    verdict = sift(sifter, text)
    assert verdict.kind == kind
    assert verdict.shown


def test_the_reason_says_that_it_was_read_and_from_what(sifter):
    verdict = sift(sifter, HIDDEN[0][1])
    assert verdict.reason.startswith("reads like a complaint: '")


def test_a_short_post_with_a_strong_word_stays_what_the_rules_say(sifter):
    verdict = sift(sifter, "@KastoHelp the tap in my kitchen is leaking")
    assert verdict.reason == "complaint words: 'leaking'"


def test_what_was_learned_makes_no_grave_post_everyday(sifter):
    kind = "@KastoHelp your driver carried it all upstairs, held my gran's hand and asked how she was"
    assert sift(sifter, f"{kind} that same day").kind == "praise"
    verdict = sift(sifter, f"{kind} when we saw the flames")
    assert verdict.kind != "praise"
    assert verdict.severity == 3


def test_words_that_the_team_excepts_from_ads_are_never_read_as_one():
    text = (
        "@KastoHelp 40 quid cash, collect from Hull, size M, spare code and link in bio, win a voucher, apply"
    )
    book: Playbook = playbook(sift={"ads": {"unless": ["quid"]}})
    assert sift(sifter_of(book), text).kind != "ad"


def test_a_sign_that_nobody_knows_changes_nothing():
    assert Weights({}).read({"theme x 1+"}, "praise").kind == "praise"


def test_the_rules_head_start_decides_a_tie():
    weights = Weights({"a": (1.0, 0.0, 1.0, 0.0, 0.0, 0.0)})
    assert weights.read({"a"}, "praise").kind == "praise"
    assert weights.read({"a"}, "complaint").kind == "complaint"


def test_what_hardly_reads_like_an_ad_is_none():
    weights = Weights({"a": (0.0, 0.0, 0.0, 0.0, 1.6, 0.0)})
    assert weights.read({"a"}, "other").kind == "other"


def test_no_post_is_read_as_praise_or_an_ad_without_a_word_of_either():
    nothing = weighed("one two three four five six seven")
    assert without_support(nothing) == {"praise", "question", "idea", "ad"}
    assert "praise" not in without_support(nothing | {"theme kindness 1+"})


def weighed(text: str, **tally: int) -> set[str]:
    return signs(text, tally, {}, "complaint", has_link=False, has_tag=False)


def test_a_strong_word_beside_one_for_another_kind_settles_no_long_post():
    long = "one two three four five six seven eight nine ten eleven twelve"
    assert settled(weighed(long, complaint=1), "complaint")
    assert not settled(weighed(long, complaint=1, praise=1), "complaint")
    assert settled(weighed("one two three four five six", complaint=1, praise=1), "complaint")
    assert settled(weighed("hardly a word"), "complaint")
    assert not settled(weighed(long), "complaint")


def test_a_post_of_any_length_is_read(sifter):
    assert sift(sifter, "Kasto " + "so it goes on and on. " * 1200).kind
