"""Posts from a file."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.sources import SourceError
from bot.sources.replay import Replay


def line(number: int, **changed) -> str:
    row = {"id": f"p{number}", "source": "x", "author": "ada", "text": f"Lamp {number} flickers"}
    return json.dumps({key: value for key, value in (row | changed).items() if value is not ...})


@pytest.fixture
def write(tmp_path):
    def write(*lines: str | bytes):
        path = tmp_path / "posts.jsonl"
        path.write_bytes(b"\n".join(each if isinstance(each, bytes) else each.encode() for each in lines))
        return path

    return write


def ids(batch):
    return [post.external_id for post in batch.posts]


def test_some_posts_come_at_once_and_then_one_at_a_time(write, clock):
    replay = Replay(write(*(line(n) for n in range(1, 6))), 3, 5, clock)
    first = replay.fetch(None)
    second = replay.fetch(first.cursor)
    third = replay.fetch(second.cursor)
    end = replay.fetch(third.cursor)
    assert [ids(each) for each in (first, second, third, end)] == [["p1", "p2", "p3"], ["p4"], ["p5"], []]
    assert end.cursor == third.cursor == {"line": 5}
    assert (replay.name, replay.every) == ("replay", 5)


def test_none_at_once_means_one_at_a_time_from_the_start(write, clock):
    replay = Replay(write(line(1), line(2)), 0, 5, clock)
    first = replay.fetch(None)
    assert first.posts == []
    assert ids(replay.fetch(first.cursor)) == ["p1"]


def test_a_line_that_is_added_later_is_read(write, clock):
    path = write(line(1), "")
    replay = Replay(path, 8, 5, clock)
    cursor = replay.fetch(None).cursor
    with path.open("a") as file:
        file.write(line(2))
    assert ids(replay.fetch(cursor)) == ["p2"]


def test_posts_are_fresh_and_keep_their_order(write, clock):
    old = "2020-01-01T00:00:00Z"
    posts = Replay(write(line(1, created_at=old), line(2), line(3)), 8, 5, clock).fetch(None).posts
    assert [clock.at - post.created_at for post in posts] == [timedelta(seconds=s) for s in (2, 1, 0)]


def test_posts_can_keep_their_own_time(write, clock):
    lines = [
        line(1),
        line(2, created_at="2026-03-01T10:00:00+01:00"),
        line(3, created_at="2026-03-01T08:00:00"),
        line(4, created_at="2099-01-01T00:00:00Z"),
    ]
    posts = Replay(write(*lines), 8, 5, clock, fresh=False).fetch(None).posts
    assert {post.external_id: post.created_at for post in posts} == {
        "p1": clock.at,
        "p2": datetime(2026, 3, 1, 9, 0, tzinfo=UTC),
        "p3": datetime(2026, 3, 1, 8, 0, tzinfo=UTC),
        "p4": clock.at,
    }
    assert ids(Replay(write(*lines), 8, 5, clock, fresh=False).fetch(None))[:2] == ["p3", "p2"]


def test_a_post_has_everything_that_its_line_says(write, clock):
    path = write(
        line(
            1,
            id=12,
            author="@ada",
            author_id="55",
            author_name="Ada L.",
            url="https://x.com/ada/status/12",
            language="en",
            conversation="11",
            mentions_us=True,
            repost=True,
            metrics={"likes": 3},
        )
    )
    (post,) = Replay(path, 8, 5, clock).fetch(None).posts
    assert (post.external_id, post.source, post.author, post.author_id) == ("12", "x", "ada", "55")
    assert (post.author_name, post.url, post.language) == ("Ada L.", "https://x.com/ada/status/12", "en")
    assert (post.conversation, post.mentions_us, post.repost) == ("11", True, True)
    assert post.metrics == {"likes": 3}


@pytest.mark.parametrize(
    ("broken", "note"),
    [
        ("{", "this is not JSON"),
        ("[" * 100_000, "this is not JSON"),
        (b"\xff\xfe", "this is not UTF-8"),
        ("[1]", "a post must be one JSON object"),
        ("null", "a post must be one JSON object"),
        (line(1, text=...), "text is missing"),
        (line(1, text="  "), "text is missing"),
        (line(1, author=7), "author is missing or is not text"),
        (line(1, id=None), "id is missing"),
        (line(1, url=5), "url is not text"),
        (line(1, mentions_us="yes"), "mentions_us is not true or false"),
        (line(1, metrics={"likes": "3"}), "metrics are not whole numbers"),
        (line(1, metrics=[1]), "metrics are not whole numbers"),
        (line(1, created_at="noon"), "created_at is not a time"),
        (line(1, created_at=12), "created_at is not a time"),
        (line(1, created_at="0001-01-01T00:00:00+14:00"), "created_at is not a time"),
        (line(1, text="x" * 300_000), "longer than 200,000 bytes"),
    ],
)
def test_a_broken_line_is_a_note_with_its_number_and_is_skipped(broken, note, write, clock):
    replay = Replay(write(line(0), "", broken, line(2)), 8, 5, clock)
    batch = replay.fetch(None)
    assert ids(batch) == ["p0", "p2"]
    assert batch.notes[0].startswith("posts.jsonl:3: ")
    assert note in batch.notes[0]
    assert replay.fetch(batch.cursor).notes == []


def test_a_broken_line_does_not_use_up_a_turn(write, clock):
    replay = Replay(write(line(1), "{", "{", line(2), line(3)), 1, 5, clock)
    second = replay.fetch(replay.fetch(None).cursor)
    assert ids(second) == ["p2"]
    assert len(second.notes) == 2


def test_a_file_with_a_byte_order_mark_is_read(write, clock):
    assert ids(Replay(write(b"\xef\xbb\xbf" + line(1).encode()), 8, 5, clock).fetch(None)) == ["p1"]


def test_a_file_that_is_not_there_is_said(tmp_path, clock):
    replay = Replay(tmp_path / "none.jsonl", 8, 5, clock)
    with pytest.raises(SourceError, match=r"There is no file .*none\.jsonl"):
        replay.fetch(None)
    assert "There is no file" in (replay.check() or "")
    assert "can't be read" in (Replay(tmp_path, 8, 5, clock).check() or "")


def test_a_file_that_is_there_passes_the_check(write, clock):
    assert Replay(write(), 8, 5, clock).check() is None
    assert Replay(write(), 8, 5, clock).fetch(None).posts == []


@pytest.mark.parametrize("cursor", [{}, {"line": "2"}, {"line": -1}, {"line": None}, {"line": True}])
def test_a_cursor_of_another_shape_begins_again(cursor, write, clock):
    assert ids(Replay(write(line(1), line(2)), 8, 5, clock).fetch(cursor)) == ["p1", "p2"]
