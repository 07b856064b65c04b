"""The learned part of the sift."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from bot.sift.kind_learned import SIGNS, Read, Weights, learned
from bot.sift.kind_words import grams
from config.playbook import Playbook
from config.settings import ROOT
from config.sifting import Kind
from tests.sift.company import packs, playbook, sift
from tests.sift.learn import lines, mark
from tests.sifters import sifter_of


def test_the_weights_were_learned_from_the_posts_that_are_here():
    shipped = json.loads(SIGNS.read_text(encoding="utf-8"))
    assert shipped["learned_from"] == mark(), "run python -m tests.sift.learn"


def test_there_are_600_posts_to_learn_from_in_each_language_and_none_is_a_development_post():
    texts = [(line["lang"], line["text"]) for line in lines()]
    for language in packs():
        assert sum(one == language for one, _ in texts) >= 600
    development = (ROOT / "tests/sift/posts.jsonl").read_text(encoding="utf-8").splitlines()
    assert not {text for _, text in texts} & {json.loads(line)["text"] for line in development}


def test_there_is_a_file_of_words_for_each_language_and_a_language_without_one_has_none():
    shipped = learned()

    assert {language for language in packs() if shipped.words(language)} == set(packs())
    for language in ("xx", "unknown", "../weights/en", ""):
        assert shipped.words(language) is None


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


def no_words(language: str) -> None:
    return None


def read(weights: Mapping[str, tuple[int, ...]], ruled: Kind, **changes: Any) -> Read:
    return Weights(weights, no_words).read(set(weights), (), "en", ruled, **changes)


def test_a_sign_that_nobody_knows_changes_nothing():
    found = Weights({}, no_words).read({"theme x 1+"}, {"word"}, "en", "praise")
    assert (found.kind, found.namesake) == ("praise", 0.0)


def test_words_are_weighed_in_their_own_language_only():
    weights = Weights({}, {"sv": {"barn": (0, 0, 300, 0, 0, 0, 0)}}.get)
    assert weights.read((), {"barn"}, "sv", "other").kind == "praise"
    assert weights.read((), {"barn"}, "en", "other").kind == "other"


def test_what_hardly_reads_like_an_ad_is_none_unless_the_rules_see_one():
    hardly = {"a": (0, 0, 0, 0, 160, 0, 0)}
    assert read(hardly, "other").kind != "ad"
    assert read(hardly, "ad").kind == "ad"
    assert read({"a": (0, 0, 0, 0, 400, 0, 0)}, "other").kind == "ad"
    assert read({"a": (0, 0, 0, 0, 400, 0, 0)}, "other", never={"ad"}).kind != "ad"


def test_an_ad_by_the_rules_that_reads_like_none_is_none():
    assert read({"a": (300, 0, 0, 0, 0, 0, 0)}, "ad").kind == "complaint"


def test_what_spoke_for_a_kind_is_told_the_heaviest_first():
    weights = {"a": (10, 0, 100, 0, 0, 0, 0), "b": (0, 0, 200, 0, 0, 0, 0), "c": (50, 0, 0, 0, 0, 0, 0)}
    assert read(weights, "complaint").signs == ("b", "a")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("don't wait", {"don't", "wait", "^ don't", "don't wait", "wait $"}),
        ("3 wins!", {"3", "wins", "!", "^ 3", "3 wins", "wins !", "! $"}),
        ("漏水了", {"漏水", "水了", "漏水了"}),
        ("", {"^ $"}),
    ],
)
def test_words_are_weighed_alone_and_with_the_one_before(text, found):
    assert set(grams(text)) == found


def test_a_post_of_any_length_is_read(sifter):
    assert sift(sifter, "Kasto " + "so it goes on and on. " * 1200).kind
