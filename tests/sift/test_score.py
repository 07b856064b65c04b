import pytest

from tests.sift.score import POSTS, read, score


@pytest.fixture(scope="module")
def result(sifter):
    return score(read(POSTS), sifter)


def test_the_development_file_covers_twelve_languages_and_every_kind(result):
    rows = read(POSTS)
    assert len(rows) >= 160
    assert len({row["lang"] for row in rows}) == 12
    assert {row["kind"] for row in rows} == {"complaint", "question", "praise", "idea", "ad", "other"}


def test_the_kind_is_right_on_most_posts(result):
    assert result.kind_accuracy >= 0.93
    assert result.mean_f1 >= 0.92


def test_the_language_is_right_on_most_posts(result):
    assert result.language_accuracy >= 0.95


def test_little_is_set_aside_wrongly(result):
    assert result.set_aside.precision >= 0.97
    assert result.set_aside.recall >= 0.95


def test_personal_data_is_found_and_little_else(result):
    assert result.personal_data.recall >= 0.97
    assert result.personal_data.precision >= 0.95
