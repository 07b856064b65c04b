"""Mastodon, over real HTTP: what is public and for us, conversations, deletions, limits."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.sources import Busy, Gone, SourceError
from bot.sources.mastodon import MastodonSource
from bot.sources.mastodon_api import MastodonApi
from tests.far_network import Answer
from tests.sources.conftest import brand

TAG = "/api/v1/timelines/tag/tindra"
TOLD = "/api/v1/notifications"
SEARCH = "/api/v2/search"
FAR = "https://far.example"


def address(number):
    return f"{FAR}/users/mia/statuses/{number}"


def status(number, at, **changed):
    """A status of another server in the documented shape."""
    return {
        "id": str(number),
        "uri": address(number),
        "url": f"{FAR}/@mia/{number}",
        "created_at": at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "edited_at": None,
        "in_reply_to_id": None,
        "visibility": "public",
        "language": "en",
        "spoiler_text": "",
        "content": '<p>My <a href="https://far.example/t">#<span>tindra</span></a> leaks<br>a lot</p>',
        "favourites_count": 2,
        "reblogs_count": 1,
        "replies_count": 0,
        "account": {
            "id": "7",
            "acct": "mia@far.example",
            "url": f"{FAR}/@mia",
            "display_name": "Mia  Jensen",
        },
        "mentions": [],
        "media_attachments": [],
    } | changed


def told(number, at, kind="mention", **changed):
    return {"id": str(number), "type": kind, "created_at": status(1, at)["created_at"]} | {
        "status": status(number, at, **changed)
    }


def asked(network, path):
    return [seen for seen in network.requests if seen.path == path]


@pytest.fixture
def mastodon(network, clock):
    return reading(network, clock)


def reading(
    network,
    clock,
    *,
    token: str | None = "t",  # noqa: S107
    tags=None,
    mentions=False,
    search=False,
    **changed,
):
    tindra = brand(**{"handles": {"mastodon": ["@care@127.0.0.1", "care@tindra.example"]}} | changed)
    api = MastodonApi(network.url, token, timeout=(5, 5))
    return MastodonSource(api, [tindra], 60, clock, tags=tags, mentions=mentions, search=search)


def test_a_status_is_read_with_who_wrote_it_when_and_where(network, clock, mastodon):
    network.answer(TAG, [status(5, clock.at)])
    [post] = mastodon.fetch(None).posts
    assert (post.source, post.external_id, post.url) == ("mastodon", address(5), f"{FAR}/@mia/5")
    assert (post.author, post.author_name, post.author_id) == ("mia@far.example", "Mia Jensen", f"{FAR}/@mia")
    assert post.text == "My #tindra leaks a lot"
    assert (post.created_at, post.language) == (clock.at, "en")
    assert post.metrics == {"likes": 2, "reposts": 1, "replies": 0}
    assert not post.mentions_us
    assert asked(network, TAG)[0].headers["authorization"] == "Bearer t"


@pytest.mark.parametrize("visibility", ["private", "direct", "limited", None, 7, "PUBLIC"])
def test_what_was_not_written_to_everybody_never_comes(network, clock, visibility):
    network.answer(TOLD, [told(5, clock.at, visibility=visibility)])
    network.answer(TAG, [status(6, clock.at, visibility=visibility)])
    batch = reading(network, clock, mentions=True).fetch(None)
    assert batch.posts == []
    assert "leaks" not in json.dumps(batch.cursor) + str(batch.notes)


def test_boosts_and_our_own_are_left_out(network, clock, mastodon):
    ours = {"acct": "Care@Tindra.example", "url": "https://tindra.example/@care"}
    network.answer(TAG, [status(6, clock.at, reblog=status(1, clock.at)), status(5, clock.at, account=ours)])
    assert mastodon.fetch(None).posts == []


def test_a_mention_names_us_and_the_same_status_by_its_tag_is_one(network, clock):
    network.answer(TOLD, [told(5, clock.at), told(4, clock.at, "favourite")])
    network.answer(TAG, [status(5, clock.at)])
    [post] = reading(network, clock, mentions=True).fetch(None).posts
    assert post.mentions_us


def test_whoever_is_mentioned_in_it_is_compared_with_the_server(network, clock, mastodon):
    rows = [
        status(5, clock.at, mentions=[{"acct": "care@tindra.example"}]),
        status(6, clock.at, mentions=[{"acct": "care"}]),  # somebody else's: our server is 127.0.0.1:port
        status(7, clock.at, mentions=[{"acct": "care@elsewhere.example"}, None, {"acct": 7}]),
    ]
    network.answer(TAG, rows)
    named = {post.external_id: post.mentions_us for post in mastodon.fetch(None).posts}
    assert named == {address(5): True, address(6): False, address(7): False}


def test_an_answer_belongs_to_the_conversation_that_began_it(network, clock, mastodon):
    network.answer(TAG, [status(5, clock.at, in_reply_to_id="4")])
    network.answer("/api/v1/statuses/5/context", {"ancestors": [status(1, clock.at)], "descendants": []})
    assert mastodon.fetch(None).posts[0].conversation == address(1)


def test_where_the_conversation_is_not_told_it_is_its_own(network, clock, mastodon):
    network.answer(TAG, [status(5, clock.at, in_reply_to_id="4")])
    network.answer("/api/v1/statuses/5/context", "<html>", 500)
    assert mastodon.fetch(None).posts[0].conversation == address(5)


def test_a_warning_stands_before_the_text_and_a_pictures_description_in_its_place(network, clock, mastodon):
    picture = [{"type": "image", "description": "a Tindra in pieces"}]
    rows = [
        status(5, clock.at, spoiler_text="coffee & rage", content="<p>1 &lt; 2</p>"),
        status(6, clock.at, content="", media_attachments=picture),
    ]
    network.answer(TAG, rows)
    texts = {post.external_id: post.text for post in mastodon.fetch(None).posts}
    assert texts == {address(5): "coffee & rage\n1 < 2", address(6): "[picture] a Tindra in pieces"}


@pytest.mark.parametrize(
    "broken",
    [
        None,
        7,
        {"visibility": "public"},
        {"uri": "", "visibility": "public", "account": {"acct": "x"}},
        status(9, datetime(2026, 3, 2, tzinfo=UTC), account={"acct": "a b<@x"}),
        status(9, datetime(2026, 3, 2, tzinfo=UTC), content=None),
    ],
)
def test_a_broken_status_leaves_the_others(network, clock, mastodon, broken):
    network.answer(TAG, [broken, status(5, clock.at)])
    assert [post.external_id for post in mastodon.fetch(None).posts] == [address(5)]


def test_strange_fields_do_no_harm(network, clock, mastodon):
    strange = status(
        5, clock.at, created_at="soon", language=7, favourites_count=-1, url="javascript:1", mentions=7
    )
    strange |= {"quote": [], "edited_at": "never", "media_attachments": {}, "uri": address("9" * 300)}
    network.answer(TAG, [strange])
    [post] = mastodon.fetch(None).posts
    assert len(post.external_id) <= 255
    assert (post.language, post.created_at, post.edited_at) == (None, clock.at, None)
    assert "likes" not in post.metrics
    assert not (post.url or "").startswith("javascript")


@pytest.mark.parametrize(
    ("said", "taken"), [(timedelta(hours=3), timedelta(0)), (timedelta(hours=-3), timedelta(hours=-3))]
)
def test_another_servers_clock_is_not_ahead_of_ours(network, clock, mastodon, said, taken):
    network.answer(TAG, [status(5, clock.at + said)])
    assert mastodon.fetch(None).posts[0].created_at == clock.at + taken


def test_pages_are_followed_below_the_last_status_until_they_are_old(network, clock, mastodon):
    pages = [
        [status(1000 - n, clock.at - timedelta(seconds=n)) for n in range(40)],
        [status(900 - n, clock.at - timedelta(hours=5)) for n in range(40)],
    ]
    network.answer(TAG, pages[0])
    network.answer(TAG, pages[1])
    first = mastodon.fetch(None)
    assert len(first.posts) == 80
    assert [seen.query.get("max_id") for seen in asked(network, TAG)] == [None, "961"]
    network.forget()
    late = status(500, clock.at - timedelta(minutes=25))  # it came from its server only now
    network.answer(TAG, [status(1001, clock.at), late])
    assert {address(1001), address(500)} <= {post.external_id for post in mastodon.fetch(first.cursor).posts}


def test_what_an_error_cuts_off_is_read_the_next_time(network, clock, mastodon):
    network.answer(TAG, [status(1000 - n, clock.at) for n in range(40)])
    network.answer(TAG, '[{"id": ', 200)
    first = mastodon.fetch(None)
    assert len(first.posts) == 40
    assert "can't be read" in first.notes[-1]
    network.forget()
    network.answer(TAG, [status(5, clock.at)])
    assert address(5) in {post.external_id for post in mastodon.fetch(first.cursor).posts}
    assert asked(network, TAG)[0].query["max_id"] == "961"


def test_what_is_asked_follows_the_playbook(network, clock):
    words = {"any": ["tindra", "tindra duo", "tindr*"]}
    assert reading(network, clock, keywords=words).questions == ("#tindra", "#tindr")
    everything = reading(network, clock, keywords=words, tags=["#Espresso"], mentions=True, search=True)
    assert everything.questions == ("mentions", "#espresso", '"tindra"', '"tindra duo"', '"tindr"')


def test_search_is_asked_for_statuses_only_and_without_fetching_from_afar(network, clock):
    network.answer(SEARCH, {"accounts": [], "hashtags": [], "statuses": [status(5, clock.at)]})
    [post] = reading(network, clock, tags=[], search=True).fetch(None).posts
    assert post.external_id == address(5)
    query = asked(network, SEARCH)[0].query
    assert (query["q"], query["type"]) == ('"tindra"', "statuses")
    assert "resolve" not in query


def test_a_language_that_no_brand_reads_is_left_out(network, clock):
    network.answer(TAG, [status(5, clock.at, language="ja"), status(6, clock.at)])
    posts = reading(network, clock, languages=["en"]).fetch(None).posts
    assert [post.external_id for post in posts] == [address(6)]


def test_a_status_that_is_gone_or_hidden_later_is_told_and_an_edited_one_comes_anew(network, clock, mastodon):
    network.answer(TAG, [status(number, clock.at) for number in (1, 2, 3, 4)])
    first = mastodon.fetch(None)
    network.forget()
    clock.turn(hours=2)
    network.answer(TAG, [])
    network.answer("/api/v1/statuses/1", {"error": "Record not found"}, 404)
    network.answer("/api/v1/statuses/2", status(2, clock.at, visibility="private"))
    network.answer(
        "/api/v1/statuses/3", status(3, clock.at, edited_at="2026-03-02T10:30:00.000Z", content="better")
    )
    network.answer("/api/v1/statuses/4", "", 500)
    second = mastodon.fetch(first.cursor)
    assert set(second.gone) == {
        Gone("mastodon", address(1), "deleted"),
        Gone("mastodon", address(2), "hidden"),
    }
    [edited] = second.posts
    assert (edited.text, edited.edited_at) == ("better", datetime(2026, 3, 2, 10, 30, tzinfo=UTC))
    network.requests.clear()
    mastodon.fetch(second.cursor)
    assert [seen.path for seen in network.requests if "/statuses/" in seen.path] == ["/api/v1/statuses/4"]


def test_nothing_is_taken_for_gone_while_the_server_is_in_trouble(network, clock):
    mastodon = reading(network, clock, mentions=True)
    network.answer(TAG, [status(1, clock.at)])
    network.answer(TOLD, [])
    first = mastodon.fetch(None)
    network.forget()
    clock.turn(hours=2)
    network.answer(TAG, [])  # all else is 404
    assert mastodon.fetch(first.cursor).gone == ()


@pytest.mark.parametrize(
    ("reset", "seconds"),
    [
        ("2026-03-02T09:02:00.123456Z", 121),
        ("2026-03-02T08:02:00Z", 5),  # a time that has passed
        ("2026-03-03T09:02:00Z", 3600),
        ("1772442120", 121),  # GoToSocial
        ("soon", 301),
    ],
)
def test_too_many_requests_are_waited_for(network, clock, mastodon, reset, seconds):
    headers = {"X-RateLimit-Reset": reset, "X-RateLimit-Remaining": "0", "X-RateLimit-Limit": "300"}
    network.answer(TAG, {"error": "Too many requests"}, 429, headers=headers)
    with pytest.raises(Busy) as busy:
        mastodon.fetch(None)
    assert int((busy.value.until - clock.at).total_seconds()) == seconds


@pytest.mark.parametrize(
    ("status_code", "body", "words"),
    [
        (
            401,
            {"error": "The access token is invalid"},
            r"MASTODON_ACCESS_TOKEN \(401: The access token is invalid",
        ),
        (403, {"error": "outside the authorized scopes"}, "the token needs the scope read"),
        (404, "<html>", "check MASTODON_URL"),
        (422, {"error": "no"}, "status 422: no"),
        (301, "", "check MASTODON_URL"),
        (500, "", "out of order"),
        (503, "<html>", "out of order"),
        (200, "<html>a page</html>", "can't be read"),
        (429, "", "asks to wait"),
    ],
)
def test_a_refusal_is_one_sentence(network, clock, mastodon, status_code, body, words):
    network.answer(TAG, body, status_code)
    with pytest.raises(SourceError, match=words) as error:
        mastodon.fetch(None)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("body", [{"error": "x"}, "7", "null", [[]], [{}]])
def test_an_answer_of_another_shape_is_no_crash(network, clock, mastodon, body):
    network.answer(TAG, body)
    assert mastodon.fetch(None).posts == []


def test_a_server_that_hangs_up_or_is_not_there_is_a_sentence(network, clock, mastodon):
    network.answer_with(TAG, lambda seen: Answer(cut=True))
    with pytest.raises(SourceError, match="can't be reached"):
        mastodon.fetch(None)


@pytest.mark.parametrize(
    "since", [{}, {"marks": [], "watch": 7}, {"watch": [["1"], ["1", "2", "3", "4"], 7], "at": 3}]
)
def test_any_cursor_is_survived(network, clock, mastodon, since):
    network.answer(TAG, [status(5, clock.at)])
    assert len(mastodon.fetch(since).posts) == 1


def test_the_check_says_what_is_missing(network, clock):
    nowhere = MastodonSource(MastodonApi(None, None), [brand()], 60, clock)
    assert "set MASTODON_URL" in (nowhere.check() or "")
    assert "set MASTODON_ACCESS_TOKEN" in reading(network, clock, token=None, mentions=True).check()
    assert "set tags" in reading(network, clock, tags=[]).check()
    network.answer(TAG, [])
    assert reading(network, clock, token=None).check() is None
    network.answer(TOLD, {"error": "The access token is invalid"}, 401)
    assert "MASTODON_ACCESS_TOKEN" in reading(network, clock, mentions=True).check()
