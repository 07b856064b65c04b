import json

import pytest
from click.testing import CliRunner

import app
from bot.sift.report import score_lines
from bot.sift.scoring import score, words_in
from tests.sift.score import POSTS, read


@pytest.fixture(scope="module")
def result(sifter):
    return score(read(POSTS), sifter)


def test_the_development_file_covers_twelve_languages_and_every_kind():
    rows = read(POSTS)
    by_language = {row.language: sum(r.language == row.language for r in rows) for row in rows}
    assert len(by_language) == 12
    assert min(by_language.values()) >= 20
    assert {row.kind for row in rows} == {"complaint", "question", "praise", "idea", "ad", "other"}


def test_the_kind_is_right_on_most_posts(result):
    assert result.kinds.accuracy >= 0.93
    assert result.kinds.mean_f1 >= 0.92


def test_the_language_is_right_on_most_posts(result):
    assert result.languages.accuracy >= 0.95


def test_little_is_set_aside_wrongly(result):
    assert result.set_aside.precision >= 0.97
    assert result.set_aside.recall >= 0.95


def test_personal_data_is_found_and_little_else(result):
    assert result.personal_data.recall >= 0.97
    assert result.personal_data.precision >= 0.95


def report(sifter, *posts, misses=False):
    lines = [post if isinstance(post, str) else json.dumps(post) for post in posts]
    return "\n".join(score_lines(lines, sifter, misses=misses))


LEAK = {"text": "@KastoHelp the tap is leaking, call 020 7946 0123 please", "lang": "en", "kind": "complaint"}


def test_the_figures_of_kinds_languages_and_personal_data_are_printed(sifter):
    text = report(sifter, LEAK | {"pii": ["020 7946 0123"], "shown": True}, LEAK | {"pii": ["020 7946"]})
    rows = {line.split("  ")[0]: line.split()[-4:] for line in text.splitlines() if line}
    assert rows["complaint"] == ["1.00", "1.00", "1.00", "2"]
    assert rows["personal data"] == ["0.50", "0.50", "0.50", "2"]
    assert text.endswith(
        "2 posts; kind right 100.0%, macro-F1 1.00; language right 100.0%; on the 2 of 6 words or more 100.0%"
    )


def test_what_is_not_labelled_is_not_counted(sifter):
    text = report(sifter, {"text": "@KastoHelp hi"}, {"text": "@KastoHelp hi", "kind": "other"})
    assert "personal data" not in text
    assert "language" not in text
    assert text.endswith("2 posts; kind right 100.0%, macro-F1 1.00")


def test_personal_data_may_be_labelled_by_objects(sifter):
    text = report(sifter, LEAK | {"pii": [{"text": "020 7946 0123", "kind": "phone number"}]}, misses=True)
    assert "missed" not in text


def test_misses_are_shown_with_the_reason(sifter):
    text = report(sifter, LEAK | {"kind": "praise"}, misses=True)
    assert "kind complaint, not praise: @KastoHelp the tap is leaking" in text
    assert "(complaint words: 'leaking')" in text


def test_a_bad_line_is_named_and_the_rest_counts(sifter):
    text = report(sifter, "oops", {"kind": "rant", "text": "x"}, {"text": "x", "pii": [1]}, ["id"], LEAK)
    assert "line 1: this is not JSON" in text
    assert 'line 2: kind is "rant": one of complaint, question' in text
    assert "line 3: pii holds something other than texts" in text
    assert "line 4: expected an object" in text
    assert "\n1 posts; kind right 100.0%" in text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("@KastoHelp it doesn't work https://kasto.example/a/b #fail", 3),
        ("もう三日も待っています", 5),
        ("wi-fi is down, 😡", 3),
    ],
)
def test_words_are_counted_without_handles_and_links(text, words):
    assert words_in(text) == words


def test_the_command_measures_a_file(tmp_path):
    file = tmp_path / "labelled.jsonl"
    file.write_text(json.dumps(LEAK) + "\n", encoding="utf-8")
    book = "tests/held_out/playbook.yaml"
    done = CliRunner().invoke(app.main, ["sift", "--labels", str(file), "--playbook", book])
    assert done.exit_code == 0
    assert "1 posts; kind right 100.0%" in done.output


def test_the_command_wants_one_file_and_says_so(tmp_path):
    done = CliRunner().invoke(app.main, ["sift"])
    assert done.exit_code == 2
    assert "Name one file" in done.output
