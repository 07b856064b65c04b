"""Replies on Facebook: once, and with a true answer to whether they were posted."""

import hashlib
import hmac
from urllib.parse import parse_qs

import pytest

from bot.sources.facebook_reply import FacebookPoster, takes_replies
from bot.sources.posted import PostedReply, Refused, Unknown
from tests.far_network import Answer, far_network

COMMENT = "122104_998877"
PATH = f"/v24.0/{COMMENT}/comments"
TEXT = "Hi Mia, I'm Ana & I can help <3"


@pytest.fixture
def facebook():
    with far_network() as network:
        yield network


@pytest.fixture
def poster(facebook):
    return FacebookPoster("page-token", api_url=facebook.url, timeout=(1, 1))


def error(code, message="(#0) Something", **more):
    return {"error": {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A", **more}}


def test_a_reply_is_posted_below_the_comment_with_the_token_out_of_the_address(facebook, poster):
    facebook.answer(PATH, {"id": "122104_5555"})
    assert poster.post_reply(TEXT, COMMENT) == PostedReply(
        "122104_5555", "https://www.facebook.com/122104_5555"
    )
    [seen] = facebook.requests
    assert seen.method == "POST"
    assert parse_qs(seen.body.decode()) == {"message": [TEXT]}
    assert seen.headers["authorization"] == "Bearer page-token"
    assert seen.query == {}


def test_with_the_apps_secret_each_request_carries_its_proof(facebook):
    facebook.answer(PATH, {"id": "1_2"})
    FacebookPoster("page-token", "s3cret", api_url=facebook.url).post_reply(TEXT, COMMENT)
    proof = hmac.new(b"s3cret", b"page-token", hashlib.sha256).hexdigest()
    assert parse_qs(facebook.requests[0].body.decode())["appsecret_proof"] == [proof]


@pytest.mark.parametrize(
    ("status", "code", "sentence"),
    [
        (400, 190, "does not accept the page token any more .*FACEBOOK_PAGE_TOKEN"),
        (401, 102, "FACEBOOK_PAGE_TOKEN"),
        (400, 4, "no more replies from us for now"),
        (400, 32, "no more replies from us for now"),
        (403, 368, "blocked our page from replying"),
        (400, 100, "does not know this comment"),
        (403, 200, "pages_manage_engagement"),
        (400, 506, "the same words stand there already"),
        (400, 1705, "refused the reply .1705: .#0. Something"),
    ],
)
def test_what_facebook_refuses_is_a_sentence_and_nothing_is_sent_again(
    facebook, poster, status, code, sentence
):
    facebook.answer(PATH, error(code), status)
    with pytest.raises(Refused, match=sentence):
        poster.post_reply(TEXT, COMMENT)
    assert len(facebook.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        Answer(500, b'{"error": {"message": "x", "code": 2, "is_transient": true}}'),
        Answer(400, b'{"error": {"message": "x", "code": 1}}'),
        Answer(502, b"<html>Bad gateway</html>"),
        Answer(408),
        Answer(200, b"<html>"),
        Answer(200, b'{"success": true}'),
        Answer(200, b'{"id": "javascript:alert(1)"}'),
        Answer(302, headers={"Location": "/elsewhere"}),
        Answer(cut=True),
        Answer(200, b'{"id": "1_2"}', delay=3),
    ],
    ids=lambda answer: f"{answer.status} {answer.body[:20]!r}",
)
def test_an_unclear_outcome_is_said_to_be_unclear(facebook, poster, answer):
    facebook.answer_with(PATH, lambda seen: answer)
    with pytest.raises(Unknown, match="look"):
        poster.post_reply(TEXT, COMMENT)
    assert len(facebook.requests) == 1


def test_a_far_side_that_is_not_there_has_posted_nothing():
    with pytest.raises(Refused, match="nothing was posted"):
        FacebookPoster("t", api_url="http://127.0.0.1:9", timeout=(1, 1)).post_reply(TEXT, COMMENT)


@pytest.mark.parametrize("number", ["../me", "12/likes", "", "1_2_3", "१२", "12?x=1"])
def test_what_is_no_number_of_facebooks_never_becomes_part_of_an_address(facebook, poster, number):
    assert not takes_replies(number)
    with pytest.raises(Refused, match="by hand"):
        poster.post_reply(TEXT, number)
    assert facebook.requests == []


def test_doctor_asks_whether_the_token_is_good(facebook, poster):
    facebook.answer("/v24.0/me", {"id": "122104", "name": "Tindra"})
    assert poster.check() is None
    facebook.forget()
    facebook.answer("/v24.0/me", error(190, "Error validating access token"), 400)
    assert "FACEBOOK_PAGE_TOKEN" in str(poster.check())
    assert "set FACEBOOK_PAGE_TOKEN" in str(FacebookPoster(None).check())
    assert "can't be reached" in str(FacebookPoster("t", api_url="http://127.0.0.1:9").check())
