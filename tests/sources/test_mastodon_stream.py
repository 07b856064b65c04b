"""Mastodon's stream, over a real WebSocket: posts, edits, deletions, breaks and what is asked for then."""

import json
import re
import socket
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from websockets.utils import accept_key

from bot.sources import Busy, Gone, SourceError
from bot.sources.mastodon import MastodonSource
from bot.sources.mastodon_api import MastodonApi
from bot.sources.mastodon_connection import open_connection, stream_address
from bot.sources.mastodon_posts import Ours
from bot.sources.mastodon_stream import MastodonStream
from bot.sources.streaming import Lost
from models.mention import Mention
from tests.far_socket import far_socket
from tests.sources.conftest import brand
from tests.sources.streams import AT_ONCE, wait_for
from tests.sources.test_mastodon import SEARCH, TAG, TOLD, address, asked, status, told

INSTANCE = "/api/v2/instance"
OLD_INSTANCE = "/api/v1/instance"


@pytest.fixture
def far():
    with far_socket() as far:
        yield far


@pytest.fixture
def network(network, far):
    """A server whose stream is the far socket, and which has nothing when it is asked."""
    network.answer(INSTANCE, {"configuration": {"urls": {"streaming": host_of(far)}}})
    network.answer(TAG, [])
    network.answer(TOLD, [])
    return network


@pytest.fixture
def listening(network, clock):
    """Makes streams of a brand with changed keys."""
    streams = []

    def make(token="t", tags=None, mentions=True, search=False, waits=AT_ONCE, **changed):  # noqa: S107
        tindra = brand(**{"handles": {"mastodon": ["@care@tindra.example"]}} | changed)
        api = MastodonApi(network.url, token, timeout=(5, 5))
        source = MastodonSource(api, [tindra], 60, clock, tags=tags, mentions=mentions, search=search)
        streams.append(MastodonStream(source, api, clock, waits=waits))
        return streams[-1]

    yield make
    for stream in streams:
        stream.close()


@pytest.fixture
def stream(listening):
    return listening()


def host_of(far):
    return far.url.removesuffix("/subscribe")


def message(event, payload, stream=("hashtag", "tindra")):
    """As a server sends it: the payload is JSON within JSON."""
    text = payload if isinstance(payload, str) else json.dumps(payload)
    return {"stream": list(stream), "event": event, "payload": text}


def fetched(stream, enough, since=None):
    """The first batch of which `enough` is true, each handed out again until then."""
    found = []

    def comes() -> bool:
        found.append(stream.fetch(since))
        return bool(enough(found[-1]))

    wait_for(comes)
    return found[-1]


def settled(stream, clock):
    """The cursor of a stream that has been open long enough to be whole."""
    first, found = stream.fetch(None), []

    def whole() -> bool:
        clock.turn(minutes=3)
        found.append(stream.fetch(first.cursor).cursor)
        return found[-1] is not None and not found[-1]["gap"]

    wait_for(whole)
    return found[-1]


def ids(batch):
    return [post.external_id for post in batch.posts]


def test_a_post_with_our_hashtag_comes_as_it_is_written(stream, far, clock):
    far.say(message("update", status(5, clock.at)))
    batch = fetched(stream, lambda batch: batch.posts)
    [post] = batch.posts
    assert (post.external_id, post.text) == (address(5), "My #tindra leaks a lot")
    assert not post.mentions_us
    assert far.headers[0]["Authorization"] == "Bearer t"
    assert far.asked == [{}]  # the token stands in no address, and so in no server's log


def test_one_connection_asks_for_all_hashtags_and_for_mentions(listening, far):
    listening(tags=["#Tindra", "espresso"], search=True).fetch(None)
    said = [json.loads(far.heard.get(timeout=5)) for _ in range(3)]
    assert said == [
        {"type": "subscribe", "stream": "user:notification"},
        {"type": "subscribe", "stream": "hashtag", "tag": "tindra"},
        {"type": "subscribe", "stream": "hashtag", "tag": "espresso"},
    ]


def test_a_mention_names_us_and_the_same_post_by_its_hashtags_is_one(stream, far, clock):
    far.say(
        message("update", status(5, clock.at)),
        message("notification", told(9, clock.at) | {"status": status(5, clock.at)}, ["user:notification"]),
        message("update", status(5, clock.at), ["hashtag", "espresso"]),
        message("notification", told(10, clock.at, "favourite"), ["user:notification"]),
        message("update", status(6, clock.at)),
    )
    batch = fetched(stream, lambda batch: len(batch.posts) == 2)
    assert {post.external_id: post.mentions_us for post in batch.posts} == {
        address(5): True,
        address(6): False,
    }


@pytest.mark.parametrize("visibility", ["private", "direct", "limited", None, 7])
def test_what_was_not_written_to_everybody_never_comes(stream, far, clock, visibility):
    secret = told(9, clock.at, content="a secret", visibility=visibility)
    far.say(message("notification", secret, ["user:notification"]), message("update", status(6, clock.at)))
    batch = fetched(stream, lambda batch: batch.posts)
    assert ids(batch) == [address(6)]
    assert "secret" not in json.dumps(batch.cursor) + str(batch.notes)


def test_our_own_boosts_and_foreign_languages_are_left_out(listening, far, clock):
    far.say(
        message("update", status(1, clock.at, account={"acct": "care@tindra.example"})),
        message("update", status(2, clock.at, reblog=status(1, clock.at))),
        message("update", status(3, clock.at, language="ja")),
        message("update", status(4, clock.at)),
    )
    assert ids(fetched(listening(languages=["en"]), lambda batch: batch.posts)) == [address(4)]


def test_an_edited_post_says_when_and_its_latest_words(stream, far, clock):
    at = (clock.at - timedelta(minutes=1)).isoformat()
    far.say(
        message("update", status(5, clock.at)),
        message("status.update", status(5, clock.at, edited_at=at, content="<p>It leaks no more</p>")),
        message("update", status(5, clock.at)),  # late, by another hashtag
    )
    batch = fetched(stream, lambda batch: batch.posts and batch.posts[0].edited_at)
    [post] = batch.posts
    assert (post.text, post.edited_at) == ("It leaks no more", clock.at - timedelta(minutes=1))


def test_a_post_that_is_deleted_is_gone_and_one_deleted_at_once_never_comes(stream, far, clock):
    far.say(message("update", status(5, clock.at)))
    first = fetched(stream, lambda batch: batch.posts)
    far.say(
        message("delete", "5"),
        message("delete", "77"),  # none of ours
        message("update", status(6, clock.at)),
        message("delete", "6"),
        message("update", status(7, clock.at)),
    )
    second = fetched(stream, lambda batch: ids(batch) == [address(7)], first.cursor)
    assert set(second.gone) == {Gone("mastodon", address(5)), Gone("mastodon", address(6))}


def test_what_was_asked_for_and_deleted_meanwhile_does_not_come(stream, far, network, clock):
    network.forget()
    network.answer(INSTANCE, {"configuration": {"urls": {"streaming": host_of(far)}}})
    network.answer(TOLD, [])
    network.answer(TAG, [status(5, clock.at)])
    far.say(message("delete", "5"))

    def comes():
        stream._beside.at_once()
        return stream.fetch(None)

    wait_for(lambda: comes().gone)
    batch = comes()
    assert (ids(batch), batch.gone) == ([], (Gone("mastodon", address(5)),))


def test_an_answer_belongs_to_the_conversation_that_began_it(stream, far, network, clock):
    network.answer("/api/v1/statuses/5/context", {"ancestors": [status(1, clock.at)]})
    far.say(message("update", status(5, clock.at, in_reply_to_id="4")))
    assert fetched(stream, lambda batch: batch.posts).posts[0].conversation == address(1)


def test_a_hundred_conversations_are_asked_for_in_five_minutes_and_no_more(stream, far, network, clock):
    far.say(*(message("update", status(n, clock.at, in_reply_to_id="4")) for n in range(20)))
    fetched(stream, lambda batch: len(batch.posts) == 20)
    for _ in range(15):
        stream.fetch(None)
    assert len([seen for seen in network.requests if seen.path.endswith("/context")]) == 100


def test_what_was_not_stored_comes_again(stream, far, clock):
    far.say(message("update", status(5, clock.at)))
    first = fetched(stream, lambda batch: batch.posts)
    assert ids(stream.fetch(None)) == [address(5)]
    assert stream.fetch(first.cursor).posts == []


@pytest.mark.parametrize(
    "nonsense",
    [
        "{",
        b"\xff\xfe",
        "[]",
        "7",
        {},
        {"event": "update"},
        {"event": ["update"], "payload": {}},
        message("update", "{"),
        message("update", "null"),
        message("update", {"visibility": "public"}),
        message("status.update", {"visibility": "public", "uri": 7}),
        message("notification", "[]"),
        message("notification", {"type": "mention", "status": None}),
        message("delete", "../../x"),
        message("filters_changed", "undefined"),
        "[" * 100_000,
    ],
)
def test_an_event_that_makes_no_sense_does_not_end_it(stream, far, clock, nonsense):
    far.say(nonsense, message("update", status(5, clock.at)))
    assert ids(fetched(stream, lambda batch: batch.posts)) == [address(5)]
    assert len(far.asked) == 1


def test_while_the_stream_is_whole_nobody_asks_for_what_it_brings(listening, far, network, clock):
    stream = listening(search=True)
    network.answer(SEARCH, {"statuses": []})
    cursor = settled(stream, clock)
    network.requests.clear()
    clock.turn(minutes=2)
    stream.fetch(cursor)
    assert {seen.path for seen in network.requests} == {SEARCH}


def test_a_break_is_filled_from_when_it_began(stream, far, network, clock):
    cursor = settled(stream, clock)
    far.cut()
    wait_for(lambda: len(far.asked) == 2)
    missed = status(5, clock.at - timedelta(minutes=1))
    network.forget()
    network.answer(TAG, [missed])
    network.answer(TOLD, [])
    batch = fetched(stream, lambda batch: batch.posts, cursor)
    assert ids(batch) == [address(5)]
    assert batch.cursor["gap"]


def test_after_a_restart_it_asks_from_where_the_cursor_says(listening, far, network, clock):
    before, again = listening(), listening()
    cursor = settled(before, clock)
    before.close()
    clock.turn(hours=5)
    old = [status(100 - n, clock.at - timedelta(hours=4)) for n in range(40)]
    network.forget()
    network.answer(INSTANCE, {"configuration": {"urls": {"streaming": host_of(far)}}})
    network.answer(TOLD, [])
    network.answer(TAG, old)
    network.answer(TAG, [])
    batch = again.fetch(cursor)
    assert len(batch.posts) == 40
    assert asked(network, TAG)[1].query["max_id"] == "61"


def test_without_a_stream_the_server_is_asked_as_ever_and_that_is_said_once(listening, far, network, clock):
    far.refuse += [(503, {})] * 1000
    stream = listening()
    said = fetched(stream, lambda batch: batch.notes)
    assert "refused us with status 503: the server is asked each 60 s meanwhile" in said.notes[0]
    network.forget()
    network.answer(INSTANCE, {"configuration": {"urls": {"streaming": host_of(far)}}})
    network.answer(TAG, [status(5, clock.at)])
    network.answer(TOLD, [])
    clock.turn(minutes=1)
    batch = fetched(stream, lambda batch: batch.posts, said.cursor)
    assert (ids(batch), batch.notes) == ([address(5)], [])
    assert batch.cursor["gap"]


def test_where_neither_works_it_is_an_error(listening, far, network):
    network.forget()
    for path in (INSTANCE, TAG, TOLD):
        network.answer(path, {"error": "The access token is invalid"}, 401)
    stream = listening()

    def failing() -> bool:
        try:
            stream.fetch(None)
        except SourceError as error:
            return "; its stream:" in str(error)
        return False

    wait_for(failing)


def test_it_connects_again_after_a_break(stream, far, clock):
    far.say(message("update", status(5, clock.at)))
    far.cut()
    far.say(message("update", status(6, clock.at)))
    batch = fetched(stream, lambda batch: len(batch.posts) == 2)
    assert set(ids(batch)) == {address(5), address(6)}
    assert len(far.asked) == 2


def test_what_the_server_refuses_on_an_open_stream_is_its_end(far, network, clock):
    far.say({"error": "Error: Access token does not have\nthe required scopes", "status": 401})
    connection = open_connection(MastodonApi(network.url, "t"), ["mentions"], ours(), clock)
    with pytest.raises(Lost, match=r"the required scopes.*needs the scope read") as lost:
        next(iter(connection))
    connection.close()
    assert lost.value.trouble == "refused"
    assert "\n" not in str(lost.value)


@pytest.mark.parametrize(
    ("headers", "seconds"), [({"Retry-After": "90"}, 90), ({}, 60), ({"Retry-After": "9" * 9}, 3600)]
)
def test_the_stream_may_ask_to_wait(far, network, clock, headers, seconds):
    far.refuse.append((429, headers))
    with pytest.raises(Busy) as busy:
        open_connection(MastodonApi(network.url, "t"), ["#tindra"], ours(), clock)
    assert busy.value.until == clock.at + timedelta(seconds=seconds)


def test_a_quiet_server_that_answers_is_there_and_one_that_does_not_is_lost(far, network, clock, monkeypatch):
    monkeypatch.setattr("bot.sources.mastodon_connection.QUIET", 0.01)
    connection = open_connection(MastodonApi(network.url, "t"), ["#tindra"], ours(), clock)
    assert next(iter(connection)) is None
    connection.close()
    monkeypatch.setattr("bot.sources.mastodon_connection.ANSWERS_WITHIN", 0.05)
    network.forget()
    with deaf_socket() as url:
        network.answer(INSTANCE, {"configuration": {"urls": {"streaming": url}}})
        connection = open_connection(MastodonApi(network.url, "t"), ["#tindra"], ours(), clock)
        with pytest.raises(Lost, match="was silent"):
            next(iter(connection))
        connection.close()


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ("wss://stream.example", "wss://stream.example/api/v1/streaming"),
        ("wss://stream.example/", "wss://stream.example/api/v1/streaming"),
        ("wss://stream.example/api/v1/streaming", "wss://stream.example/api/v1/streaming"),
        (None, "wss://social.example/api/v1/streaming"),
        (7, "wss://social.example/api/v1/streaming"),
        ("ws://stream.example", None),  # our token in the open
        ("https://stream.example", None),
        ("wss://", None),
        ("wss://[", None),
        ("wss://x.example:99999", None),
    ],
)
def test_the_server_says_where_its_stream_is(clock, named, found):
    api = Telling({"configuration": {"urls": {"streaming": named}}})
    if found:
        assert stream_address(api, clock.at) == found
    else:
        with pytest.raises(SourceError, match="begins with wss"):
            stream_address(api, clock.at)


def test_an_older_server_says_it_elsewhere(network, far, clock):
    network.forget()
    network.answer(INSTANCE, {"error": "not found"}, 404)
    network.answer(OLD_INSTANCE, {"urls": {"streaming_api": host_of(far)}})
    assert stream_address(MastodonApi(network.url, "t"), clock.at) == f"{host_of(far)}/api/v1/streaming"


def test_the_check_says_what_is_missing(listening, far, network, monkeypatch):
    monkeypatch.setattr("bot.sources.mastodon_stream.REFUSALS_WITHIN", 0.01)
    assert listening().check() is None
    assert "set MASTODON_ACCESS_TOKEN" in listening(token=None, mentions=False).check()
    far.refuse.append((401, {}))
    assert "does not accept MASTODON_ACCESS_TOKEN (401)" in listening().check()
    network.forget()
    network.answer(TAG, [])
    network.answer(TOLD, [])
    network.answer(INSTANCE, {"configuration": {"urls": {"streaming": "ws://127.0.0.1:9"}}})
    assert "can't be reached" in listening().check()


def test_from_the_stream_to_the_database_and_out_of_it(listener, stream, far, clock, db):
    far.say(message("update", status(5, clock.at)), message("update", status(6, clock.at)))
    wait_for(lambda: (listener.poll(stream), stored(db))[1].keys() == {address(5), address(6)})
    edit = status(6, clock.at, edited_at=clock.at.isoformat(), content="<p>My Tindra works again</p>")
    far.say(message("delete", "5"), message("status.update", edit))
    wait_for(lambda: (listener.poll(stream), stored(db))[1][address(6)].edited_at)
    assert stored(db)[address(6)].text == "My Tindra works again"
    assert (stored(db)[address(5)].text, stored(db)[address(5)].gone_because) == ("", "deleted")


def stored(db):
    with db.reading() as session:
        return {mention.external_id: mention for mention in session.query(Mention)}


def ours():
    return Ours(frozenset({"care@tindra.example"}), "social.example")


class Telling(MastodonApi):
    """A server behind TLS that says one thing."""

    def __init__(self, document):
        super().__init__("https://social.example", "t")
        self._document = document

    def get(self, path, now, **params):
        return self._document


@contextmanager
def deaf_socket():
    """A server that opens a WebSocket, and then neither hears nor speaks."""
    listener, done = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def talk():
        connection, _ = listener.accept()
        with connection:
            asked = connection.recv(4096).decode()
            [key] = re.findall(r"(?i)sec-websocket-key: *(\S+)", asked)
            head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            connection.sendall(f"{head}Sec-WebSocket-Accept: {accept_key(key)}\r\n\r\n".encode())
            done.wait(5)

    thread = threading.Thread(target=talk, daemon=True)
    thread.start()
    try:
        yield f"ws://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        done.set()
        thread.join()
        listener.close()
