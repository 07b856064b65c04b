"""A private message below a comment: once, and with a true answer to whether it was sent."""

import json
from urllib.parse import parse_qs

import pytest

from bot.sources.facebook_private import FacebookMessenger
from bot.sources.posted import Refused, Unknown
from tests.far_network import far_network
from tests.sources.facebook_shapes import PAGE, error

COMMENT, PATH = "5001_9001", f"/v24.0/{PAGE}/messages"
TEXT = "Hi Mia, I'm Ana & I can help <3"
SENT = {"recipient_id": "77001", "message_id": "m_AG5Hz2Uq7tuwNEhXfYYKj8mJEM"}


@pytest.fixture
def facebook():
    with far_network() as network:
        yield network


@pytest.fixture
def messenger(facebook):
    return FacebookMessenger("page-token", page_id=PAGE, api_url=facebook.url, timeout=(1, 1))


def test_it_goes_to_who_wrote_the_comment(facebook, messenger):
    facebook.answer(PATH, SENT)
    assert messenger.write_privately(TEXT, COMMENT) == SENT["message_id"]
    [seen] = facebook.requests
    given = {key: json.loads(values[0]) for key, values in parse_qs(seen.body.decode()).items()}
    assert given == {"recipient": {"comment_id": COMMENT}, "message": {"text": TEXT}}
    assert seen.headers["authorization"] == "Bearer page-token"
    assert seen.query == {}


def test_or_to_who_wrote_a_post_on_our_page(facebook, messenger):
    facebook.answer(PATH, SENT)
    messenger.write_privately(TEXT, f"{PAGE}_5002")
    body = parse_qs(facebook.requests[0].body.decode())
    assert json.loads(body["recipient"][0]) == {"post_id": f"{PAGE}_5002"}


@pytest.mark.parametrize(
    ("status", "code", "sentence"),
    [
        (400, 190, "FACEBOOK_PAGE_TOKEN"),
        (400, 613, "try again later"),
        (403, 10, "pages_messaging"),
        (403, 230, "pages_messaging"),
        (400, 100, "is it still there"),
        (400, 551, "take no messages from our page"),
        (400, 10900, "somebody wrote to them"),
        (400, 10901, "too old"),
        (400, 77777, "refused the message .77777: .#0. Something."),
    ],
)
def test_what_facebook_refuses_was_not_sent(facebook, messenger, status, code, sentence):
    facebook.answer(PATH, error(code), status)
    with pytest.raises(Refused, match=sentence):
        messenger.write_privately(TEXT, COMMENT)
    assert len(facebook.requests) == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, error(1)),
        (500, error(2)),
        (200, error(1200)),
        (500, b"<html>"),
        (408, b""),
        (200, b"{}"),
        (200, b'{"message_id": 7}'),
        (200, b'{"message_id'),
    ],
)
def test_what_nobody_can_tell_is_said(facebook, messenger, status, body):
    facebook.answer(PATH, body, status)
    with pytest.raises(Unknown):
        messenger.write_privately(TEXT, COMMENT)
    assert len(facebook.requests) == 1


def test_a_broken_connection_is_unknown_and_none_at_all_is_not_sent(facebook, messenger):
    facebook.answer(PATH, b"", cut=True)
    with pytest.raises(Unknown):
        messenger.write_privately(TEXT, COMMENT)
    nobody = FacebookMessenger("t", api_url="http://127.0.0.1:9", timeout=(1, 1))
    with pytest.raises(Refused, match="nothing was sent"):
        nobody.write_privately(TEXT, COMMENT)


@pytest.mark.parametrize("number", ["../me", "", "5001_9001/likes"])
def test_a_number_that_is_none_of_facebooks_is_never_asked_about(facebook, messenger, number):
    with pytest.raises(Refused, match="none of Facebook's"):
        messenger.write_privately(TEXT, number)
    assert facebook.requests == []


def test_without_a_token_nothing_is_sent(facebook):
    with pytest.raises(Refused, match="FACEBOOK_PAGE_TOKEN"):
        FacebookMessenger(None, api_url=facebook.url).write_privately(TEXT, COMMENT)
