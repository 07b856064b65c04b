"""Looking at stored posts again, over a real connection: what is gone, what was edited, what is doubtful."""

from datetime import timedelta

import pytest

from bot.sources import Busy, Gone, SourceError
from bot.sources.x_client import build_x_client
from bot.sources.x_recheck import XRecheck
from tests.recorded import exchange
from tests.sources.conftest import brand, tweet

TWEETS = "/2/tweets"
PROBLEMS = "https://api.twitter.com/2/problems/"


@pytest.fixture
def due():
    """What is due; a test fills it."""
    return []


@pytest.fixture
def recheck(network, clock, due):
    client = build_x_client("token", api_url=network.url)
    return XRecheck(client, [brand()], clock, lambda most: due[:most])


def missing(number, kind="resource-not-found", **more):
    """What X says of a post that it does not give out."""
    return {
        "value": number,
        "detail": f"Could not find tweet with ids: [{number}].",
        "title": "Not Found Error",
        "resource_type": "tweet",
        "parameter": "ids",
        "resource_id": number,
        "type": f"{PROBLEMS}{kind}",
    } | more


def asked(network):
    return [seen.query["ids"].split(",") for seen in network.requests]


def test_a_recorded_answer_brings_the_posts_and_their_price(network, clock, recheck, due):
    was = exchange("test_client_get_tweets")
    network.answer(TWEETS, was["json"])
    due += [row["id"] for row in was["json"]["data"]]
    batch = recheck.fetch(None)
    assert {post.external_id for post in batch.posts} == set(due)
    assert (batch.gone, batch.notes) == ((), [])
    assert [(spent.kind, spent.ids) for spent in batch.spent] == [("recheck", set(due))]
    assert batch.looked_for == tuple(("x", number) for number in due)


def test_deleted_and_hidden_posts_are_gone_and_cost_nothing(network, clock, recheck, due):
    due += [tweet(clock.at, n)["id"] for n in range(4)]
    there, deleted, hidden, unclear = due
    network.answer(
        TWEETS,
        {
            "data": [tweet(clock.at, 0)],
            "errors": [
                missing(deleted),
                missing(hidden, "not-authorized-for-resource", title="Authorization Error"),
                missing(unclear, "service-unavailable"),
                missing("77"),
                missing(there, resource_type="user"),
                "odd",
                {"type": None, "value": 7},
            ],
        },
    )
    batch = recheck.fetch(None)
    assert set(batch.gone) == {Gone("x", deleted, "deleted"), Gone("x", hidden, "hidden")}
    assert batch.spent[0].ids == {there}
    assert len(batch.looked_for) == 4


def test_an_answer_without_any_post_is_an_answer(network, clock, recheck, due):
    due += [tweet(clock.at, 1)["id"]]
    network.answer(TWEETS, {"errors": [missing(due[0])]})
    batch = recheck.fetch(None)
    assert [one.external_id for one in batch.gone] == due
    assert batch.spent == ()


def test_nothing_due_asks_nothing(network, recheck):
    batch = recheck.fetch(None)
    assert (batch.posts, batch.spent, network.requests) == ([], (), [])


def test_they_are_asked_for_by_hundreds(network, clock, recheck, due):
    due += [tweet(clock.at, n)["id"] for n in range(250)]
    network.answer(TWEETS, {"data": [tweet(clock.at, 0)]})
    recheck.fetch(None)
    assert [len(ids) for ids in asked(network)] == [100, 100, 50]


def test_an_edited_post_comes_in_its_newest_version(network, clock, recheck, due):
    old, new = tweet(clock.at, 1), tweet(clock.at, 2, text="@Tindra it glows green, not red")
    history = [old["id"], new["id"]]
    due.append(old["id"])
    network.answer(TWEETS, {"data": [old | {"edit_history_tweet_ids": history}]})
    network.answer(TWEETS, {"data": [new | {"edit_history_tweet_ids": history}]})
    batch = recheck.fetch(None)
    assert asked(network) == [[old["id"]], [new["id"]]]
    newest = batch.posts[-1]
    assert (newest.external_id, newest.versions) == (new["id"], tuple(history))
    assert newest.edited_at is not None
    assert batch.spent[0].ids == set(history)


@pytest.mark.parametrize("history", [None, "x", [], [None, {}, "abc"], ["9" * 40]])
def test_a_history_that_makes_no_sense_is_none(history, network, clock, recheck, due):
    due.append(tweet(clock.at, 1)["id"])
    network.answer(TWEETS, {"data": [tweet(clock.at, 1, edit_history_tweet_ids=history)]})
    [post] = recheck.fetch(None).posts
    assert (post.versions, post.edited_at) == ((), None)


def test_that_most_posts_are_gone_is_believed_only_half_an_hour_later(network, clock, recheck, due):
    due += [tweet(clock.at, n)["id"] for n in range(12)]
    network.answer(TWEETS, {"errors": [missing(number) for number in due[:11]]})
    batch = recheck.fetch(None)
    assert batch.gone == ()
    assert batch.looked_for == (("x", due[11]),)  # the others stay due
    assert "11 of 12 posts are gone: looked at again" in batch.notes[0]
    clock.turn(minutes=10)
    assert recheck.fetch(None).gone == ()
    clock.turn(minutes=21)
    assert len(recheck.fetch(None).gone) == 11


def test_what_came_back_meanwhile_is_not_doubted_any_more(network, clock, recheck, due):
    due += [tweet(clock.at, n)["id"] for n in range(12)]
    network.answer(TWEETS, {"errors": [missing(number) for number in due]})
    network.answer(TWEETS, {"data": [tweet(clock.at, n) for n in range(12)]})
    network.answer(TWEETS, {"errors": [missing(number) for number in due]})
    recheck.fetch(None)
    clock.turn(hours=1)
    assert len(recheck.fetch(None).posts) == 12
    assert recheck.fetch(None).gone == ()


def test_what_was_looked_at_before_an_error_counts(network, clock, recheck, due):
    due += [tweet(clock.at, n)["id"] for n in range(150)]
    network.answer(TWEETS, {"data": [tweet(clock.at, 0)]})
    network.answer(TWEETS, "down", 503)
    batch = recheck.fetch(None)
    assert len(batch.looked_for) == 100
    assert "out of order" in batch.notes[0]


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (429, "", Busy, "asks to wait"),
        (401, "", SourceError, "check X_BEARER_TOKEN"),
        (200, "{broken", SourceError, "not JSON"),
        (200, {"data": "all"}, SourceError, "not a list"),
        (200, [], SourceError, "not JSON"),
    ],
)
def test_no_answer_leaves_everything_as_it_is(status, body, kind, words, network, clock, recheck, due):
    due.append(tweet(clock.at, 1)["id"])
    network.answer(TWEETS, body, status)
    with pytest.raises(kind, match=words):
        recheck.fetch(None)


def test_without_a_token_it_says_so(clock):
    source = XRecheck(None, [brand()], clock, lambda most: [])
    assert "X_BEARER_TOKEN" in (source.check() or "")
    with pytest.raises(SourceError, match="X_BEARER_TOKEN"):
        source.fetch(None)


def test_clocks_that_differ_do_no_harm(network, clock, recheck, due):
    ahead = tweet(clock.at + timedelta(hours=2), 1)
    due.append(ahead["id"])
    network.answer(TWEETS, {"data": [ahead]})
    assert recheck.fetch(None).posts[0].created_at == clock.at
