"""Reading X within a budget: what is counted, and what pauses when nothing is left."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.sources.build import build_sources
from bot.sources.x import XSearch
from bot.sources.x_client import build_x_client
from config.settings import Settings
from tests.far_network import Lines
from tests.sources.conftest import MENTIONS, SEARCH, answer, brand, tweet
from tests.sources.streams import wait_for
from tests.sources.test_build import playbook
from tests.sources.test_x_stream import RULES, STREAM, RuleBook, said


class Purse:
    """How many posts are left; a test says it."""

    left: int | None = 1_000

    def __call__(self):
        return self.left


@pytest.fixture
def purse():
    return Purse()


@pytest.fixture
def sources(network, clock, purse):
    """By name, as the playbook's part for X builds them."""
    made = []

    def build(brands=None, **x):
        book = playbook(x=x)
        if brands:
            book = book.model_copy(update={"brands": tuple(brands)})
        settings = Settings(x_bearer_token="token", x_api_url=network.url)
        made.extend(build_sources(book, settings, clock, purse))
        return {source.name: source for source in made}

    yield build
    for source in made:
        if hasattr(source, "close"):
            source.close()


def asked(network, path=SEARCH):
    return [seen.query.get("query") for seen in network.requests if seen.path == path]


def test_every_post_on_an_answer_is_on_the_bill_ours_and_broken_ones_too(network, clock):
    ours = tweet(clock.at, 1, author_id="783214")
    broken = tweet(clock.at, 2, text=None)
    network.answer(SEARCH, {"data": [ours, broken, tweet(clock.at, 3)], "meta": {"next_token": "t"}})
    network.answer(SEARCH, "down", 503)
    source = XSearch(build_x_client("token", api_url=network.url), [brand()], 60, clock)
    batch = source.fetch(None)
    assert len(batch.posts) == 1
    [spent] = batch.spent
    assert (spent.platform, spent.kind, spent.at) == ("x", "search", clock.at)
    assert spent.ids == {tweet(clock.at, n)["id"] for n in (1, 2, 3)}


def test_repeats_that_are_not_handed_over_again_are_on_the_bill_which_knows_them(network, clock):
    network.answer(SEARCH, answer([tweet(clock.at, 1)]))
    source = XSearch(build_x_client("token", api_url=network.url), [brand()], 60, clock)
    again = source.fetch(source.fetch(None).cursor)
    assert again.posts == []
    assert again.spent[0].ids == {tweet(clock.at, 1)["id"]}


def test_no_more_pages_are_asked_for_than_the_budget_pays(network, clock, purse, sources):
    network.answer(SEARCH, answer([tweet(clock.at, 1)], next_token="more"))
    purse.left = 150
    sources()["x-search"].fetch(None)
    assert len(asked(network)) == 2


def test_a_used_budget_pauses_search_and_mentions_go_on(network, clock, purse, sources):
    network.answer(MENTIONS, answer([tweet(clock.at, 1)]))
    purse.left = 0
    both = sources()
    batch = both["x-search"].fetch(None)
    assert (batch.posts, asked(network)) == ([], [])
    assert both["x-search"].check() is None
    assert asked(network) == []
    assert len(both["x-mentions"].fetch(None).posts) == 1


def test_a_budget_that_rises_lets_search_go_on_where_it_stopped(network, clock, purse, sources):
    network.answer(SEARCH, answer([]))
    search = sources()["x-search"]
    cursor = search.fetch(None).cursor
    stopped = clock.at
    purse.left = 0
    for _ in range(3):
        clock.turn(hours=20)
        cursor = json.loads(json.dumps(search.fetch(cursor).cursor or cursor))
    purse.left = 10
    search.fetch(cursor)
    assert len(asked(network)) == 2
    began = network.requests[-1].query["start_time"]
    assert began == f"{stopped - timedelta(hours=1, minutes=2):%Y-%m-%dT%H:%M:%SZ}"


def test_a_new_month_begins_anew_rather_than_with_days_of_old_posts(network, clock, purse, sources):
    network.answer(SEARCH, answer([]))
    search = sources()["x-search"]
    clock.at = datetime(2026, 3, 28, 9, 0, tzinfo=UTC)
    cursor = search.fetch(None).cursor
    purse.left = 0
    cursor = search.fetch(cursor).cursor
    clock.at = datetime(2026, 4, 1, 0, 0, 30, tzinfo=UTC)
    purse.left = 1_000
    search.fetch(cursor)
    assert network.requests[-1].query["start_time"] == "2026-03-31T22:58:30Z"


def test_where_no_timeline_is_read_direct_mentions_are_searched_for(network, clock, purse, sources):
    network.answer(SEARCH, answer([tweet(clock.at, 1)]))
    purse.left = 0
    search = sources([brand(), brand(name="Vejle", handles={"x": ["Vejle"]}, x_user_id=None)])["x-search"]
    batch = search.fetch(None)
    assert [post.external_id for post in batch.posts] == [tweet(clock.at, 1)["id"]]
    assert batch.spent[0].kind == "search"
    cursor = json.loads(json.dumps(batch.cursor))
    clock.turn(minutes=1)
    assert search.fetch(cursor).posts == []
    assert asked(network) == ["@Vejle -is:retweet -from:Vejle"] * 2


@pytest.mark.parametrize("paused", [None, 7, "2026-03", "yesterday"])
def test_a_cursor_that_makes_no_sense_begins_anew(paused, network, purse, sources):
    network.answer(SEARCH, answer([]))
    sources()["x-search"].fetch({"paused": paused, "was": 7, "narrow": "x"})
    assert len(asked(network)) == 1


def test_a_stream_lets_go_and_hands_over_what_was_paid_for(network, clock, purse, sources):
    network.answer(SEARCH, answer([]))
    network.answer_with(RULES, RuleBook())
    lines = Lines()
    network.answer(STREAM, lines=lines)
    stream = sources(stream=True)["x-search"]
    cursor = stream.fetch(None).cursor
    lines.say(said(tweet(clock.at, 1)), said({"id": "77"}))
    wait_for(lambda: len(stream._source._live.read(None).items) == 2)
    purse.left = 0
    rest = stream.fetch(cursor)
    assert [post.external_id for post in rest.posts] == [tweet(clock.at, 1)["id"]]
    assert [(spent.kind, len(spent.ids)) for spent in rest.spent] == [("stream", 2)]
    assert lines.gone.wait(5)
    paused = stream.fetch(rest.cursor)
    assert (paused.posts, paused.cursor["paused"]) == ([], "2026-03")
    purse.left = 10
    network._answers[STREAM].clear()
    network.answer(STREAM, lines=Lines())
    stream.fetch(paused.cursor)
    wait_for(lambda: sum(seen.path == STREAM for seen in network.requests) == 2)


def test_what_came_before_midnight_is_on_the_bill_of_that_day(network, clock, purse, sources):
    network.answer(SEARCH, answer([]))
    network.answer_with(RULES, RuleBook())
    lines = Lines()
    network.answer(STREAM, lines=lines)
    clock.at = datetime(2026, 3, 2, 23, 59, 59, tzinfo=UTC)
    stream = sources(stream=True)["x-search"]
    cursor = stream.fetch(None).cursor
    lines.say(said(tweet(clock.at, 1)))
    wait_for(lambda: len(stream._source._live.read(None).items) == 1)
    clock.turn(seconds=2)
    lines.say(said(tweet(clock.at, 2)))
    wait_for(lambda: len(stream._source._live.read(None).items) == 2)
    batch = stream.fetch(cursor)
    assert [(spent.at.day, len(spent.ids)) for spent in batch.spent] == [(2, 1), (3, 1)]
