"""What is new in the words: in any script, and never anybody's personal data."""

from datetime import timedelta

from bot.surges.words import new_words, telling_words
from tests.people import post

USUALLY = [
    (f"before{n}", text)
    for n in range(4)
    for text in (
        "my tindra leaks in the kitchen again",
        "how do I descale the tindra duo today",
        "great coffee this morning please",
        "anyone else know which filter fits",
        "nobody answers me, it is in the mail",
    )
]


def said(*texts):
    return [(f"now{n}", text) for n, text in enumerate(texts)]


def test_what_many_say_now_and_nobody_said_before_is_new():
    now = said(
        "My Tindra Duo carafe exploded this morning, glass everywhere",
        "@TindraCare the carafe exploded and nobody answers",
        "Anyone else's carafe exploded today? Is there a recall?",
        "recall when? my carafe exploded",
        "recall the tindra duo please",
    )
    assert telling_words(now, USUALLY, ["Tindra"]) == ["carafe exploded", "recall"]


def test_scripts_without_spaces_are_read_in_pieces():
    japanese = said(
        "ティンドラのガラスが爆発した、怖い",
        "今朝ガラスが爆発しました。リコールはまだですか",
        "ガラスが爆発って本当？リコールして",
        "ティンドラ リコールはまだですか",
    )
    assert telling_words(japanese, USUALLY) == ["ガラスが爆発", "リコール"]
    chinese = said(
        "咖啡机玻璃爆炸了，太可怕",
        "我的咖啡机玻璃爆炸了",
        "玻璃爆炸了，什么时候召回",
        "请召回！玻璃爆炸了",
        "什么时候召回呢",
    )
    assert telling_words(chinese, [*USUALLY, ("x", "我的咖啡机很好")]) == ["玻璃爆炸了", "召回"]


def test_handles_links_and_numbers_are_no_words():
    now = said(*["ask @mia_jensen at https://mia.example/x or 70123456 #1234"] * 5)
    assert telling_words(now, USUALLY) == ["ask"]


def test_what_one_or_two_people_say_is_not_named():
    now = said("Mia Jensen of Elm Road burst", "Mia Jensen burst", "it burst", "burst")
    assert telling_words(now, USUALLY) == ["burst"]


def test_one_person_who_repeats_a_word_is_one():
    assert telling_words([("now", "shame"), ("now", "shame shame"), ("now", "shame!")] * 9, USUALLY) == []


def test_posts_with_personal_data_are_not_read(hear, office, db, clock):
    hear(*(post(f"tindra leaks, call Mia on +45 20 12 34 5{n}", author=f"p{n}") for n in range(5)))
    hear(*(post("tindra leaks, the gasket burst", author=f"q{n}") for n in range(5)))
    clock.pass_(minutes=1)
    with db.reading() as session:
        found = new_words(session, "Tindra", "leak", at=clock.now - timedelta(seconds=30))
    assert "gasket burst" in " ".join(found)
    assert not {"call", "mia"} & {word for one in found for word in one.split()}


def test_words_that_every_post_has_are_nothing_new():
    now = [(f"p{n}", "the gasket of the machine is burst") for n in range(6)]
    assert not {"the", "of", "is"} & set(telling_words(now, []))
    assert any("gasket" in word for word in telling_words(now, []))
