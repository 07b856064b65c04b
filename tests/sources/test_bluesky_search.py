"""Bluesky asked, over real HTTP: search, notifications, sessions, limits."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.sources import Busy, SourceError
from bot.sources.bluesky_api import Account, BlueskyApi
from bot.sources.bluesky_search import BlueskySearch, compile_questions
from tests.sources.bluesky_shapes import (
    LOGIN,
    OURS,
    RENEW,
    SEARCH,
    TOLD,
    answered,
    asked,
    found,
    logs_in,
    told,
    uri,
    view,
    written,
)
from tests.sources.conftest import brand

ACCOUNT = Account("care.tindra.example", "abcd-efgh-ijkl-mnop")
TINDRA = brand(handles={"bluesky": ["care.tindra.example"]})
EXPIRED = {"error": "ExpiredToken", "message": "Token has expired"}


@pytest.fixture
def bluesky(network, clock):
    """Asks only for the word "tindra"."""
    logs_in(network)
    return searching(network, clock, handles={}, keywords={"any": ["tindra"]})


def searching(network, clock, *, account=ACCOUNT, search=True, mentions=False, **changed):
    tindra = brand(**{"handles": {"bluesky": ["care.tindra.example"]}} | changed)
    api = BlueskyApi(account, api_url=network.url)
    return BlueskySearch(api, [tindra], 60, clock, search=search, mentions=mentions)


def test_a_post_is_read_with_who_wrote_it_when_and_where(network, clock, bluesky):
    at = clock.at - timedelta(minutes=5)
    network.answer(SEARCH, found(view("3lz", at)))
    [post] = bluesky.fetch(None).posts
    assert (post.source, post.external_id, post.conversation) == ("bluesky", uri("3lz"), uri("3lz"))
    assert (post.author, post.author_name) == ("mia.example", "Mia Jensen")
    assert (post.created_at, post.language) == (at, "en")
    assert post.url == "https://bsky.app/profile/mia.example/post/3lz"
    assert post.metrics == {"likes": 3, "reposts": 1, "replies": 0, "quotes": 0}
    assert post.text == "My Tindra leaks all over the counter"
    assert not post.mentions_us


def test_a_reply_belongs_to_the_conversation_that_it_answers(network, clock, bluesky):
    reply = {"root": {"uri": uri("root")}, "parent": {"uri": uri("parent")}}
    network.answer(SEARCH, found(view("3lz", clock.at, reply=reply)))
    assert bluesky.fetch(None).posts[0].conversation == uri("root")


@pytest.mark.parametrize(
    "changed",
    [
        {"facets": [{"features": [{"$type": "app.bsky.richtext.facet#mention", "did": OURS}]}]},
        {"embed": {"$type": "app.bsky.embed.record", "record": {"uri": uri("x", OURS), "cid": "b"}}},
        {"embed": {"record": {"record": {"uri": uri("x", OURS)}}, "media": {"images": []}}},
        {"reply": {"root": {"uri": uri("r")}, "parent": {"uri": uri("x", OURS)}}},
        {"text": "hello @Care.Tindra.example, my Tindra leaks"},
    ],
)
def test_whoever_names_quotes_or_answers_us_mentions_us(network, clock, changed):
    logs_in(network)
    network.answer(SEARCH, found(view("3lz", clock.at, **changed)))
    [post] = searching(network, clock).fetch(None).posts
    assert post.mentions_us


def test_somebody_elses_longer_handle_is_not_ours(network, clock):
    logs_in(network)
    network.answer(SEARCH, found(view("3lz", clock.at, text="tindra @care.tindra.example.org")))
    assert not searching(network, clock).fetch(None).posts[0].mentions_us


def test_what_we_wrote_ourselves_is_left_out(network, clock):
    logs_in(network)
    ours = view("a", clock.at, did=OURS, handle="other.example")
    named = view("b", clock.at, handle="Care.Tindra.Example")
    network.answer(SEARCH, found(ours, named))
    assert searching(network, clock).fetch(None).posts == []


@pytest.mark.parametrize(
    ("said", "seen", "taken"),
    [
        (timedelta(hours=5), timedelta(0), timedelta(0)),  # a clock that is fast
        (timedelta(hours=-3), timedelta(0), timedelta(hours=-3)),
        (timedelta(days=-365 * 40), timedelta(0), timedelta(0)),  # a clock that was never set
        (timedelta(hours=5), timedelta(hours=4), timedelta(0)),  # even Bluesky's is ahead of ours
    ],
)
def test_an_authors_clock_is_believed_where_it_can_be(network, clock, bluesky, said, seen, taken):
    network.answer(SEARCH, found(view("3lz", clock.at + said, seen=clock.at + seen)))
    assert bluesky.fetch(None).posts[0].created_at == clock.at + taken


def test_a_handle_that_is_not_its_bearers_gives_way_to_the_number(network, clock, bluesky):
    network.answer(SEARCH, found(view("3lz", clock.at, handle="handle.invalid")))
    [post] = bluesky.fetch(None).posts
    assert post.author == post.author_id
    assert post.author in post.url


def test_a_picture_without_words_stands_there_by_its_description(network, clock, bluesky):
    picture = {"$type": "app.bsky.embed.images", "images": [{"alt": "a Tindra in pieces"}, {"alt": None}]}
    network.answer(SEARCH, found(view("3lz", clock.at, text="", embed=picture)))
    assert bluesky.fetch(None).posts[0].text == "[picture] a Tindra in pieces"


@pytest.mark.parametrize(
    "broken",
    [
        None,
        7,
        {},
        {"uri": "https://evil.example"},
        {"uri": uri("3lz")},
        view("3lz", datetime(2026, 3, 2, tzinfo=UTC), did="did:plc:other2222") | {"uri": uri("3lz")},
        view("3lz", datetime(2026, 3, 2, tzinfo=UTC), text=["x"]),
        view("3lz", datetime(2026, 3, 2, tzinfo=UTC), text="  "),
        view("3lz", datetime(2026, 3, 2, tzinfo=UTC)) | {"record": "x"},
        view("../x", datetime(2026, 3, 2, tzinfo=UTC)),
    ],
)
def test_a_broken_post_is_a_note_and_leaves_the_others(network, clock, bluesky, broken):
    network.answer(SEARCH, found(broken, view("good", clock.at)))
    batch = bluesky.fetch(None)
    assert [post.external_id for post in batch.posts] == [uri("good")]
    assert any("can't be read" in note for note in batch.notes)


def test_strange_fields_of_a_post_do_no_harm(network, clock, bluesky):
    strange = view(
        "3lz",
        clock.at,
        langs=[None],
        facets=[{"features": 7}, None],
        embed=[],
        reply={"root": {"uri": "javascript:"}},
    )
    strange |= {"likeCount": -1, "replyCount": "many", "repostCount": 2**70, "indexedAt": "yesterday"}
    network.answer(SEARCH, found(strange))
    [post] = bluesky.fetch(None).posts
    assert (post.metrics, post.language, post.conversation) == ({"quotes": 0}, None, uri("3lz"))


def test_each_name_and_keyword_is_a_question_of_its_own_and_nothing_in_it_an_operator():
    words = {"any": ["tindra", "tindra duo", "from:me", 'a"b', "tind*", "*"], "all": ["coffee"]}
    assert compile_questions(
        [brand(handles={"bluesky": ["@care.tindra.example", "no handle"]}, keywords=words)]
    ) == (
        '"care.tindra.example"',
        '"tindra" "coffee"',
        '"tindra duo" "coffee"',
        '"from:me" "coffee"',
        '"a b" "coffee"',
        '"tind" "coffee"',
    )


def test_pages_are_followed_to_the_last_and_the_next_fetch_overlaps_by_what_clocks_may_be_late(
    network, clock, bluesky
):
    newest = clock.at - timedelta(minutes=1)
    network.answer(SEARCH, found(view("b", newest), cursor="1"))
    network.answer(SEARCH, found(view("a", newest - timedelta(minutes=9))))
    first = bluesky.fetch(None)
    assert [post.external_id for post in first.posts] == [uri("a"), uri("b")]
    assert asked(network, SEARCH)[1].query["cursor"] == "1"
    bluesky.fetch(first.cursor)
    assert asked(network, SEARCH)[2].query["since"] == written(newest - timedelta(minutes=17))
    assert asked(network, SEARCH)[2].query | {"since": ""} == {
        "q": '"tindra"',
        "sort": "latest",
        "limit": "100",
        "since": "",
    }


def test_what_an_error_cuts_off_is_read_the_next_time(network, clock, bluesky):
    times = [clock.at - timedelta(minutes=minute) for minute in range(3)]
    network.answer(SEARCH, found(view("c", times[0]), cursor="1"))
    network.answer(SEARCH, "half a bod", 502)
    first = bluesky.fetch(None)
    assert [post.external_id for post in first.posts] == [uri("c")]
    assert "out of order" in first.notes[-1]
    network.forget()
    network.answer(SEARCH, found(view("b", times[1]), view("a", times[2])))
    network.answer(SEARCH, found(view("d", clock.at)))
    second = bluesky.fetch(first.cursor)
    assert [post.external_id for post in second.posts] == [uri("a"), uri("b"), uri("d")]
    assert asked(network, SEARCH)[0].query["cursor"] == "1"


def test_a_cursor_that_bluesky_no_longer_takes_is_replaced_by_a_time(network, clock, bluesky):
    at = clock.at - timedelta(minutes=20)
    network.answer(SEARCH, found(view("c", at), cursor="1"))
    network.answer(SEARCH, "", 502)
    first = bluesky.fetch(None)
    network.forget()

    def answer(seen):
        if "cursor" in seen.query:
            return answered({"error": "InvalidRequest", "message": "Cursor is bad"}, 400)
        return answered(found(view("b", at - timedelta(minutes=1))) if "until" in seen.query else found())

    network.answer_with(SEARCH, answer)
    assert [post.external_id for post in bluesky.fetch(first.cursor).posts] == [uri("b")]
    assert asked(network, SEARCH)[1].query["until"] == written(at + timedelta(seconds=1))


def test_a_post_that_claims_to_be_ancient_does_not_end_the_reading(network, clock, bluesky):
    ancient = view("a", datetime(2016, 1, 1, tzinfo=UTC), seen=clock.at)
    network.answer(SEARCH, found(ancient, view("c", clock.at), cursor="1"))
    network.answer(SEARCH, "", 502)
    first = bluesky.fetch(None)
    network.forget()
    network.answer(SEARCH, found(view("b", clock.at)))
    assert [post.external_id for post in bluesky.fetch(first.cursor).posts] == [uri("b")]


def test_an_endless_answer_ends(network, clock, bluesky):
    network.answer(SEARCH, found(view("a", clock.at), cursor="again"))
    batch = bluesky.fetch(None)
    assert len(asked(network, SEARCH)) <= 45
    assert len(batch.posts) == 1


def test_notifications_bring_who_mentions_answers_or_quotes_us(network, clock):
    logs_in(network)
    rows = [
        told("m", clock.at, text="@care.tindra.example it leaks"),
        told("q", clock.at, "quote", embed={"record": {"uri": uri("x", OURS)}}),
        told("l", clock.at, "like"),
    ]
    old = told("old", clock.at - timedelta(hours=5))
    network.answer(TOLD, {"notifications": rows, "cursor": "1"})
    network.answer(TOLD, {"notifications": [old], "cursor": "2"})
    batch = searching(network, clock, search=False, mentions=True).fetch(None)
    assert {post.external_id: post.mentions_us for post in batch.posts if post.external_id != uri("old")} == {
        uri("m"): True,
        uri("q"): True,
    }
    assert len(asked(network, TOLD)) == 2
    assert asked(network, TOLD)[0].query["reasons"] in ("mention", "reply", "quote")


def test_one_post_found_by_two_questions_comes_once_and_keeps_that_it_names_us(network, clock):
    logs_in(network)
    network.answer(TOLD, {"notifications": [told("m", clock.at, text="@care.tindra.example tindra leaks")]})
    network.answer(SEARCH, found(view("m", clock.at, text="@care.tindra.example tindra leaks")))
    [post] = searching(network, clock, mentions=True).fetch(None).posts
    assert post.mentions_us


def test_a_language_that_no_brand_reads_is_left_out_unless_it_names_us(network, clock):
    logs_in(network)
    rows = [
        view("ja", clock.at, langs=["ja"]),
        view("named", clock.at, langs=["ja"], text="@care.tindra.example tindra"),
        view("nb", clock.at, langs=["nb-NO"]),
        view("none", clock.at, langs=[]),
    ]
    network.answer(SEARCH, found(*rows))
    posts = searching(network, clock, languages=["no", "en"]).fetch(None).posts
    assert {post.external_id for post in posts} == {uri("named"), uri("nb"), uri("none")}


def test_one_login_serves_many_fetches_and_its_session_is_renewed(network, clock, bluesky):
    network.answer(SEARCH, found())
    network.answer(SEARCH, found())
    network.answer(SEARCH, EXPIRED, 400)
    network.answer(SEARCH, found(view("a", clock.at)))
    network.answer(RENEW, {"did": OURS, "handle": "x", "accessJwt": "access-2", "refreshJwt": "refresh-2"})
    bluesky.fetch(None)
    bluesky.fetch(None)
    assert len(bluesky.fetch(None).posts) == 1
    assert len(asked(network, LOGIN)) == 1
    assert asked(network, LOGIN)[0].json() == {"identifier": ACCOUNT.handle, "password": ACCOUNT.app_password}
    assert asked(network, RENEW)[0].headers["authorization"] == "Bearer refresh-1"
    assert [seen.headers["authorization"] for seen in asked(network, SEARCH)][2:] == [
        "Bearer access-1",
        "Bearer access-2",
    ]


def test_a_session_that_can_not_be_renewed_is_a_new_login(network, clock, bluesky):
    network.answer(SEARCH, found())
    network.answer(SEARCH, EXPIRED, 400)
    network.answer(SEARCH, found(view("a", clock.at)))
    network.answer(RENEW, EXPIRED, 400)
    bluesky.fetch(None)
    assert len(bluesky.fetch(None).posts) == 1
    assert len(asked(network, LOGIN)) == 2


def test_a_refused_login_is_a_sentence_and_not_tried_again_at_each_turn(network, clock):
    network.answer(
        LOGIN, {"error": "AuthenticationRequired", "message": "Invalid identifier or password"}, 401
    )
    bluesky = searching(network, clock)
    for _ in range(3):
        with pytest.raises(SourceError, match=r"BLUESKY_APP_PASSWORD .*Invalid identifier or password"):
            bluesky.fetch(None)
    assert len(asked(network, LOGIN)) == 1
    network.forget()
    logs_in(network)
    network.answer(SEARCH, found())
    clock.turn(minutes=16)
    assert bluesky.fetch(None).posts == []


def test_an_account_password_in_place_of_an_app_password_is_named(network, clock):
    network.answer(LOGIN, {"error": "AuthFactorTokenRequired", "message": "A code was sent"}, 401)
    with pytest.raises(SourceError, match="must be an app password"):
        searching(network, clock).fetch(None)


@pytest.mark.parametrize("path", [SEARCH, LOGIN])
def test_too_many_requests_are_waited_for(network, clock, path):
    if path == SEARCH:
        logs_in(network)
    reset = int(clock.at.timestamp()) + 240
    network.answer(path, {"error": "RateLimitExceeded"}, 429, headers={"RateLimit-Reset": str(reset)})
    with pytest.raises(Busy) as busy:
        searching(network, clock, mentions=path == LOGIN).fetch(None)
    assert busy.value.until == clock.at + timedelta(seconds=241)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 300),
        ({"Retry-After": "30"}, 30),
        ({"RateLimit-Reset": "1000000000"}, 5),  # a time that has passed
        ({"RateLimit-Reset": "99999999999"}, 3600),
        ({"RateLimit-Reset": "soon"}, 300),
    ],
)
def test_whatever_the_limit_says_the_wait_is_bounded(network, clock, bluesky, headers, seconds):
    network.answer(SEARCH, {}, 429, headers=headers)
    with pytest.raises(Busy) as busy:
        bluesky.fetch(None)
    assert busy.value.until == clock.at + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (500, {"error": "InternalServerError"}, "out of order"),
        (403, {"error": "Forbidden", "message": "no"}, "does not let us read this .*no"),
        (301, "", "check BLUESKY_API_URL"),
        (200, '{"posts": [', "only half of it came"),
        (200, "[]", "can't be read"),
        (200, {"posts": None}, "no list"),
    ],
)
def test_what_can_not_be_read_is_one_sentence(network, clock, bluesky, status, body, words):
    network.answer(SEARCH, body, status)
    with pytest.raises(SourceError, match=words):
        bluesky.fetch(None)
    assert "\n" not in (bluesky.check() or "")


def test_nobody_there_is_a_sentence_too(clock, network):
    bluesky = BlueskySearch(BlueskyApi(ACCOUNT, api_url="http://127.0.0.1:9"), [TINDRA], 60, clock)
    with pytest.raises(SourceError, match="can't be reached"):
        bluesky.fetch(None)


@pytest.mark.parametrize(
    "session", [{}, {"did": 1}, {"did": "d", "accessJwt": "a\r\nX: y", "refreshJwt": "r"}]
)
def test_a_session_that_is_none_is_not_taken(network, clock, session):
    network.answer(LOGIN, session)
    with pytest.raises(SourceError, match="login can't be read"):
        searching(network, clock).fetch(None)


@pytest.mark.parametrize(
    "since", [{}, {"at": 7, "marks": []}, {"marks": {MARK: 3 for MARK in ("x", '"tindra"')}}]
)
def test_any_cursor_is_survived(network, clock, bluesky, since):
    network.answer(SEARCH, found(view("a", clock.at)))
    assert len(bluesky.fetch(since).posts) == 1


def test_the_check_says_what_is_missing(network, clock):
    assert "set BLUESKY_HANDLE and BLUESKY_APP_PASSWORD" in searching(network, clock, account=None).check()
    logs_in(network)
    nothing = searching(network, clock, handles={}, keywords={})
    assert "no brand in the playbook" in nothing.check()
    network.answer(SEARCH, found())
    assert searching(network, clock).check() is None
