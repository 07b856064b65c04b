"""What another tool may send: each mistake is one sentence, and leaves the others."""

import json
from typing import Any

import pytest

from bot.sources.webhook import Unreadable, Webhook
from tests.people import NOON

DESK = Webhook("desk", ("not-needed-for-reading-them",))


def item(**changed: Any) -> dict[str, Any]:
    given = {"id": "t1", "source": "forum", "author": "mia", "text": "My Tindra leaks"}
    return {key: value for key, value in (given | changed).items() if value is not ...}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff", "not UTF-8"),
        (b"[" * 200_000, "not JSON"),
        (b'{"id": ' + b"9" * 5000 + b"}", "not JSON"),
        (b'{"id": NaN}', "not JSON"),
    ],
)
def test_a_body_that_is_no_json_is_refused(body, words):
    with pytest.raises(Unreadable, match=words):
        DESK.read(body, NOON)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"id": ...}, "id is missing"),
        ({"id": ""}, "id is missing"),
        ({"id": "\x00"}, "id is missing"),
        ({"id": "x" * 256}, "id is longer than 255"),
        ({"id": True}, "id is missing"),
        ({"id": 10**50}, "id is missing"),
        ({"source": ...}, "source is missing"),
        ({"source": "slack"}, "a place of our own"),
        ({"source": "phone"}, "a place of our own"),
        ({"source": "Slack"}, "small letters"),
        ({"source": "x" * 41}, "small letters"),
        ({"source": "<!channel>"}, "small letters"),
        ({"author": None}, "author is missing"),
        ({"author": {"name": "mia"}}, "author is missing"),
        ({"text": " \n "}, "text is missing"),
        ({"url": "javascript:alert(1)"}, "url is not a link"),
        ({"url": "https://"}, "url is not a link"),
        ({"url": "https://[half/"}, "url is not a link"),
        ({"url": "https://x.example/" + "a" * 2000}, "url is not a link"),
        ({"url": ["https://x.example"]}, "url is not text"),
        ({"conversation": "c" * 256}, "conversation is longer"),
        ({"mentions_us": "yes"}, "mentions_us is not true or false"),
        ({"created_at": "99999-01-01T00:00:00Z"}, "created_at is not a time"),
        ({"created_at": "0001-01-01T00:00:00+14:00"}, "created_at is not a time"),
        ({"created_at": "1970-01-01T00:00:00Z"}, "before the year 2000"),
        ({"created_at": 1773142200}, "created_at is not a time"),
        ({"edited_at": "yesterday"}, "edited_at is not a time"),
        ({"deleted": True, "id": 7.5}, "id is missing"),
        ({"deleted": True, "source": "phone"}, "a place of our own"),
        ({"metrics": {"likes": 10**30}}, "metrics"),
        ({"metrics": {"likes": -1}}, "metrics"),
        ({"metrics": {"likes": 1.5}}, "metrics"),
        ({"metrics": {f"m{n}": 1 for n in range(21)}}, "metrics"),
    ],
)
def test_a_mention_that_cannot_be_is_named_and_nothing_is_stored(changed, words):
    read = DESK.read(json.dumps([item(**changed), item()]).encode(), NOON)
    assert words in read.errors[0][1]
    assert len(read.errors) == len(read.posts) == 1
