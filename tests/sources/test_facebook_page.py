"""Our page on Facebook, asked over real HTTP: paging, limits, expired tokens, half-broken answers."""

import json
from datetime import timedelta

import pytest

from bot.sources import Busy, SourceError
from bot.sources.facebook import FIRST_WINDOW, FacebookPage
from bot.sources.facebook_api import FacebookApi
from bot.sources.facebook_window import REQUESTS_A_FETCH
from tests.far_network import Answer, far_network
from tests.people import NOON, Time
from tests.sources.facebook_shapes import PAGE, POST, comment, error, wall_post

FEED, COMMENTS = f"/v24.0/{PAGE}/feed", f"/v24.0/{POST}/comments"


@pytest.fixture
def facebook():
    with far_network() as network:
        yield network


@pytest.fixture
def clock():
    return Time()


@pytest.fixture
def page(facebook, clock):
    api = FacebookApi("page-token", "s3cret", api_url=facebook.url, timeout=(1, 1))
    return FacebookPage(api, PAGE, 300, clock)


def ids(batch):
    return [post.external_id for post in batch.posts]


def asked(facebook, path):
    return [seen for seen in facebook.requests if seen.path == path]


def later(path, **query):
    """The address of the next page, as Facebook gives it: with the token in it, and on its own host."""
    more = "&".join(f"{key}={value}" for key, value in query.items())
    return {"next": f"https://graph.facebook.com{path}?access_token=REDACTED&limit=9&{more}"}


def test_new_comments_and_visitors_posts_come_oldest_first(facebook, page):
    visitor = wall_post(5002, created_time="2026-03-10T11:40:00+0000", by={"id": "77002", "name": "Bo"})
    facebook.answer(FEED, {"data": [wall_post(), visitor]})
    facebook.answer(COMMENTS, {"data": [comment(2, at="2026-03-10T11:55:00+0000"), comment(1)]})
    facebook.answer(f"/v24.0/{PAGE}_5002/comments", {"data": []})
    batch = page.fetch(None)
    assert ids(batch) == [f"{PAGE}_5002", "5001_1", "5001_2"]
    assert batch.notes == []
    [seen] = asked(facebook, COMMENTS)
    assert (seen.query["filter"], seen.query["order"]) == ("stream", "reverse_chronological")
    assert seen.headers["authorization"] == "Bearer page-token"
    assert "access_token" not in seen.query
    assert seen.query["appsecret_proof"]


def test_only_posts_that_changed_are_looked_below(facebook, page):
    facebook.answer(FEED, {"data": [wall_post(at="2026-03-01T08:00:00+0000")]})
    assert page.fetch(None).posts == []
    assert asked(facebook, COMMENTS) == []


def test_the_next_fetch_goes_on_from_the_newest_time_that_facebook_named(facebook, page, clock):
    facebook.answer(FEED, {"data": [wall_post()]})
    facebook.answer(COMMENTS, {"data": [comment(1)]})
    cursor = page.fetch(None).cursor
    assert cursor == {"newest": "2026-03-10T11:50:00+00:00", "jobs": []}
    clock.pass_(minutes=30)  # ours may be ahead of Facebook's
    facebook.forget()
    facebook.answer(FEED, {"data": [wall_post(at="2026-03-10T11:45:00+0000")]})
    facebook.answer(
        COMMENTS,
        {"data": [comment(3, at="2026-03-10T11:45:00+0000"), comment(0, at="2026-03-10T10:00:00+0000")]},
    )
    assert ids(page.fetch(cursor)) == ["5001_3"]


def test_pages_are_read_on_until_what_is_old(facebook, page):
    facebook.answer(FEED, {"data": [wall_post()]})
    facebook.answer(
        COMMENTS, {"data": [comment(3)], "paging": later(COMMENTS, after="QVFI", fields="id", hostile="1")}
    )
    facebook.answer(
        COMMENTS, {"data": [comment(2), comment(1, at="2026-03-01T00:00:00+0000")], "paging": later(COMMENTS)}
    )
    assert ids(page.fetch(None)) == ["5001_3", "5001_2"]
    first, second = asked(facebook, COMMENTS)
    assert "after" not in first.query
    assert second.query["after"] == "QVFI"
    assert second.query["limit"] == "100"
    assert "hostile" not in second.query


def test_the_feed_is_read_by_the_paging_that_was_recorded(facebook, page):
    token = {"until": "1624385168", "__paging_token": "enc_Az"}
    facebook.answer(FEED, {"data": [], "paging": later(FEED, **token)})
    facebook.answer(FEED, {"data": [wall_post()]})
    facebook.answer(COMMENTS, {"data": [comment(1)]})
    assert ids(page.fetch(None)) == ["5001_1"]
    assert asked(facebook, FEED)[1].query.items() >= token.items()


def test_what_a_bound_cuts_off_is_read_next_time(facebook, page, clock):
    facebook.answer(FEED, {"data": [wall_post()]})
    numbers = iter(range(10_000, 0, -1))

    def endless(seen):
        facebook_page = {
            "data": [comment(next(numbers))],
            "paging": later(COMMENTS, after=f"a{next(numbers)}"),
        }

        return Answer(200, json.dumps(facebook_page).encode())

    facebook.answer_with(COMMENTS, endless)
    batch = page.fetch(None)
    assert len(facebook.requests) == REQUESTS_A_FETCH
    [job] = batch.cursor["jobs"]
    assert job["post"] == POST
    facebook.forget()
    facebook.answer(FEED, {"data": []})
    facebook.answer(COMMENTS, {"data": [comment(1)]})
    rest = page.fetch(batch.cursor)
    assert ids(rest) == ["5001_1"]
    assert asked(facebook, COMMENTS)[0].query["after"] == job["more"]["after"]
    assert rest.cursor["jobs"] == []


def test_an_error_after_something_was_read_keeps_it_and_what_is_left(facebook, page):
    facebook.answer(FEED, {"data": [wall_post(), wall_post(5002)]})
    facebook.answer(COMMENTS, {"data": [comment(1)]})
    facebook.answer(f"/v24.0/{PAGE}_5002/comments", b'{"data": [{"id"', 200)
    batch = page.fetch(None)
    assert ids(batch) == ["5001_1"]
    assert [job["post"] for job in batch.cursor["jobs"]] == [f"{PAGE}_5002"]
    assert "only half of it came" in batch.notes[0]


def test_a_post_that_is_gone_does_not_hold_up_the_others(facebook, page):
    facebook.answer(FEED, {"data": [wall_post(5002), wall_post()]})
    facebook.answer(f"/v24.0/{PAGE}_5002/comments", error(100, "Object does not exist"), 400)
    facebook.answer(COMMENTS, {"data": [comment(1)]})
    batch = page.fetch(None)
    assert (ids(batch), batch.cursor["jobs"]) == (["5001_1"], [])


def test_doubled_and_broken_rows_cost_nothing_else(facebook, page):
    facebook.answer(FEED, {"data": [None, 7, {"id": "me"}, wall_post(), wall_post()]})
    facebook.answer(COMMENTS, {"data": [comment(1), None, {"id": "x"}, comment(1), comment(2, from_=1)]})
    batch = page.fetch(None)
    assert ids(batch) == ["5001_1", "5001_2"]
    assert any("can't be read" in note for note in batch.notes)


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (400, error(190), "does not accept the page token any more .190.*FACEBOOK_PAGE_TOKEN"),
        (400, error(102), "FACEBOOK_PAGE_TOKEN"),
        (403, error(10), "pages_read_user_content"),
        (403, error(283), "pages_read_engagement"),
        (404, error(803), "sources.facebook.page_id"),
        (500, error(2), "trouble of its own"),
        (500, error(1, "Please reduce the amount of data"), "reduce the amount"),
        (502, b"<html>", "status 502"),
        (302, b"", "status 302"),
        (200, b"", "not JSON"),
        (200, b"[1]", "not JSON"),
        (200, {"data": {"a": 1}}, "no list"),
        (200, {"error": {"code": "x"}}, "trouble"),
    ],
)
def test_a_page_that_cannot_be_read_is_one_sentence(facebook, page, status, body, words):
    facebook.answer(FEED, body, status)
    with pytest.raises(SourceError, match=words):
        page.fetch(None)


@pytest.mark.parametrize("code", [4, 17, 32, 613, 80001])
def test_too_many_requests_are_waited_out_without_asking_again(facebook, page, clock, code):
    usage = '{"122104": [{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": 7}]}'
    facebook.answer(FEED, error(code), 400, headers={"X-Business-Use-Case-Usage": usage})
    for _ in range(2):
        with pytest.raises(Busy) as busy:
            page.fetch(None)
        assert busy.value.until == NOON + timedelta(minutes=7)
    assert len(facebook.requests) == 1
    clock.pass_(minutes=8)
    facebook.forget()
    facebook.answer(FEED, {"data": []})
    assert page.fetch(None).posts == []


@pytest.mark.parametrize("usage", ["", "{", "[" * 10_000, '{"call_count": 1e999}', '{"call_count": "96"}'])
def test_a_usage_header_that_cannot_be_read_is_none(facebook, page, usage):
    facebook.answer(FEED, {"data": []}, headers={"X-App-Usage": usage})
    assert page.fetch(None).posts == []
    assert page.fetch(None).posts == []


def test_near_the_limit_it_rests_by_itself(facebook, page):
    facebook.answer(FEED, {"data": []}, headers={"X-App-Usage": '{"call_count": 96, "total_time": 3}'})
    page.fetch(None)
    with pytest.raises(Busy, match="nearly"):
        page.fetch(None)


@pytest.mark.parametrize(
    "cursor",
    [
        {},
        {"newest": 7},
        {"newest": "0001-01-01T00:00:00+14:00"},
        {"newest": "soon", "jobs": {}},
        {"jobs": [7, {}, {"post": "../me", "since": "x"}]},
    ],
)
def test_a_cursor_that_is_none_begins_anew(facebook, page, cursor):
    facebook.answer(FEED, {"data": [wall_post(at=(NOON - FIRST_WINDOW).isoformat())]})
    facebook.answer(COMMENTS, {"data": [comment(1)]})
    assert ids(page.fetch(cursor)) == ["5001_1"]


def test_the_check_asks_who_the_page_is(facebook, page, clock):
    facebook.answer(f"/v24.0/{PAGE}", {"id": PAGE, "name": "Tindra"})
    assert page.check() is None
    facebook.forget()
    facebook.answer(f"/v24.0/{PAGE}", error(190), 400)
    assert "FACEBOOK_PAGE_TOKEN" in str(page.check())
    assert "set FACEBOOK_PAGE_TOKEN" in str(FacebookPage(FacebookApi(None), PAGE, 300, clock).check())


def test_a_facebook_that_is_not_there_is_told(clock):
    nobody = FacebookApi("t", api_url="http://127.0.0.1:9", timeout=(1, 1))
    with pytest.raises(SourceError, match="can't be reached"):
        FacebookPage(nobody, PAGE, 300, clock).fetch(None)
