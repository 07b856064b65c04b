"""Bluesky's public stream, over a real WebSocket: what is for us, breaks, deletions, names."""

from datetime import timedelta

import pytest

from bot.sources import Busy, SourceError
from bot.sources.bluesky_api import BlueskyApi
from bot.sources.bluesky_connection import open_connection
from bot.sources.bluesky_posts import Ours
from bot.sources.bluesky_stream import BlueskyStream
from bot.sources.streaming import Lost
from bot.sources.wanted import Wanted
from tests.far_socket import far_socket
from tests.sources.bluesky_shapes import MIA, OURS, PROFILES, RESOLVE, asked, event, uri
from tests.sources.conftest import brand
from tests.sources.streams import AT_ONCE, wait_for

PROFILE = {"did": MIA, "handle": "mia.example", "displayName": "Mia Jensen"}


@pytest.fixture
def far():
    with far_socket() as far:
        yield far


@pytest.fixture
def network(network):
    """Knows who is who."""
    network.answer(PROFILES, {"profiles": [PROFILE]})
    network.answer(RESOLVE, {"did": OURS})
    return network


@pytest.fixture
def listening(far, network, clock):
    """Makes streams of a brand with changed keys."""
    streams = []

    def make(**changed):
        tindra = brand(**{"handles": {"bluesky": ["care.tindra.example"]}} | changed)
        api = BlueskyApi(None, api_url=network.url)
        streams.append(BlueskyStream(api, [tindra], clock, url=far.url, waits=AT_ONCE))
        return streams[-1]

    yield make
    for stream in streams:
        stream.close()


@pytest.fixture
def stream(listening):
    return listening()


def microseconds(at):
    return int(at.timestamp() * 1_000_000)


def fetched(stream, since=None):
    """The first batch that brings anything."""
    batches = []

    def comes() -> bool:
        try:
            batch = stream.fetch(since)
        except SourceError:
            return False
        if batch.posts or batch.notes or batch.cursor:
            batches.append(batch)
        return bool(batches)

    wait_for(comes)
    return batches[0]


def test_a_post_for_us_is_picked_out_of_everybodys_with_its_authors_name(stream, far, clock, network):
    far.say(
        event(clock.at, "other", text="I like coffee"),
        event(clock.at, "3lz", langs=["en"]),
    )
    stream.fetch(None)
    wait_for(lambda: stream.fetch(None).posts)
    [post] = stream.fetch(None).posts
    assert (post.external_id, post.author, post.author_id) == (uri("3lz"), "mia.example", MIA)
    assert (post.author_name, post.url) == ("Mia Jensen", "https://bsky.app/profile/mia.example/post/3lz")
    assert len(asked(network, PROFILES)) == 1
    assert far.asked[0]["wantedCollections"] == "app.bsky.feed.post"


@pytest.mark.parametrize(
    ("changed", "taken"),
    [
        ({"text": "TINDRÁ is no word of ours"}, False),
        ({"text": "\uff34\uff49\uff4e\uff44\uff52\uff41 leaks"}, True),  # full-width letters
        ({"text": "untindraly"}, False),
        ({"text": "hi @care.tindra.example"}, True),
        ({"text": "it leaks", "reply": {"root": {"uri": uri("r")}, "parent": {"uri": uri("p", OURS)}}}, True),
        ({"text": "look", "facets": [{"features": [{"did": OURS}]}]}, True),
        ({"text": "tindra geht nicht", "langs": ["de"]}, False),
        ({"text": "@care.tindra.example geht nicht", "langs": ["de"]}, True),
        ({"text": None}, False),
        ({"$type": "app.bsky.feed.like"}, False),
    ],
)
def test_what_is_for_us_is_what_the_sift_takes_to_be_about_us(far, listening, clock, changed, taken):
    stream = listening(languages=["en", "da"])
    far.say(event(clock.at, "3lz", **changed), event(clock.at, "end", text="tindra ends here"))
    stream.fetch(None)
    wait_for(lambda: stream.fetch(None).posts)
    wait_for(lambda: any(post.external_id == uri("end") for post in stream.fetch(None).posts))
    found = {post.external_id for post in stream.fetch(None).posts}
    assert (uri("3lz") in found) is taken


def test_our_own_posts_are_not_taken(stream, far, clock, network):
    far.say(event(clock.at, "ours", did=OURS), event(clock.at, "theirs"))
    assert [post.external_id for post in fetched(stream).posts] == [uri("theirs")]


def test_a_post_that_is_deleted_at_once_never_comes(stream, far, clock):
    far.say(event(clock.at, "a"), event(clock.at, "a", "delete"), event(clock.at, "b"))
    stream.fetch(None)
    wait_for(lambda: [post.external_id for post in stream.fetch(None).posts] == [uri("b")])


def test_everybodys_deletions_are_handed_on(stream, far, clock):
    later = clock.at + timedelta(seconds=20)
    far.say(event(clock.at, "old", "delete"), event(later, "coffee", text="coffee"))
    stream.fetch(None)
    wait_for(lambda: [gone.external_id for gone in stream.fetch(None).gone] == [uri("old")])


def test_a_post_that_its_author_changed_says_when(stream, far, clock):
    far.say(event(clock.at, "a", "update", text="My Tindra leaks no more"))
    [post] = fetched(stream).posts
    assert (post.edited_at, post.text) == (clock.at, "My Tindra leaks no more")


def test_after_a_break_it_goes_on_some_seconds_before_what_was_heard(stream, far, clock):
    far.say(event(clock.at, "a"))
    first = fetched(stream)
    far.cut()
    later = clock.at + timedelta(seconds=3)
    far.say(event(clock.at, "a"), event(later, "b"))
    wait_for(lambda: len(far.asked) == 2)
    assert int(far.asked[1]["cursor"]) == microseconds(clock.at) - 5_000_000
    wait_for(lambda: any(post.external_id == uri("b") for post in stream.fetch(first.cursor).posts))


def test_after_a_restart_it_goes_on_where_the_cursor_says(far, listening, clock):
    at = microseconds(clock.at - timedelta(hours=2))
    stream = listening()
    stream.fetch({"stream": {"run": "earlier", "serial": 9}, "time_us": at})
    wait_for(lambda: far.asked)
    assert int(far.asked[0]["cursor"]) == at - 5_000_000


def test_the_first_connection_of_all_looks_back_ten_minutes(stream, far, clock):
    stream.fetch(None)
    wait_for(lambda: far.asked)
    assert int(far.asked[0]["cursor"]) == microseconds(clock.at - timedelta(minutes=10)) - 5_000_000


def test_what_the_far_side_no_longer_has_is_said(stream, far, clock):
    stream.fetch({"time_us": microseconds(clock.at - timedelta(days=4))})
    far.say(event(clock.at - timedelta(days=1), "a"))
    batch = fetched(stream, {"time_us": microseconds(clock.at - timedelta(days=4))})
    assert "no longer has what was posted from 2026-02-26 09:00 to 2026-03-01 09:00 UTC" in batch.notes[0]


def test_the_cursor_moves_on_where_nothing_is_for_us(stream, far, clock):
    later = clock.at + timedelta(seconds=45)
    far.say(event(clock.at, "a", text="coffee"), event(later, "b", text="coffee"))
    stream.fetch(None)
    wait_for(lambda: (stream.fetch(None).cursor or {}).get("time_us") == microseconds(later))


def test_what_was_not_stored_comes_again(stream, far, clock):
    far.say(event(clock.at, "a"))
    first = fetched(stream)
    assert [post.external_id for post in stream.fetch(None).posts] == [uri("a")]
    assert stream.fetch(first.cursor).posts == []


@pytest.mark.parametrize(
    "nonsense",
    [
        "{",
        b"\xff\xfe",
        "[]",
        "7",
        {},
        {"time_us": "soon"},
        {"time_us": 1, "commit": {"operation": 1}},
        {"time_us": 2**80, "did": 1},
        {"kind": "account", "did": MIA, "time_us": 1_772_442_000_000_000},
    ],
)
def test_an_event_that_makes_no_sense_does_not_end_it(stream, far, clock, nonsense):
    far.say(nonsense, event(clock.at, "3lz"))
    stream.fetch(None)
    wait_for(lambda: any(post.external_id == uri("3lz") for post in stream.fetch(None).posts))
    assert len(far.asked) == 1


def test_a_name_that_can_not_be_asked_for_is_the_number(far, network, clock, stream):
    network.forget()
    far.say(event(clock.at, "3lz"))
    batch = fetched(stream)
    assert batch.posts[0].author == MIA
    assert "shown by their number" in batch.notes[0]


def test_names_are_asked_for_twenty_five_at_once_and_once_only(stream, far, clock, network):
    people = [f"did:plc:{number:024d}" for number in range(30)]
    far.say(*(event(clock.at, "k", did=did) for did in people))
    stream.fetch(None)
    wait_for(lambda: len(stream.fetch(None).posts) == 30)
    before = len(asked(network, PROFILES))
    network.forget()
    network.answer(PROFILES, {"profiles": [{"did": did, "handle": "x.example"} for did in people]})
    stream.fetch(None)
    assert len(asked(network, PROFILES)) == 2
    stream.fetch(None)
    assert len(asked(network, PROFILES)) == 2
    assert before >= 2


def test_a_stream_that_can_not_be_reached_is_an_error_until_it_can(far, listening, clock):
    far.refuse += [(503, {})] * 20
    stream = listening()

    def failing() -> bool:
        try:
            stream.fetch(None)
        except SourceError as error:
            return "refused us with status 503" in str(error)
        return False

    wait_for(failing)
    far.say(event(clock.at, "3lz"))
    assert fetched(stream).posts[0].external_id == uri("3lz")


def test_the_stream_may_ask_to_wait(far, clock):
    far.refuse.append((429, {"Retry-After": "90"}))
    with pytest.raises(Busy) as busy:
        open_connection(far.url, None, Wanted([brand()]), Ours(), clock)
    assert busy.value.until == clock.at + timedelta(seconds=90)


@pytest.mark.parametrize(
    ("url", "words"),
    [("ws://127.0.0.1:9", "can't be reached"), ("https://x.example", "begins with wss"), ("wss://", "wss")],
)
def test_a_wrong_address_is_a_sentence(clock, url, words):
    with pytest.raises(Lost, match=words):
        open_connection(url, None, Wanted([brand()]), Ours(), clock)


def test_silence_is_a_broken_connection(far, clock, monkeypatch):
    monkeypatch.setattr("bot.sources.bluesky_connection.SILENCE", 0.05)
    connection = open_connection(far.url, None, Wanted([brand()]), Ours(), clock)
    with pytest.raises(Lost, match="silent"):
        next(iter(connection))
    connection.close()


def test_the_check_connects_or_says_why_not(far, listening):
    assert listening().check() is None
    far.refuse.append((403, {}))
    assert "status 403" in listening().check()
    assert "no brand" in listening(handles={}, keywords={}).check()
