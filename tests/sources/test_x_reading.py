"""X's answers, over a real connection."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from bot.sources import Busy, SourceError
from bot.sources.x import XMentions, XSearch
from bot.sources.x_client import build_x_client
from tests.far_network import far_network
from tests.recorded import exchange, recorded
from tests.sources.conftest import MENTIONS, SEARCH, answer, brand, tweet


@pytest.fixture
def search(network, clock):
    return XSearch(build_x_client("token", api_url=network.url), [brand()], 60, clock)


@pytest.fixture
def mentions(network, clock):
    return XMentions(build_x_client("token", api_url=network.url), [brand()], 60, clock)


def test_a_recorded_search_becomes_posts_though_author_and_time_are_absent(network, clock):
    was = exchange("test_client_search_recent_tweets")
    clock.at = datetime(2022, 10, 7, 22, 43, 19, tzinfo=UTC)
    network.answer(SEARCH, was["json"])
    network.answer(SEARCH, {"meta": {"result_count": 0}})
    source = XSearch(build_x_client("token", api_url=network.url), [brand()], 60, clock)

    batch = source.fetch(None)

    assert len(batch.posts) == 10
    assert [int(post.external_id) for post in batch.posts] == sorted(
        int(row["id"]) for row in was["json"]["data"]
    )
    newest = batch.posts[-1]
    assert newest.text == "2022-10-07 22:42:12.637103 tweepy"
    assert newest.created_at.replace(microsecond=0) == datetime(2022, 10, 7, 22, 42, 12, tzinfo=UTC)
    assert (newest.source, newest.author, newest.author_id) == ("x", "unknown", None)
    assert newest.url == "https://x.com/i/web/status/1578516068309794817"
    assert json.loads(json.dumps(batch.cursor)) == batch.cursor


def test_recorded_mentions_become_posts_that_mention_us(network, clock):
    was = exchange("test_client_get_users_mentions")
    clock.at = datetime(2022, 10, 7, 22, 43, 18, tzinfo=UTC)
    network.answer(MENTIONS, was["json"])
    network.answer(MENTIONS, {"meta": {"result_count": 0}})
    ours = brand(handles={"x": ["Twitter"]})
    batch = XMentions(build_x_client("token", api_url=network.url), [ours], 60, clock).fetch(None)
    assert len(batch.posts) == 10
    assert all(post.mentions_us for post in batch.posts)


@pytest.mark.parametrize("name", ["search_tweets_query", "timeline_mentions", "tweet_quote_tweets_resp"])
def test_other_recorded_answers_are_read_whole(name, network, clock, search):
    document = json.loads(recorded("x", "pytwitter", f"{name}.json").read_text("utf-8"))
    network.answer(SEARCH, document)
    network.answer(SEARCH, {"meta": {"result_count": 0}})
    batch = search.fetch(None)
    assert {post.external_id for post in batch.posts} == {row["id"] for row in document["data"]}
    assert batch.notes == []
    by_id = {post.external_id: post for post in batch.posts}
    for row in document["data"]:
        if "created_at" in row:
            assert by_id[row["id"]].created_at == datetime.fromisoformat(row["created_at"])


def test_a_post_with_its_author_has_handle_name_link_and_counts(network, clock, search):
    row = tweet(
        clock.at - timedelta(minutes=5),
        text="@Tindra &lt;3 &amp;amp; it &quot;works&quot; &gt; before",
        public_metrics={"like_count": 4, "retweet_count": 3, "reply_count": 2, "quote_count": 1},
        entities={"mentions": [{"start": 0, "end": 7, "username": "tindra", "id": "783214"}]},
    )
    ada = {"id": "55", "username": "ada_l", "name": "Ada  L.", "public_metrics": {"followers_count": 900}}
    network.answer(SEARCH, answer([row], includes={"users": [ada]}))
    (post,) = search.fetch(None).posts
    assert post.text == "@Tindra <3 &amp; it &quot;works&quot; > before"
    assert (post.author, post.author_id, post.author_name) == ("ada_l", "55", "Ada L.")
    assert post.url == f"https://x.com/ada_l/status/{row['id']}"
    assert post.conversation == row["conversation_id"]
    assert post.created_at == clock.at - timedelta(minutes=5)
    assert post.language == "en"
    assert post.metrics == {"likes": 4, "reposts": 3, "replies": 2, "quotes": 1, "followers": 900}
    assert post.mentions_us
    assert not post.repost


def test_without_the_author_object_the_author_is_the_id(network, clock, search):
    network.answer(SEARCH, answer([tweet(clock.at)]))
    (post,) = search.fetch(None).posts
    assert (post.author, post.author_id) == ("55", "55")


def test_a_long_post_is_read_whole(network, clock, search):
    row = tweet(
        clock.at, text="@Tindra it began…", note_tweet={"text": "@Tindra it began " + "and went on " * 80}
    )
    network.answer(SEARCH, answer([row]))
    assert len(search.fetch(None).posts[0].text) > 900


@pytest.mark.parametrize(
    ("changed", "mentions_us"),
    [
        ({"text": "I like @TINDRA lamps"}, True),
        ({"text": "mail me at ada@tindra please"}, False),
        ({"text": "@tindrafan hello"}, False),
        ({"text": "my tindra lamp"}, False),
        ({"text": "look", "entities": {"mentions": [{"username": "TINDRA"}]}}, True),
        (
            {
                "text": "look https://t.co/a",
                "referenced_tweets": [{"type": "quoted", "id": "77"}],
                "entities": {"urls": [{"expanded_url": "https://twitter.com/Tindra/status/77"}]},
            },
            True,
        ),
        (
            {
                "text": "look https://t.co/a",
                "referenced_tweets": [{"type": "quoted", "id": "77"}],
                "entities": {"urls": [{"expanded_url": "https://x.com/somebody/status/77"}]},
            },
            False,
        ),
        (
            {
                "text": "a link only",
                "entities": {"urls": [{"expanded_url": "https://x.com/Tindra/status/7"}]},
            },
            False,
        ),
        ({"text": "RT @Tindra: news", "referenced_tweets": [{"type": "retweeted", "id": "7"}]}, False),
    ],
)
def test_x_allows_a_reply_where_we_are_mentioned_or_quoted(changed, mentions_us, network, clock, search):
    network.answer(SEARCH, answer([tweet(clock.at, **changed)]))
    (post,) = search.fetch(None).posts
    assert post.mentions_us is mentions_us
    assert post.repost is changed["text"].startswith("RT")


@pytest.mark.parametrize(("kind", "about"), [("quoted", "77"), ("retweeted", "77"), ("replied_to", None)])
def test_what_a_post_quotes_or_reposts_is_known(kind, about, network, clock, search):
    row = tweet(clock.at, text="my tindra lamp", referenced_tweets=[{"type": kind, "id": "77"}])
    network.answer(SEARCH, answer([row]))
    assert search.fetch(None).posts[0].about == about


def test_our_own_posts_are_not_mentions(network, clock, mentions):
    by_id = tweet(clock.at, 1, author_id="783214")
    by_handle = tweet(clock.at, 2, author_id="9")
    users = {"users": [{"id": "9", "username": "tindra"}]}
    network.answer(MENTIONS, answer([by_id, by_handle, tweet(clock.at, 3)], includes=users))
    assert [post.author_id for post in mentions.fetch(None).posts] == ["55"]


def test_only_what_is_needed_is_asked_for(network, clock, search):
    network.answer(SEARCH, answer([]))
    search.fetch(None)
    (seen,) = network.requests
    assert seen.query["query"] == "(@Tindra OR tindra) -is:retweet -from:Tindra"
    assert seen.query["expansions"] == "author_id"
    assert seen.query["max_results"] == "100"
    assert "note_tweet" in seen.query["tweet.fields"]
    assert seen.query["start_time"] == "2026-03-02T07:58:00Z"
    assert "end_time" not in seen.query
    assert seen.headers["authorization"] == "Bearer token"


@pytest.mark.parametrize(
    "row",
    [
        None,
        "a post",
        7,
        {},
        {"id": None, "text": "x"},
        {"id": "12; drop", "text": "x"},
        {"id": "9" * 40, "text": "x"},
        {"id": "12", "text": None},
        {"id": "12", "text": ["x"]},
    ],
)
def test_a_post_that_cannot_be_read_is_a_note_and_the_others_are_kept(row, network, clock, search):
    network.answer(SEARCH, {"data": [row, tweet(clock.at)], "meta": {}})
    batch = search.fetch(None)
    assert len(batch.posts) == 1
    assert "can't be read" in batch.notes[0]


@pytest.mark.parametrize(
    "changed",
    [
        {"created_at": "yesterday"},
        {"created_at": 12},
        {"created_at": "9999-12-31T23:59:59+00:00"},
        {"created_at": "0001-01-01T00:00:00+14:00"},
        {"lang": ["en"], "conversation_id": {"id": 1}, "author_id": None},
        {"entities": {"mentions": "all", "urls": {"a": 1}}},
        {"entities": None, "referenced_tweets": "none"},
        {"referenced_tweets": [None, {"type": []}, {"type": "quoted", "id": []}]},
        {"public_metrics": {"like_count": "many", "reply_count": -1, "quote_count": True}},
        {"note_tweet": "short"},
        {"text": "x" * 1_000_000},
        {"lang": "und"},
    ],
)
def test_a_field_of_the_wrong_kind_counts_as_absent(changed, network, clock, search):
    network.answer(SEARCH, answer([tweet(clock.at - timedelta(minutes=1), **changed)]))
    (post,) = search.fetch(None).posts
    assert clock.at - timedelta(minutes=2) < post.created_at <= clock.at
    assert post.metrics == {}
    assert len(post.text) <= 30_000


@pytest.mark.parametrize(
    "users", [None, "x", [None, {}, {"id": "55"}], [{"id": "55", "username": "a/../b", "name": 7}]]
)
def test_an_author_that_cannot_be_read_leaves_the_id(users, network, clock, search):
    network.answer(SEARCH, answer([tweet(clock.at)], includes={"users": users}))
    (post,) = search.fetch(None).posts
    assert post.author == "55"
    assert post.url == f"https://x.com/i/web/status/{post.external_id}"


def test_partial_errors_are_notes(network, clock, search):
    problem = {"title": "Not Found", "detail": "Could not find user with id: [9].", "value": "9"}
    network.answer(SEARCH, answer([tweet(clock.at)], errors=[problem, problem, "odd"]))
    batch = search.fetch(None)
    assert len(batch.posts) == 1
    assert batch.notes[0] == "X said: Could not find user with id: [9]."


def test_errors_without_posts_are_an_error(network, mentions):
    network.answer(MENTIONS, {"errors": [{"detail": "Could not find user with id: [783214]."}]})
    with pytest.raises(SourceError, match="without posts: Could not find user"):
        mentions.fetch(None)


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (401, {"title": "Unauthorized"}, "X does not accept the bearer token: check X_BEARER_TOKEN"),
        (402, {"title": "CreditsDepleted"}, "wants to be paid"),
        (
            403,
            {"detail": "Client is not enrolled"},
            "does not let this app read here .403: Client is not enr",
        ),
        (404, "", "check x_user_id"),
        (400, {"errors": [{"message": "Invalid 'query'"}]}, "does not understand .*400: Invalid 'query'"),
        (500, "[]", "out of order"),
        (503, "<html>over capacity</html>", "out of order at the moment .503"),
        (503, '"down"', "out of order"),
        (302, "", "status 302"),
        (200, "{broken", "not JSON"),
        (200, b"\xff\xfe{", "not JSON"),
        (200, "[1]", "not JSON"),
        (200, "null", "not JSON"),
        (200, "[" * 100_000, "not JSON"),
        (200, '{"data": "posts"}', "not a list"),
        (200, "{}", "not a list"),
    ],
)
def test_a_refusal_is_one_sentence(status, body, sentence, network, search):
    network.answer(SEARCH, body, status, headers={"Location": "/elsewhere"} if status == 302 else {})
    with pytest.raises(SourceError, match=sentence) as refused:
        search.fetch(None)
    assert "\n" not in str(refused.value)
    assert not isinstance(refused.value, Busy)
    assert search.check() == str(refused.value)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-rate-limit-reset": "1772442600"}, 601),  # 09:10:00
        ({}, 60),
        ({"x-rate-limit-reset": "soon"}, 60),
        ({"x-rate-limit-reset": "-5"}, 60),
        ({"x-rate-limit-reset": "1"}, 5),
        ({"x-rate-limit-reset": "99999999999"}, 3600),
    ],
)
def test_too_many_requests_says_until_when(headers, seconds, network, clock, search):
    network.answer(SEARCH, {"title": "Too Many Requests"}, 429, headers=headers)
    with pytest.raises(Busy, match="asks to wait until") as busy:
        search.fetch(None)
    assert busy.value.until == clock.at + timedelta(seconds=seconds)
    assert len(network.requests) == 1


def test_a_used_up_cap_is_said_and_waits_longer(network, clock, search):
    body = {
        "title": "UsageCapExceeded",
        "detail": "Usage cap exceeded: Monthly product cap",
        "type": "https://api.twitter.com/2/problems/usage-capped",
    }
    network.answer(SEARCH, body, 429)
    with pytest.raises(Busy, match="usage cap is reached: Usage cap exceeded") as busy:
        search.fetch(None)
    assert busy.value.until == clock.at + timedelta(minutes=15)


def test_no_answer_in_time_is_an_error_soon(network, clock):
    network.answer(SEARCH, answer([]), delay=5)
    client = build_x_client("token", api_url=network.url, timeout=(1, 0.2))
    began = time.monotonic()
    with pytest.raises(SourceError, match="did not answer in time"):
        XSearch(client, [brand()], 60, clock).fetch(None)
    assert time.monotonic() - began < 2


def test_a_cut_connection_is_an_error(network, search):
    network.answer(SEARCH, cut=True)
    with pytest.raises(SourceError, match="can't be reached"):
        search.fetch(None)
    assert len(network.requests) == 1


def test_nobody_there_is_an_error(clock):
    with far_network() as gone:
        url = gone.url
    with pytest.raises(SourceError, match="can't be reached"):
        XSearch(build_x_client("token", api_url=url), [brand()], 60, clock).fetch(None)


def test_a_missing_token_or_nothing_to_ask_for_is_said_before_anything_is_sent(network, clock):
    assert "X_BEARER_TOKEN" in (XSearch(None, [brand()], 60, clock).check() or "")
    client = build_x_client("token", api_url=network.url)
    with pytest.raises(SourceError, match="x_user_id"):
        XMentions(client, [brand(x_user_id=None)], 60, clock).fetch(None)
    with pytest.raises(SourceError, match="handle or keywords"):
        XSearch(client, [brand(handles={}, keywords={})], 60, clock).fetch(None)
    assert network.requests == []


def test_a_check_asks_for_ten_posts_at_most(network, search):
    network.answer(SEARCH, answer([]))
    assert search.check() is None
    assert [seen.query["max_results"] for seen in network.requests] == ["10"]


def test_the_address_of_a_proxy_may_have_a_path(network, clock):
    network.answer("/x/proxy" + SEARCH, answer([tweet(clock.at)]))
    client = build_x_client("token", api_url=network.url + "/x/proxy/")
    assert len(XSearch(client, [brand()], 60, clock).fetch(None).posts) == 1
