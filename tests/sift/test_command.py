import json

from bot.sift.command import sift_lines


def run(sifter, *lines):
    return [json.loads(line) for line in sift_lines(lines, sifter)]


def test_a_post_a_line_gives_a_verdict_a_line(sifter):
    text = "@KastoHelp hylden er i stykker, ring 20 34 56 78"
    post = {
        "id": "7",
        "source": "x",
        "author": "mia",
        "text": text,
        "created_at": "2026-03-02T12:00:00Z",
        "more": 1,
    }
    [verdict] = run(sifter, json.dumps(post))
    assert verdict == {
        "id": "7",
        "shown": True,
        "reason": "complaint words: 'i stykker'",
        "language": "da",
        "kind": "complaint",
        "topic": None,
        "brand": "Kasto",
        "queue": "nordic",
        "severity": 0,
        "personal_data": ["20 34 56 78"],
        "personal_data_kinds": ["phone number"],
    }


def test_a_bad_line_says_what_is_wrong_and_the_rest_goes_on(sifter):
    answers = run(
        sifter,
        '{"id": 1, "text": "@KastoHelp hi"}\n',
        "{oops",
        "\n",
        '["id"]',
        '{"text": "no id"}',
        '{"id": "2", "text": 5}',
        '{"id": "3", "text": "@KastoHelp hi", "created_at": "yesterday", "author": null}',
    )
    assert [a.get("id") for a in answers] == ["1", None, None, None, None, "3"]
    assert answers[1]["error"].startswith("line 2: this is not JSON")
    assert answers[2]["error"] == "line 4: expected an object with id and text, found list"
    assert answers[3]["error"].startswith("line 5: id is missing")
    assert answers[4]["error"].startswith("line 6: text is missing")


def test_letters_stay_letters_in_the_output(sifter):
    [line] = sift_lines(['{"id": "1", "text": "Kasto: Hauptstraße 5"}'], sifter)
    assert "Hauptstraße 5" in line


def test_half_a_surrogate_pair_can_be_written_out(sifter):
    [line] = sift_lines(['{"id": "\\ud800", "text": "Kasto \\ud83d"}'], sifter)
    line.encode("utf-8")
