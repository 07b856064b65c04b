"""Replies on X: once, and with a true answer to whether they were posted."""

import logging

import pytest

from bot.sources.posted import PostedReply, Refused, Unknown
from bot.sources.x_reply import XPoster
from tests.far_network import far_network

POSTS = "/2/tweets"
KEYS = ("consumer", "consumer-secret", "access", "access-secret")


@pytest.fixture
def poster(network):
    return XPoster(*KEYS, api_url=network.url, timeout=(1, 0.3))


def test_a_reply_is_posted_as_us_under_the_post(network, poster):
    network.answer(POSTS, {"data": {"id": "1999", "text": "Hello"}}, 201)
    assert poster.post_reply("Hello", "1888") == PostedReply("1999", "https://x.com/i/web/status/1999")
    (seen,) = network.requests
    assert seen.method == "POST"
    assert seen.json() == {"text": "Hello", "reply": {"in_reply_to_tweet_id": "1888"}}
    assert seen.headers["authorization"].startswith("OAuth ")
    assert 'oauth_token="access"' in seen.headers["authorization"]


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (400, {"errors": [{"message": "text is too long"}]}, "refused the reply .400: text is too long"),
        (401, {}, "check X_CONSUMER_KEY"),
        (402, {"title": "CreditsDepleted"}, "paid"),
        (
            403,
            {"detail": "Reply to this conversation is not allowed"},
            "does not allow .*conversation is not",
        ),
        (403, "[]", "does not allow this reply"),
        (404, "gone", "refused"),
        (429, {}, "try again later"),
    ],
)
def test_what_x_refuses_was_not_posted(status, body, sentence, network, poster):
    network.answer(POSTS, body, status)
    with pytest.raises(Refused, match=sentence):
        poster.post_reply("Hello", "1888")
    assert len(network.requests) == 1


@pytest.mark.parametrize(
    "far_side",
    [
        {"status": 500},
        {"status": 503, "body": "<html>"},
        {"status": 408},
        {"status": 307, "headers": {"Location": "/2/tweets"}},
        {"status": 302, "headers": {"Location": "/elsewhere"}},
        {"status": 201, "body": "{broken"},
        {"status": 201, "body": {"data": {"text": "Hello"}}},
        {"status": 201, "body": {"data": [{"id": "1"}]}},
        {"status": 200, "body": {"data": {"id": "../1"}}},
        {"cut": True},
        {"delay": 5},
    ],
)
def test_an_outcome_that_cannot_be_told_is_said_so_and_never_tried_again(far_side, network, poster):
    network.answer(POSTS, **far_side)
    with pytest.raises(Unknown, match="look on X"):
        poster.post_reply("Hello", "1888")
    assert len(network.requests) == 1


def test_where_nobody_listens_nothing_was_posted():
    with far_network() as gone:
        url = gone.url
    with pytest.raises(Refused, match="nothing was posted"):
        XPoster(*KEYS, api_url=url).post_reply("Hello", "1888")


def test_missing_keys_are_named_and_nothing_is_sent(network):
    poster = XPoster("consumer", None, "access", "", api_url=network.url)
    with pytest.raises(Refused, match=r"set X_CONSUMER_SECRET, X_ACCESS_TOKEN_SECRET$"):
        poster.post_reply("Hello", "1888")
    assert network.requests == []


def test_keys_and_customers_words_do_not_reach_the_log(network, poster, caplog):
    network.answer(POSTS, {"data": {"id": "1999"}}, 201)
    with caplog.at_level(logging.DEBUG):
        poster.post_reply("Hello", "1888")
    assert "OAuth" not in caplog.text
    assert "tweepy" not in caplog.text
