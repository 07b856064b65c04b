"""X's filtered stream, over a real connection: rules, breaks, gaps."""

import json
import threading
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from bot.sources import Busy, SourceError
from bot.sources.streaming import Lost
from bot.sources.window import FIRST_WINDOW
from bot.sources.x_answer import Ours
from bot.sources.x_client import build_x_client, build_x_stream_client
from bot.sources.x_connection import open_connection
from bot.sources.x_rules import TAG, Rules, keep_in_step, try_rules
from bot.sources.x_stream import XStream
from tests.far_network import Answer, Lines
from tests.recorded import recorded
from tests.sources.conftest import SEARCH, answer, brand, tweet
from tests.sources.streams import AT_ONCE, wait_for

STREAM = "/2/tweets/search/stream"
RULES = f"{STREAM}/rules"
QUERY = "(@Tindra OR tindra) -is:retweet -from:Tindra"


class RuleBook:
    """The rules that X keeps for an app, as X's rules endpoint does."""

    def __init__(self, *rules: dict[str, str], room: int = 25) -> None:
        self.rules = [{"id": str(n), **rule} for n, rule in enumerate(rules, 1)]
        self.room = room
        self.invalid: dict[str, str] = {}
        self.changes: list[dict[str, object]] = []

    def __call__(self, seen):
        if seen.method == "GET":
            return self._answer({"data": self.rules} if self.rules else {})
        body = seen.json()
        if seen.query.get("dry_run") != "true":
            self.changes.append(body)
        if "delete" in body:
            self.rules = [rule for rule in self.rules if rule["id"] not in body["delete"]["ids"]]
            return self._answer({})
        errors = []
        for rule in body["add"]:
            if len(self.rules) >= self.room:
                detail = "Rule creation will exceed the maximum number of rules."
                return self._answer({"title": "RulesCapExceeded", "detail": detail}, 422)
            if rule["value"] in self.invalid:
                why = self.invalid[rule["value"]]
                errors.append({"value": rule["value"], "title": "UnprocessableEntity", "details": [why]})
            elif any(rule["value"] == each["value"] for each in self.rules):
                errors.append({"value": rule["value"], "id": "1", "title": "DuplicateRule"})
            elif seen.query.get("dry_run") != "true":
                self.rules.append({"id": str(len(self.rules) + 100), **rule})
        return self._answer({"errors": errors} if errors else {}, 201)

    @staticmethod
    def _answer(document, status=200):
        return Answer(status, json.dumps({"meta": {"sent": "2026-03-02T09:00:00Z"}} | document).encode())


@pytest.fixture
def rules(network):
    book = RuleBook()
    network.answer_with(RULES, book)
    return book


@pytest.fixture
def lines(network):
    """What the first connection says, unless a test queues others."""
    lines = Lines()
    network.answer(STREAM, lines=lines)
    return lines


@pytest.fixture
def new_stream(network, clock):
    """Makes the source, and closes what it made."""
    made: list[XStream] = []

    def new(*brands):
        client = build_x_client("token", api_url=network.url)
        streaming = build_x_stream_client("token", api_url=network.url, timeout=(1, 2))
        made.append(XStream(client, streaming, brands or [brand()], 60, clock, waits=AT_ONCE))
        return made[-1]

    yield new
    for source in made:
        source.close()


@pytest.fixture
def stream(network, rules, new_stream):
    """The source with one brand; search finds nothing unless a test queues something."""
    network.answer(SEARCH, answer([]))
    return new_stream()


class Reader:
    """Fetches as the program does: what a batch brought is stored with its cursor."""

    def __init__(self, source) -> None:
        self.source = source
        self.cursor: dict[str, Any] = {}
        self.posts: list[str] = []
        self.notes: list[str] = []

    def __call__(self):
        batch = self.source.fetch(self.cursor)
        if batch.cursor is not None:
            self.cursor = json.loads(json.dumps(batch.cursor))
        self.posts += [post.external_id for post in batch.posts]
        self.notes += batch.notes
        return batch

    def until(self, condition) -> None:
        wait_for(lambda: self() and condition())


def said(row, **more):
    return {"data": row, "matching_rules": [{"id": "100", "tag": TAG}], **more}


def connected(reader, network, number=1):
    reader.until(lambda: sum(seen.path == STREAM for seen in network.requests) == number)
    live = reader.source._live
    wait_for(lambda: live.read(reader.cursor["stream"]).connected_since is not None)


def settled(reader, network, clock, number=1):
    """Connected for long enough that search has nothing more to add."""
    connected(reader, network, number)
    for _ in range(4):
        clock.turn(minutes=1)
        reader()
    assert reader.cursor["gap"] is False


def searches(network):
    return [seen.query["start_time"] for seen in network.requests if seen.path == SEARCH]


# What comes.


def test_a_post_comes_as_it_is_written_with_its_author(stream, network, lines, clock):
    reader = Reader(stream)
    ada = {"id": "55", "username": "ada_l", "name": "Ada L."}
    lines.say(b"", said(tweet(clock.at), includes={"users": [ada]}), b"")
    reader.until(lambda: reader.posts)
    [asked] = [seen for seen in network.requests if seen.path == STREAM]
    assert asked.headers["authorization"] == "Bearer token"
    assert asked.query["expansions"] == "author_id"
    assert "note_tweet" in asked.query["tweet.fields"]
    assert reader.posts == [tweet(clock.at)["id"]]


def test_lines_may_come_in_pieces_and_broken_ones_are_notes(stream, lines, clock):
    reader = Reader(stream)
    text = json.dumps(said(tweet(clock.at, 1, text="@Tindra grüße"))).encode()
    lines.say(b"{broken", b'"a word"', b"[" * 100_000, b"\xff\xfe")
    for at in range(0, len(text), 7):
        lines.raw(text[at : at + 7])
    lines.raw(b"\r")
    lines.raw(b"\n")
    lines.say(said({"id": "x", "text": 7}))
    reader.until(lambda: len(reader.notes) >= 5)
    assert reader.posts == [tweet(clock.at, 1)["id"]]
    assert reader.notes.count("X's stream sent a line that can't be read") == 4
    assert any("can't be read (id 'x')" in note for note in reader.notes)


def test_posts_that_only_others_rules_brought_are_left_out(stream, lines, clock):
    reader = Reader(stream)
    theirs = said(tweet(clock.at, 1)) | {"matching_rules": [{"id": "7", "tag": "somebody's"}]}
    no_tag = said(tweet(clock.at, 2)) | {"matching_rules": [{"id": 100}]}
    unsaid = {"data": tweet(clock.at, 3)}
    lines.say(theirs, no_tag, unsaid)
    reader.until(lambda: len(reader.posts) == 2)
    assert reader.posts == [tweet(clock.at, n)["id"] for n in (2, 3)]


# Breaks and gaps.


def test_the_first_time_search_looks_back_and_then_rests_while_the_stream_speaks(
    stream, network, lines, clock
):
    began = clock.at
    earlier = tweet(began - timedelta(minutes=30))
    network.forget()
    network.answer_with(RULES, RuleBook())
    network.answer(STREAM, lines=lines)
    network.answer(SEARCH, answer([earlier]))
    network.answer(SEARCH, answer([]))
    reader = Reader(stream)
    settled(reader, network, clock)
    assert reader.posts == [earlier["id"]]
    asked = len(searches(network))
    for _ in range(30):
        clock.turn(minutes=1)
        reader()
    assert len(searches(network)) == asked


def test_a_break_is_filled_by_search_from_the_last_sign_of_life(stream, network, clock):
    first, second = Lines(), Lines()
    network.answer(STREAM, lines=first)
    network.answer(STREAM, lines=second)
    reader = Reader(stream)
    settled(reader, network, clock)
    clock.turn(hours=2)
    before = tweet(clock.at, 1)
    first.say(said(before))
    reader.until(lambda: before["id"] in reader.posts)
    heard, asked = clock.at, len(searches(network))
    clock.turn(minutes=5)
    missed = tweet(clock.at - timedelta(minutes=1), 2)
    network._answers[SEARCH].clear()
    network.answer(SEARCH, answer([before, missed]))
    network.answer(SEARCH, answer([missed]))
    first.cut()
    connected(reader, network, 2)
    reader.until(lambda: missed["id"] in reader.posts)
    [began, *_] = searches(network)[asked:]
    assert began == f"{heard - timedelta(minutes=2):%Y-%m-%dT%H:%M:%SZ}"
    assert reader.cursor["gap"] is True  # X may make some of it searchable later
    for _ in range(4):
        clock.turn(minutes=1)
        reader()
    assert reader.cursor["gap"] is False
    assert reader.posts.count(missed["id"]) == 1


def test_what_was_not_stored_is_handed_out_again(stream, network, lines, clock):
    reader = Reader(stream)
    settled(reader, network, clock)
    lines.say(said(tweet(clock.at, 1)))
    wait_for(lambda: stream.fetch(reader.cursor).posts)
    again = stream.fetch(reader.cursor)
    assert [post.external_id for post in again.posts] == [tweet(clock.at, 1)["id"]]
    reader()
    reader()
    assert reader.posts == [tweet(clock.at, 1)["id"]]


def test_after_a_restart_search_fills_what_came_since_the_cursor(stream, new_stream, network, lines, clock):
    reader = Reader(stream)
    settled(reader, network, clock)
    lines.say(b"")
    reader.until(lambda: reader.cursor["covered"] == clock.at.isoformat())
    stream.close()
    covered = clock.at
    clock.turn(hours=3)
    network.answer(STREAM, lines=Lines())
    again = new_stream()
    reader.source, asked = again, len(searches(network))
    reader()
    assert searches(network)[asked] == f"{covered - timedelta(minutes=2):%Y-%m-%dT%H:%M:%SZ}"


def test_what_a_clock_that_was_ahead_called_covered_is_searched_for(
    stream, new_stream, network, lines, clock
):
    reader = Reader(stream)
    settled(reader, network, clock)
    clock.turn(hours=1)
    lines.say(b"")
    reader.until(lambda: reader.cursor["covered"] == clock.at.isoformat())
    stream.close()
    clock.turn(minutes=-55)
    network.answer(STREAM, lines=Lines())
    reader.source, asked = new_stream(), len(searches(network))
    reader()
    since = clock.at - FIRST_WINDOW - timedelta(minutes=2)
    assert searches(network)[asked] == f"{since:%Y-%m-%dT%H:%M:%SZ}"


def test_a_cursor_of_polling_goes_on_where_polling_ended(stream, network, lines, clock):
    polled = clock.at - timedelta(hours=5)
    reader = Reader(stream)
    reader.cursor = {
        "at": polled.isoformat(),
        "turn": 0,
        "marks": {QUERY: {"newest": polled.isoformat()}},
        "seen": {},
    }
    reader()
    assert searches(network) == [f"{polled - timedelta(minutes=2):%Y-%m-%dT%H:%M:%SZ}"]


@pytest.mark.parametrize(
    "cursor", [[], "x", {"gap": "no"}, {"covered": 7, "gap": False, "stream": "x", "marks": []}]
)
def test_a_cursor_that_makes_no_sense_is_a_gap(cursor, stream, network, lines):
    stream.fetch(cursor)
    assert len(searches(network)) == 1


def test_without_a_stream_search_goes_on_asking_each_minute(stream, network, clock):
    network.answer(STREAM, {"detail": "Not on your plan"}, 403)
    reader = Reader(stream)
    reader.until(lambda: reader.notes)
    for _ in range(5):
        clock.turn(minutes=1)
        reader()
    assert len(searches(network)) == 6
    [note] = set(reader.notes)
    assert "does not let this app read here (403: Not on your plan)" in note
    assert note.endswith("search asks each 60 s meanwhile")


def test_when_neither_works_it_is_an_error_and_search_is_not_asked_more_often(stream, network, clock):
    network._answers[SEARCH].clear()
    network.answer(SEARCH, "down", 503)
    network.answer(STREAM, "down", 503)
    wait_for(lambda: stream._live.read(None).error or stream.fetch(None) is None)
    for _ in range(5):
        with pytest.raises(SourceError, match=r"X is out of order at the moment \(503\); its stream: "):
            stream.fetch(None)
    assert len(searches(network)) == 1


def test_what_the_stream_brings_is_stored_though_search_is_busy(stream, network, lines, clock):
    network._answers[SEARCH].clear()
    reset = str(int((clock.at + timedelta(minutes=10)).timestamp()))
    network.answer(SEARCH, "slowly", 429, headers={"x-rate-limit-reset": reset})
    reader = Reader(stream)
    lines.say(said(tweet(clock.at, 1)))
    reader.until(lambda: reader.posts)
    for _ in range(9):
        clock.turn(minutes=1)
        lines.say(b"")
        reader()
    assert len(searches(network)) == 1
    assert reader.cursor["gap"] is True
    clock.turn(minutes=2)
    reader()
    assert len(searches(network)) == 2


# Connections.


@pytest.mark.parametrize(
    ("status", "body", "trouble", "words"),
    [
        (503, "", "refused", "X is out of order at the moment (503)"),
        (401, "", "refused", "check X_BEARER_TOKEN"),
        (
            409,
            {"detail": "You must define rules", "title": "ConnectionException"},
            "refused",
            "status 409: You must define rules",
        ),
        (
            429,
            {"title": "ConnectionException", "detail": "This stream is at its connection limit"},
            "busy",
            "X keeps no further stream open for this app (429: This stream is at its connection limit)",
        ),
    ],
)
def test_a_refused_connection_says_why_and_which_waits_apply(status, body, trouble, words, network, clock):
    network.answer(STREAM, body, status)
    with pytest.raises(Lost) as lost:
        open_connection(
            build_x_stream_client("token", api_url=network.url), Rules(frozenset()), Ours(), clock
        )
    assert lost.value.trouble == trouble
    assert words in str(lost.value)


def test_too_many_connections_wait_until_x_says(network, clock):
    network.answer(STREAM, "", 429, headers={"x-rate-limit-reset": "1772442600"})
    with pytest.raises(Busy) as busy:
        open_connection(
            build_x_stream_client("token", api_url=network.url), Rules(frozenset()), Ours(), clock
        )
    assert busy.value.until == clock.at + timedelta(seconds=601)


def one_connection(network, clock, timeout=(1.0, 5.0)):
    client = build_x_stream_client("token", api_url=network.url, timeout=timeout)
    return open_connection(client, Rules(frozenset({"100"})), Ours(), clock)


def test_silence_is_a_broken_connection(network, lines, clock):
    connection = iter(one_connection(network, clock, timeout=(1.0, 0.1)))
    lines.say(b"")
    assert next(connection) is None
    with pytest.raises(Lost, match="X's stream was silent"):
        next(connection)


def test_a_cut_connection_is_a_broken_one(network, lines, clock):
    connection = iter(one_connection(network, clock))
    lines.say(said(tweet(clock.at)))
    assert next(connection).posts
    lines.raw(b'{"data": {"id": ')
    lines.cut()
    with pytest.raises(Lost, match=r"X's stream broke \(ProtocolError\)"):
        next(connection)


def test_a_proxy_may_pass_the_stream_on_without_chunks(network, clock):
    plain = Lines(chunked=False)
    network.answer(STREAM, lines=plain)
    connection = iter(one_connection(network, clock))
    plain.say(said(tweet(clock.at, 1)))
    assert next(connection).posts
    plain.say(b"", said(tweet(clock.at, 2)))
    assert next(connection) is None
    assert next(connection).posts


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            {"errors": [{"title": "operational-disconnect", "detail": "This stream has been disconnected"}]},
            "X ended the stream: This stream has been disconnected",
        ),
        ({"title": "ConnectionException", "detail": "too slow"}, "X ended the stream: too slow"),
        ({}, "X ended the stream"),
        (b"x" * 1_100_000, "a line without an end"),
    ],
)
def test_x_may_end_the_stream_with_a_word(line, words, network, lines, clock):
    if isinstance(line, bytes):
        lines.raw(line)
    else:
        lines.say(line)
    with pytest.raises(Lost, match=words):
        next(iter(one_connection(network, clock)))


def test_closing_wakes_the_thread_that_reads(network, lines, clock):
    connection = one_connection(network, clock, timeout=(1.0, 60.0))
    ended = threading.Event()

    def read():
        with suppress(Lost):
            list(connection)
        ended.set()

    threading.Thread(target=read, daemon=True).start()
    connection.close()
    assert ended.wait(5)


# Rules.


def client_for(network):
    return build_x_stream_client("token", api_url=network.url)


def test_rules_are_brought_in_step_and_those_of_others_are_left_alone(network, clock):
    book = RuleBook(
        {"value": "cats", "tag": "somebody's"},
        {"value": "dogs"},
        {"value": "old lamp", "tag": TAG},
        {"value": "lamp lang:en", "tag": TAG},
    )
    network.answer_with(RULES, book)
    kept = keep_in_step(client_for(network), ["lamp lang:en", "tindra lamp"], clock())
    assert {(rule["value"], rule.get("tag")) for rule in book.rules} == {
        ("cats", "somebody's"),
        ("dogs", None),
        ("lamp lang:en", TAG),
        ("tindra lamp", TAG),
    }
    assert kept.lacking == ()
    assert len(kept.ids) == 2
    assert [next(iter(change)) for change in book.changes] == ["add", "delete"]


def test_rules_that_are_in_step_are_left_as_they_are(network, clock):
    book = RuleBook({"value": "tindra  lamp ", "tag": TAG}, {"value": "lamps", "tag": "somebody's"})
    network.answer_with(RULES, book)
    kept = keep_in_step(client_for(network), ["tindra lamp", "lamps"], clock())
    assert (book.changes, kept) == ([], Rules(frozenset({"1", "2"})))


def test_recorded_rules_are_nobodys_of_ours(network, clock):
    network.answer(RULES, json.loads(recorded("x", "pytwitter", "get_rules.json").read_text("utf-8")))
    assert keep_in_step(client_for(network), ["cat has:images -grumpy"], clock()).ids == {
        "1165037377523306498"
    }


def test_where_there_is_no_room_old_rules_go_first(network, clock):
    book = RuleBook({"value": "cats"}, {"value": "old lamp", "tag": TAG}, room=2)
    network.answer_with(RULES, book)
    kept = keep_in_step(client_for(network), ["tindra"], clock())
    assert [rule["value"] for rule in book.rules] == ["cats", "tindra"]
    assert kept.lacking == ()


def test_too_many_rules_are_said_in_words(network, clock):
    book = RuleBook({"value": "cats"}, room=1)
    network.answer_with(RULES, book)
    kept = keep_in_step(client_for(network), ["tindra"], clock())
    assert kept.lacking == (
        "X takes no rule for 'tindra' (Rule creation will exceed the maximum number of rules.)",
    )


def test_a_rule_that_x_does_not_take_is_searched_for(stream, new_stream, network, rules, lines, clock):
    stream.close()
    other = brand(name="Vejle", handles={}, x_user_id=None, keywords={"any": ["vejle lamps"]})
    rules.invalid['"vejle lamps" -is:retweet'] = "no viable alternative at input"
    both = new_stream(brand(), other)
    reader = Reader(both)
    connected(reader, network)
    for _ in range(6):
        clock.turn(minutes=1)
        reader()
    assert reader.cursor["gap"] is True
    assert [note for note in reader.notes if "no viable alternative" in note]


@pytest.mark.parametrize("document", [{"data": "all"}, {"data": [7, {"id": 1}]}, {"data": None}])
def test_rules_that_cannot_be_read_leave_no_rule_touched(document, network, clock):
    network.answer(RULES, document)
    with suppress(SourceError):
        keep_in_step(client_for(network), [], clock())
    assert all(seen.method == "GET" for seen in network.requests)


def test_doctor_tries_the_rules_and_changes_nothing(network, clock):
    book = RuleBook({"value": "old", "tag": TAG})
    book.invalid["bad ("] = "missing )"
    network.answer_with(RULES, book)
    assert try_rules(client_for(network), ["tindra"], clock()) is None
    assert try_rules(client_for(network), ["bad ("], clock()) == "X takes no rule for 'bad (' (missing ))"
    assert book.changes == []
    assert len(book.rules) == 1


def test_doctor_says_when_the_stream_is_not_allowed(stream, network):
    network.forget()
    network.answer(SEARCH, answer([]))
    network.answer(RULES, {"detail": "Not on your plan"}, 403)
    assert "Not on your plan" in stream.check()
    assert "sources.x.stream in the playbook" in stream.check()
