import time
from random import Random

import pytest

from bot.sift.plain_text import normalised, plain_text
from bot.sift.word_entries import Entry
from bot.sift.words import WordBook, WordList, word_list

MATCHES = [
    ("kasto", "Kasto's new shop", "kasto"),
    ("kasto", "(KASTO)!", "kasto"),
    ("kasto", "#Kasto", "kasto"),
    ("kasto*", "das Kastoregal", "kastoregal"),
    ("*maskine", "min kaffemaskine larmer", "kaffemaskine"),
    ("*fee*", "the roaming-fees page", "fee"),
    ("for sale", "FOR\n  SALE today", "for\n  sale"),
    ("second hand", "a second-hand bike", "second-hand"),
    ("don't", "I don’t know", "don't"),
    ("café", "un CAFÉ froid", "café"),
    ("straße", "STRASSE", "strasse"),
    ("壊れ", "昨日から壊れています", "壊れ"),
    ("kasto", "Kastoの椅子", "kasto"),
    ("kasto", "Kas\u200bto", "kasto"),
    ("kasto", "ＫＡＳＴＯ", "kasto"),
    ("#ad", "so good #ad", "#ad"),
    ("not working", "it is not working, not at all", "not working"),
]
NO_MATCHES = [
    ("kasto", "kastolux"),
    ("kasto", "kasto_fan"),
    ("kasto*", "bekasto"),
    ("*maskine", "maskinen"),
    ("cafe", "un café froid"),
    ("for sale", "for the sale"),
    ("*", "anything"),
    ("", "anything"),
]


@pytest.mark.parametrize(("word", "text", "found"), MATCHES)
def test_a_word_is_found_whole_whatever_stands_around_it(word, text, found):
    assert word_list((word,)).first(normalised(text)) == found


@pytest.mark.parametrize(("word", "text"), NO_MATCHES)
def test_a_word_within_another_word_is_not_found(word, text):
    assert word_list((word,)).first(normalised(text)) is None


def test_the_longest_entry_wins():
    found = [
        m[0] for m in word_list(("not", "not working", "not working again")).all("not working again, not")
    ]
    assert found == ["not working again", "not"]


def test_an_empty_list_finds_nothing():
    assert word_list(()).first("anything at all") is None


def test_a_place_in_the_plain_text_leads_back_to_the_original():
    text = "Tel\u200b．\u202e ２０ 12"
    plain = plain_text(text)
    start, end = plain.span(plain.text.index("20"), plain.text.index("20") + 2)
    assert text[start:end] == "２０"


@pytest.mark.parametrize("junk", ["kasto" * 2000, "a-" * 5000, " " * 10_000, "'" * 10_000, "kas " * 2500])
def test_long_junk_is_read_in_bounded_time(junk):
    words = word_list(("kasto*", "*maskine", "for sale", "kas kas kasto"))
    begun = time.perf_counter()
    list(words.all(normalised(junk)))
    assert time.perf_counter() - begun < 10  # a pattern that backtracks takes minutes


def test_lists_of_a_book_are_found_each_for_itself():
    book = WordBook({"broken": ("not working",), "no": ("not",), "ads": ("#ad",)})
    text = normalised("Not-working, and that is #ad for you")
    assert [(name, book[name].first(text)) for name in ("broken", "no", "ads")] == [
        ("broken", "not-working"),
        ("no", "not"),
        ("ads", "#ad"),
    ]


def test_lists_of_one_name_are_read_as_one_list_across_books():
    books = (WordBook({"sale": ("for sale",)}), WordBook({"sale": ("for sale now",)}))
    assert WordList(books, "sale").first("it is for sale now") == "for sale now"


@pytest.mark.parametrize("seed", range(20))
def test_what_is_found_is_what_an_expression_for_each_entry_finds(seed):
    random = Random(seed)
    pieces = ["ab", "a", "b", "abc", "é", "壊", "壊れ", "1", "_", "😀", " ", " ", "-", "'", "#", "  "]
    write = lambda most: "".join(random.choices(pieces, k=random.randint(1, most)))  # noqa: E731
    for _ in range(50):
        entry = random.choice(["{}", "{}*", "*{}", "*{}*"]).format(write(4))
        text = normalised(write(14))
        form = Entry.of("", entry)
        expected = [m[0] for m in form.pattern.finditer(text)] if form else []
        assert [place.word for place in word_list((entry,)).all(text)] == expected
