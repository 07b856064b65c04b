"""The reply check over JSON Lines."""

import json

from bot.reply_check.command import check_lines
from tests.reply_check.score import TINDRA


def test_each_line_gets_its_finding_and_keeps_its_id():
    lines = [
        '{"id": 7, "text": "Hvad er dit ordrenummer?", "language": "da", "more": 1}',
        "",
        '{"text": "Æbler!"}',
    ]
    first, second = [json.loads(line) for line in check_lines(lines, TINDRA)]
    assert first["id"] == 7
    assert first["asks_in_public"] is True
    keys = ["asks_in_public", "invites_private", "introduces", "gives_away", "problems", "found"]
    assert list(second) == keys
    assert first["found"][0]["key"] == "asks_in_public"
    assert first["found"][0]["stops"] is True


def test_a_line_may_bring_the_customers_posts_and_earlier_replies():
    line = json.dumps(
        {"text": "Order 4711-2231 left today.", "language": "en", "customer": ["4711-2231?"], "recent": []}
    )
    (found,) = [json.loads(line) for line in check_lines([line], TINDRA)]
    assert "repeats_theirs" in [problem["key"] for problem in found["found"]]


def test_a_bad_line_is_one_error_and_the_rest_goes_on():
    lines = [
        '{"text": "ok"}',
        "{",
        '["text"]',
        '{"text": 3}',
        '{"text": "x", "language": 1}',
        '{"text": "x", "recent": "y"}',
        '{"text": "ok"}',
    ]
    found = [json.loads(line) for line in check_lines(lines, TINDRA)]
    assert [item.get("error", "").split(":")[0] for item in found] == [
        "",
        "line 2",
        "line 3",
        "line 4",
        "line 5",
        "line 6",
        "",
    ]


def test_a_lone_surrogate_is_answered_in_printable_text():
    (line,) = check_lines(['{"text": "What is your order number \\ud83d?"}'], TINDRA)
    assert line.encode("utf-8")
    assert json.loads(line)["asks_in_public"] is True


def test_letters_stay_letters():
    (line,) = check_lines(['{"text": "Vi sender til Ærøvej 12."}'], TINDRA)
    assert "Ærøvej 12" in line
