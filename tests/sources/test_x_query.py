"""What X is asked."""

import pytest

from bot.sources.x_query import MOST_CHARACTERS, compile_queries, handles_of
from tests.sources.conftest import brand


def query(**changed):
    (text,) = compile_queries([brand(**changed)]).texts
    return text


def test_a_handle_or_a_keyword_is_enough_but_no_reposts_and_nothing_of_ours():
    assert query() == "(@Tindra OR tindra) -is:retweet -from:Tindra"


def test_all_words_and_languages_narrow_the_keywords_and_not_the_handle():
    text = query(keywords={"any": ["tindra", "lamp"], "all": ["light"]}, languages=["en", "da"])
    assert text == ("(@Tindra OR ((tindra OR lamp) light (lang:en OR lang:da))) -is:retweet -from:Tindra")


def test_none_words_are_excluded_one_by_one():
    assert query(keywords={"any": ["tindra"], "none": ["job", "we are hiring"]}).endswith(
        '-from:Tindra -job -"we are hiring"'
    )


@pytest.mark.parametrize(
    ("word", "term"),
    [
        ("flat pack", '"flat pack"'),
        ("coca-cola", '"coca-cola"'),
        ("lamp*", "lamp"),
        ("#tindra", "#tindra"),
        ("Malmö", "Malmö"),
        ("or", '"or"'),
        ("from:somebody", '"from:somebody"'),
        ('say "hi" now', '"say hi now"'),
        ("a) OR (b", '"a) OR (b"'),
        ("-is:reply", '"-is:reply"'),
        ("💡", '"💡"'),
    ],
)
def test_a_word_is_written_so_that_x_reads_it_as_a_word(word, term):
    assert query(handles={}, keywords={"any": [word]}) == f"{term} -is:retweet"


def test_a_star_is_left_out_and_that_is_said():
    queries = compile_queries([brand(keywords={"any": ["lamp*"]})])
    assert queries.texts == ("(@Tindra OR lamp) -is:retweet -from:Tindra",)
    assert "X has no word*" in queries.notes[0]


def test_a_word_of_nothing_but_signs_is_not_asked_for():
    assert query(keywords={"any": ["***", '""', "tindra"]}) == "(@Tindra OR tindra) -is:retweet -from:Tindra"


def test_only_all_words_are_asked_for_together():
    assert query(handles={}, keywords={"all": ["tindra", "lamp"]}) == "tindra lamp -is:retweet"


def test_x_has_its_own_codes_for_some_languages():
    assert "(lang:iw OR lang:no)" in query(languages=["he", "nb", "nn"])


def test_a_brand_without_handles_and_keywords_asks_nothing():
    assert compile_queries([brand(handles={}, keywords={}, languages=["en"])]).texts == ()


def test_an_impossible_handle_is_left_out_and_named():
    queries = compile_queries([brand(handles={"x": ["@Tindra", "tindra lamps"]})])
    assert "@Tindra" in queries.texts[0]
    assert "lamps" not in queries.texts[0]
    assert "'tindra lamps' can't be a handle" in queries.notes[0]
    assert handles_of([brand(handles={"x": ["@Tindra", "tindra lamps", "Tindra"]})]) == ("Tindra",)


def test_many_words_become_several_queries_and_none_is_lost():
    words = [f"tindra product {n}" for n in range(120)]
    queries = compile_queries([brand(keywords={"any": words, "none": ["job"]}, languages=["en"])])
    assert len(queries.texts) > 3
    assert all(len(text) <= MOST_CHARACTERS for text in queries.texts)
    for word in words:
        assert sum(f'"{word}"' in text for text in queries.texts) == 1
    assert all("-is:retweet" in text and "-job" in text for text in queries.texts)
    assert queries.texts[0].startswith("@Tindra -is:retweet")
    assert not queries.notes


def test_narrowing_that_does_not_fit_is_left_out_and_said_but_every_word_is_asked_for():
    longest = "x" * 120
    none = [f"{n:03}" + "n" * 110 for n in range(10)]
    queries = compile_queries([brand(keywords={"any": [longest, "tindra"], "none": none})])
    assert all(len(text) <= MOST_CHARACTERS for text in queries.texts)
    assert any(longest in text for text in queries.texts)
    assert any("tindra" in text for text in queries.texts)
    assert any("left out" in note for note in queries.notes)


def test_each_brand_has_its_own_query():
    other = brand(name="Lumo", handles={"x": ["lumo"]}, keywords={"any": ["lumo"]})
    assert len(compile_queries([brand(), other, brand()]).texts) == 2
