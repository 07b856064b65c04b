"""Reading X without gaps and without repeats: paging, overlap, bounds, and errors halfway."""

import json
import random
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.sources import Busy, SourceError
from bot.sources.x import XMentions, XSearch
from bot.sources.x_client import build_x_client
from tests.far_network import Answer, Seen
from tests.sources.conftest import MENTIONS, SEARCH, answer, brand, tweet


class Timeline:
    """Stands in for X: what was posted, and when it became searchable; answers as X documents it."""

    def __init__(self, clock) -> None:
        self.clock = clock
        self.rows: list[tuple[datetime, datetime, dict[str, Any]]] = []
        self.refuse: list[int] = []
        """Statuses for the next requests; 200 lets one through."""
        self.refuse_tokens = False
        self._snapshots: dict[str, list[dict[str, Any]]] = {}

    def post(self, at: datetime, serial: int, late: float = 0.0) -> None:
        self.rows.append((at + timedelta(seconds=late), at.replace(microsecond=0), tweet(at, serial)))

    def __call__(self, seen: Seen) -> Answer:
        status = self.refuse.pop(0) if self.refuse else 200
        if status != 200:
            return Answer(status, b"{}")
        query = seen.query
        start = datetime.fromisoformat(query["start_time"])
        if start < self.clock() - timedelta(days=7):
            return Answer(400, b'{"errors": [{"message": "start_time is too old"}]}')
        token = query.get("next_token") or query.get("pagination_token")
        if token and self.refuse_tokens:
            return Answer(400, b'{"errors": [{"message": "bad token"}]}')
        if token:
            rows = self._snapshots[token]
        else:
            end = datetime.fromisoformat(query["end_time"]) if "end_time" in query else self.clock()
            now = self.clock()
            found = (row for known, at, row in self.rows if known <= now and start <= at < end)
            rows = sorted(found, key=lambda row: int(row["id"]), reverse=True)
        size = int(query["max_results"])
        following = None
        if len(rows) > size:
            following = f"t{len(self._snapshots)}"
            self._snapshots[following] = rows[size:]
        return Answer(200, json.dumps(answer(rows[:size], following)).encode())


@pytest.fixture
def timeline(network, clock):
    x = Timeline(clock)
    network.answer_with(SEARCH, x)
    network.answer_with(MENTIONS, x)
    return x


@pytest.fixture(params=[XSearch, XMentions])
def source(request, network, clock):
    return request.param(build_x_client("token", api_url=network.url), [brand()], 60, clock)


def ids(batch):
    return [post.external_id for post in batch.posts]


def test_the_first_fetch_looks_back_an_hour_and_no_further(timeline, source, clock):
    timeline.post(clock.at - timedelta(hours=5), 1)
    timeline.post(clock.at - timedelta(minutes=50), 2)
    assert len(source.fetch(None).posts) == 1


def test_posts_come_oldest_first(timeline, source, clock):
    for serial in (3, 1, 2):
        timeline.post(clock.at - timedelta(minutes=serial), serial)
    posts = source.fetch(None).posts
    assert [post.created_at for post in posts] == sorted(post.created_at for post in posts)


def test_the_next_fetch_overlaps_and_drops_repeats(timeline, source, clock, network):
    timeline.post(clock.at - timedelta(seconds=40), 1)
    first = source.fetch(None)
    clock.turn(minutes=1)
    timeline.post(clock.at - timedelta(seconds=5), 2)
    second = source.fetch(first.cursor)
    assert (len(first.posts), len(second.posts)) == (1, 1)
    newest = first.posts[0].created_at
    assert network.requests[-1].query["start_time"] == f"{newest - timedelta(minutes=2):%Y-%m-%dT%H:%M:%SZ}"
    clock.turn(minutes=1)
    assert source.fetch(second.cursor).posts == []


def test_a_post_that_x_finds_late_is_not_missed(timeline, source, clock):
    timeline.post(clock.at - timedelta(seconds=20), 1)
    timeline.post(clock.at - timedelta(seconds=50), 2, late=70)
    first = source.fetch(None)
    assert len(first.posts) == 1
    clock.turn(minutes=1)
    assert len(source.fetch(first.cursor).posts) == 1


def test_a_page_bound_leaves_the_rest_for_the_next_fetch_without_a_gap(timeline, source, clock, network):
    for serial in range(2_350):
        timeline.post(clock.at - timedelta(seconds=1 + serial * 0.5), serial)
    seen: list[str] = []
    cursor = None
    for expected in (1_000, 1_000, 350, 0):
        batch = source.fetch(cursor)
        assert len(batch.posts) == expected
        seen += ids(batch)
        cursor = json.loads(json.dumps(batch.cursor))
        clock.turn(seconds=1)
    assert len(seen) == len(set(seen)) == 2_350
    assert len(network.requests) == 10 + 10 + (4 + 3) + 3  # two minutes of overlap are 3 pages here


def test_what_is_new_during_a_backlog_comes_right_after_it(timeline, source, clock):
    for serial in range(1_200):
        timeline.post(clock.at - timedelta(seconds=1 + serial), serial)
    first = source.fetch(None)
    clock.turn(minutes=1)
    timeline.post(clock.at - timedelta(seconds=30), 5_000)
    second = source.fetch(first.cursor)
    assert len(first.posts) + len(second.posts) == 1_201


def test_a_page_token_that_x_no_longer_takes_is_replaced_by_a_time(timeline, source, clock):
    for serial in range(1_500):
        timeline.post(clock.at - timedelta(seconds=20 + serial), serial)
    first = source.fetch(None)
    clock.turn(minutes=1)
    timeline.refuse_tokens = True
    second = source.fetch(first.cursor)
    assert second.posts, "the page before the refused token is read by time"
    timeline.refuse_tokens = False
    third = source.fetch(second.cursor)
    fetched = ids(first) + ids(second) + ids(third)
    assert len(fetched) == len(set(fetched)) == 1_500


@pytest.mark.parametrize("status", [429, 503, 401])
def test_an_error_halfway_keeps_what_was_read_and_loses_nothing(status, timeline, source, clock):
    for serial in range(450):
        timeline.post(clock.at - timedelta(seconds=1 + serial), serial)
    timeline.refuse = [200, 200, status]
    first = source.fetch(None)
    assert len(first.posts) == 200
    assert any(source.name in note for note in first.notes)
    clock.turn(minutes=1)
    second = source.fetch(first.cursor)
    assert len(ids(second)) == 250
    assert not set(ids(first)) & set(ids(second))


def test_an_error_at_once_is_raised_and_the_old_cursor_still_serves(timeline, source, clock):
    timeline.post(clock.at - timedelta(seconds=30), 1)
    first = source.fetch(None)
    clock.turn(minutes=1)
    timeline.post(clock.at - timedelta(seconds=30), 2)
    timeline.refuse = [429]
    with pytest.raises(Busy):
        source.fetch(first.cursor)
    timeline.refuse = [503]
    with pytest.raises(SourceError):
        source.fetch(first.cursor)
    assert len(source.fetch(first.cursor).posts) == 1


def test_a_long_absence_asks_for_no_more_than_x_gives(timeline, source, clock, network):
    timeline.post(clock.at, 1)
    clock.turn(seconds=1)
    cursor = source.fetch(None).cursor
    clock.turn(days=20)
    timeline.post(clock.at - timedelta(days=6, hours=23), 2)
    timeline.post(clock.at - timedelta(hours=3), 3)
    batch = source.fetch(cursor)
    assert len(batch.posts) == 2
    assert "was last read at 2026-03-02 09:00 UTC; X gives out 7 days only" in batch.notes[0]
    clock.turn(minutes=1)
    assert source.fetch(batch.cursor).notes == []


def test_a_quiet_week_is_no_outage(timeline, source, clock):
    timeline.post(clock.at - timedelta(minutes=1), 1)
    cursor = source.fetch(None).cursor
    for _ in range(10):
        clock.turn(days=1)
        batch = source.fetch(cursor)
        cursor = batch.cursor
        assert (batch.posts, batch.notes) == ([], [])


def test_a_backlog_out_of_reach_is_given_up_and_said(timeline, source, clock):
    for serial in range(1_100):
        timeline.post(clock.at - timedelta(seconds=1 + serial), serial)
    cursor = source.fetch(None).cursor
    clock.turn(days=8)
    timeline.post(clock.at - timedelta(minutes=5), 9_000)
    batch = source.fetch(cursor)
    assert len(batch.posts) == 1
    assert any("not given out any more" in note for note in batch.notes)


def test_a_post_from_the_future_does_not_stop_the_reading(network, clock):
    source = XSearch(build_x_client("token", api_url=network.url), [brand()], 60, clock)
    network.answer(SEARCH, answer([tweet(clock.at + timedelta(days=900))]))
    network.answer(SEARCH, answer([tweet(clock.at + timedelta(seconds=30), 2)]))
    first = source.fetch(None)
    assert first.posts[0].created_at == clock.at
    clock.turn(minutes=1)
    assert len(source.fetch(first.cursor).posts) == 1
    assert network.requests[-1].query["start_time"] == "2026-03-02T08:58:00Z"


@pytest.mark.parametrize(
    "cursor",
    [
        {},
        {"marks": None, "seen": 7},
        {"marks": {"783214": 5}, "seen": {"783214": [None, "x", "9" * 50], "1": 2}},
        {"marks": {"783214": {"newest": "noon", "rest": {}}}},
        {"marks": {"783214": {"newest": "2026-03-02T08:59:00+00:00", "rest": {"start": 1}}}},
        {"marks": {"783214": {"newest": "2026-03-02T08:59:00"}}, "seen": {}},
    ],
)
def test_a_cursor_of_another_shape_is_no_reason_to_fall_over(cursor, timeline, clock, network):
    timeline.post(clock.at - timedelta(seconds=30), 1)
    source = XMentions(build_x_client("token", api_url=network.url), [brand()], 60, clock)
    assert len(source.fetch(cursor).posts) == 1


def test_a_changed_query_goes_on_where_the_old_one_was(timeline, clock, network):
    client = build_x_client("token", api_url=network.url)
    timeline.post(clock.at - timedelta(seconds=30), 1)
    cursor = XSearch(client, [brand()], 60, clock).fetch(None).cursor
    clock.turn(hours=5)
    timeline.post(clock.at - timedelta(hours=4), 2)
    changed = XSearch(client, [brand(keywords={"any": ["tindra", "lamp"]})], 60, clock)
    assert len(changed.fetch(cursor).posts) == 1


def test_a_post_that_two_queries_find_comes_once(timeline, clock, network):
    two = [brand(), brand(name="Lumo", handles={"x": ["lumo"]}, keywords={})]
    timeline.post(clock.at - timedelta(seconds=30), 1)
    source = XSearch(build_x_client("token", api_url=network.url), two, 60, clock)
    assert len(source.fetch(None).posts) == 1
    assert len(network.requests) == 2


def test_one_query_that_x_refuses_does_not_stop_the_other(timeline, clock, network):
    two = [brand(), brand(name="Lumo", handles={"x": ["lumo"]}, keywords={})]
    timeline.post(clock.at - timedelta(seconds=30), 1)
    timeline.refuse = [400, 200]
    batch = XSearch(build_x_client("token", api_url=network.url), two, 60, clock).fetch(None)
    assert len(batch.posts) == 1
    assert any("does not understand" in note for note in batch.notes)


def test_a_surge_for_one_brand_does_not_starve_another(network, clock):
    surge = Timeline(clock)
    for serial in range(4_000):
        surge.post(clock.at - timedelta(seconds=1 + serial * 0.5), serial)
    calm = answer([tweet(clock.at - timedelta(minutes=1), 9_000)])

    def far_side(seen: Seen) -> Answer:
        return Answer(200, json.dumps(calm).encode()) if "@lumo" in seen.query["query"] else surge(seen)

    network.answer_with(SEARCH, far_side)
    two = [brand(), brand(name="Lumo", handles={"x": ["lumo"]}, keywords={})]
    source = XSearch(build_x_client("token", api_url=network.url), two, 60, clock)
    first = source.fetch(None)
    clock.turn(minutes=1)
    second = source.fetch(json.loads(json.dumps(first.cursor)))
    assert calm["data"][0]["id"] in ids(first) + ids(second)


def test_another_brand_later_does_not_make_us_pay_for_the_past(timeline, clock, network):
    client = build_x_client("token", api_url=network.url)
    timeline.post(clock.at - timedelta(seconds=30), 1)
    cursor = XSearch(client, [brand()], 60, clock).fetch(None).cursor
    clock.turn(days=3)
    cursor = XSearch(client, [brand()], 60, clock).fetch(cursor).cursor
    clock.turn(minutes=1)
    two = [brand(), brand(name="Lumo", handles={"x": ["lumo"]}, keywords={})]
    XSearch(client, two, 60, clock).fetch(cursor)
    asked = {seen.query["query"]: seen.query["start_time"] for seen in network.requests}
    assert asked["@lumo -is:retweet -from:lumo"] == "2026-03-05T08:58:00Z"


def test_the_cursor_stays_small_and_forgets_ids_that_cannot_come_again(timeline, source, clock):
    for serial in range(900):
        timeline.post(clock.at - timedelta(seconds=1 + serial), serial)
    cursor = source.fetch(None).cursor
    clock.turn(hours=1)
    timeline.post(clock.at - timedelta(seconds=1), 5_000)
    cursor = source.fetch(cursor).cursor
    assert len(json.dumps(cursor)) < 1_000


@pytest.mark.parametrize("chance", range(4))
def test_whatever_happens_every_post_comes_exactly_once(chance, timeline, source, clock):
    """Surges, late indexing, refusals at any page, and a crash that loses a batch before it is stored."""
    dice = random.Random(chance)
    serial = 0
    stored: list[str] = []
    cursor = None
    for minute in range(50):
        for _ in range(dice.choice([0, 1, 5, 40, 150, 1_400]) if minute < 15 else 0):
            serial += 1
            timeline.post(clock.at + timedelta(seconds=dice.uniform(0, 59)), serial, dice.uniform(0, 50))
        clock.turn(minutes=1)
        timeline.refuse = [dice.choice([200, 200, 200, 429, 503]) for _ in range(6)] if minute < 20 else []
        try:
            batch = source.fetch(cursor)
        except SourceError:
            continue
        if dice.random() < 0.15:
            continue  # the process died before the batch was stored
        stored += ids(batch)
        cursor = json.loads(json.dumps(batch.cursor))
    posted = {row["id"] for *_, row in timeline.rows}
    assert set(stored) == posted
    assert len(stored) == len(posted)
