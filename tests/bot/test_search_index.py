"""The index of words: it finds what the texts have, and holds nothing that was taken out of them."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select

from bot.by_hand import ByHand
from bot.notes import Notes
from bot.revising import Revising
from bot.search import narrowing
from bot.search.filling import Filling
from bot.search.tokens import LONGEST, MOST, asked_for, pieces_of
from bot.searching import find
from bot.withdrawing import Withdrawing
from models.errors import NotAllowed
from models.mention import Mention
from models.words import NOTE_WORDS, POST_WORDS, Unfilled
from tests.people import ANA, BO, post
from tests.sifters import sifter_of

SAID = {
    "en": ("My Tindra leaks like a sieve", ["leak", "SIEVE", "sieve"]),
    "da": ("Min kaffemaskine er utæt, og øen svømmer", ["maskine", "UTÆT", "kaffe", "Øen"]),
    "de": ("Die Kaffeemaschine läuft über, was für ein Ärger", ["maschine", "ÄRGER", "läuft", "über"]),
    "fr": ("L'eau déborde, j'ai honte", ["déborde", "l'eau", "EAU"]),
    "es": ("¿Dónde está mi cafetera?", ["dónde", "¿dónde", "cafetera?"]),
    "ja": ("コーヒーメーカーが水漏れしています", ["水漏れ", "漏", "水", "メーカー", "ます", "す"]),
    "zh": ("咖啡机漏水了,没有人回复", ["咖啡", "漏水", "咖啡机", "回复", "复"]),
    "th": ("เครื่องชงกาแฟรั่วน้ำ", ["กาแฟ", "รั่ว", "น้ำ"]),
    "ko": ("커피머신에서 물이 새요", ["커피", "커피머신", "물이"]),
    "ar": ("آلة القهوة تسرب الماء", ["القهوة", "الماء"]),
    "hi": ("मेरी कॉफी मशीन से पानी टपक रहा है", ["कॉफी", "मशीन", "पानी"]),
    "el": ("Η ΚΑΦΕΤΙΈΡΑ στάζει ΠΑΝΤΟΎ", ["στάζει", "καφετιέρα", "ΠΑΝΤΟΎ"]),
    "signs": ("50% off 🔥 order NO-48213377 at tin_dra/photo", ["50%", "🔥", "3377", "no-4821", "dra/photo"]),
}


def numbers(found) -> list[int]:
    return [view.case.id for view in found.views]


def in_index(db) -> set[str]:
    """Every word of posts and notes that the index has, as it stores them."""
    with db.reading() as session:
        rows = [*session.scalars(select(POST_WORDS.c.words)), *session.scalars(select(NOTE_WORDS.c.words))]
    return {word.strip("'") for row in rows for word in row.split()}


@pytest.fixture
def few(monkeypatch) -> None:
    """A search looks at three posts and three notes."""
    monkeypatch.setattr(narrowing, "LOOKED_AT", 3)


# What can be found.


@pytest.mark.parametrize("which", SAID)
def test_words_are_found_in_any_language(hear, office, which):
    text, asked = SAID[which]
    [mention] = hear(post(f"@TindraCare {text}"))
    hear(post("@TindraCare it is broken", author="other"))
    for word in asked:
        assert numbers(find(office, word)) == [mention.case_id], word


LETTERS = sorted({sign for text, _ in SAID.values() for sign in text.casefold()} | set(" ,.-'’_#@/!"))


@given(st.text(st.sampled_from(LETTERS), max_size=60), st.data())
def test_a_text_is_found_by_how_any_of_its_words_begins(text, data):
    words = [word for word in text.split() if len(word) > 1]
    if not words:
        return
    word = data.draw(st.sampled_from(words))
    kept = pieces_of(text)
    pieces = asked_for(word[: data.draw(st.integers(2, len(word)))])
    assume(any(len(piece.text) > 1 for piece in pieces))  # a letter alone is a word, not a beginning
    for asked in pieces:
        assert asked.text in kept or (asked.begins and any(one.startswith(asked.text) for one in kept)), asked


@given(st.text())
def test_what_goes_into_the_index_never_ends_its_quotation(text):
    for piece in [*pieces_of(text), *(one.text for one in asked_for(text))]:
        assert piece
        assert not any(sign in "'\"\\:*&|!()" or sign.isspace() for sign in piece), piece


def test_what_goes_into_the_index_is_bounded():
    assert len(pieces_of(" ".join(str(number) for number in range(10 * MOST)))) == MOST
    assert max(map(len, pieces_of("a" * 100_000))) == LONGEST


@pytest.mark.parametrize(
    "hostile", ["' & '", '" OR "', "leak') --", "a:*", "NEAR(", "{a b}:c", "\\'", "^x", "-y"]
)
def test_words_that_look_like_a_query_are_words(hear, office, hostile):
    hear(post("Tindra leaks, what a mess"))
    assert numbers(find(office, f"nowhere {hostile}")) == []


def test_signs_that_every_post_has_are_refused(hear, office):
    hear(post("Tindra leaks!!"))
    with pytest.raises(NotAllowed, match="Look for words, numbers or an emoji"):
        find(office, "!! …")
    assert len(find(office, "leaks !!").views) == 1
    assert find(office, "leaks ??").views == []


def test_words_may_stand_in_different_posts_and_notes_of_one_case(hear, office):
    [first] = hear(post("My Tindra leaks", author="mia", conversation="7"))
    hear(post("The seal is torn", author="mia", conversation="7"))
    hear(post("My Tindra leaks too", author="other"))
    Notes(office).add(first.case_id, "sent a gasket", by=BO)
    assert numbers(find(office, "leaks seal gasket")) == [first.case_id]


# Very many.


@pytest.mark.usefixtures("few")
def test_of_very_many_the_newest_are_looked_at_and_it_says_so(hear, office, clock):
    heard = []
    for number in range(5):
        clock.pass_(minutes=1)
        heard += hear(post(f"Tindra leaks {number}", author=f"a{number}", created_at=clock.now))
    found = find(office, "leaks")
    assert numbers(found) == [mention.case_id for mention in reversed(heard)][:3]
    assert (found.total, found.more) == (3, True)
    assert not find(office, "leaks 0").more


@pytest.mark.usefixtures("few")
def test_two_words_that_very_many_have_are_found_where_they_stand_together(hear, office):
    [together] = hear(post("Tindra leaks and smokes", author="old"))
    for number in range(4):
        hear(post(f"My Tindra leaks {number}", author=f"a{number}"))
        hear(post(f"My Tindra smokes {number}", author=f"b{number}"))
    assert together.case_id in numbers(find(office, "leaks smokes"))


# What may not be found any more.


def test_a_withdrawn_post_leaves_the_index_with_what_quotes_it(hear, office, db):
    [mention] = hear(post("My Tindra leaks on Blossom Street behind the bakery", author="mia_jensen"))
    Notes(office).add(mention.case_id, "on Blossom Street behind the bakery", by=BO)
    assert {"blossom", "jensen"} <= in_index(db)
    Withdrawing(office).withdraw("x", mention.external_id)
    assert not {"blossom", "jensen", "bakery", "mia"} & in_index(db)
    assert find(office, "blossom").views == []


def test_an_edited_post_is_found_by_what_it_says_now(hear, office, db):
    [mention] = hear(post("My Tindra leaks, ring Ottoline"))
    now = post("My Tindra leaks, ring nobody", external_id=mention.external_id)
    assert Revising(office, sifter_of(office.playbook)).edit(now)
    assert numbers(find(office, "nobody")) == [mention.case_id]
    assert "ottoline" not in in_index(db)


def test_a_post_that_was_set_aside_is_found_from_when_it_has_a_case(hear, office):
    [mention] = hear(post("Win a free Tindra espresso today, follow and repost", mentions_us=False))
    assert mention.case_id is None
    assert find(office, "espresso").views == []
    ByHand(office, sifter_of(office.playbook)).bring_back(mention.id, by=ANA)
    assert len(find(office, "espresso").views) == 1


# What an older program stored.


def forget_all(db, *names: str) -> None:
    """As if the rows that there are had been stored before there was an index."""
    with db.transaction() as session:
        for table in (POST_WORDS, NOTE_WORDS):
            session.execute(delete(table))
        if names:
            session.execute(insert(Unfilled), [{"name": name, "below": 1_000} for name in names])


def test_while_the_index_is_being_filled_everything_is_found(hear, office, db):
    [mention] = hear(post("My Tindra leaks"))
    Notes(office).add(mention.case_id, "a gasket", by=BO)
    forget_all(db, "mentions", "events")
    assert numbers(find(office, "leaks gasket")) == [mention.case_id]
    assert Filling(office).fill() > 0
    assert {"leaks", "gasket"} <= in_index(db)
    assert numbers(find(office, "leaks gasket")) == [mention.case_id]
    assert Filling(office).fill() == 0


def test_filling_goes_on_where_it_stopped_and_leaves_out_what_is_gone(hear, office, db, monkeypatch):
    heard = hear(*(post(f"Tindra leaks number{n}", author=f"a{n}") for n in range(4)))
    Withdrawing(office).withdraw("x", heard[1].external_id)
    forget_all(db, "mentions")
    monkeypatch.setattr("bot.search.filling.SPANS", {"mentions": 400, "events": 400})
    monkeypatch.setattr("bot.search.filling.IN_A_RUN", 2)
    assert [Filling(office).fill() for _ in range(3)] == [2, 1, 0]
    assert {word for word in in_index(db) if word.startswith("number")} == {"number0", "number2", "number3"}


def test_what_an_older_program_stores_beside_this_one_is_caught_up_with(hear, office, db):
    [mention] = hear(post("My Tindra leaks"))
    Notes(office).add(mention.case_id, "a gasket", by=BO)
    forget_all(db)
    assert find(office, "leaks").views == []
    assert Filling(office).catch_up() == 2
    assert numbers(find(office, "leaks gasket")) == [mention.case_id]
    assert Filling(office).catch_up() == 0


def test_a_post_is_in_the_index_in_the_transaction_that_stores_it(hear, office, db):
    [mention] = hear(post("My Tindra leaks"))
    with db.reading() as session:
        assert list(session.scalars(select(POST_WORDS.c.rowid))) == [mention.id]
        assert session.get_one(Mention, mention.id).case_id == mention.case_id
