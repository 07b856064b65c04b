"""One open connection to Jetstream, the stream of everything that is posted on Bluesky, as JSON.

https://github.com/bluesky-social/jetstream (the protocol behind /subscribe). `time_us`, by which one goes on,
is the time at which the far side saw an event, in microseconds since 1970.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from bot.sources import Busy
from bot.sources.bluesky_posts import POSTS, Author, Ours, Written, post_from, uri_of
from bot.sources.shapes import as_dict
from bot.sources.streaming import Lost
from bot.sources.wanted import Wanted
from models.post import Post

SILENCE = 30.0
"""Seconds: somebody somewhere posts several times a second."""
LONGEST = 1_000_000
"""Bytes of one event; Bluesky takes records of some thousands."""
EVERY = 10_000_000
"""Microseconds after which progress is said even if nothing was for us."""
MISSED = 60_000_000
"""Microseconds in which surely somebody posts."""
MOST_DELETED = 500
OPEN_SECONDS = 10.0
_BUSY = 60


@dataclass(frozen=True)
class Slice:
    """What the stream brought up to `time_us`: posts for us, and the addresses of all that were deleted."""

    time_us: int
    posts: tuple[Post, ...] = ()
    deleted: tuple[str, ...] = ()
    note: str | None = None


def open_connection(
    url: str,
    after_us: int | None,
    wanted: Wanted,
    ours: Ours,
    clock: Callable[[], datetime],
    heard: Callable[[int], None] = lambda _: None,
    *,
    stored_us: int | None = None,
) -> "BlueskyConnection":
    """Connects to `url` and asks for everything since `after_us` (None: from now on). Raises Lost, Busy.

    `heard` is told how far what was handed over goes, once it was taken; `stored_us`: up to when everything
    is here already, so that what is missing can be said.
    """
    from websockets.exceptions import InvalidHandshake, InvalidStatus, InvalidURI  # only who needs it pays
    from websockets.sync.client import connect

    asked = {"wantedCollections": POSTS} | ({"cursor": str(after_us)} if after_us is not None else {})
    stack = ExitStack()
    try:
        socket = stack.enter_context(
            connect(
                f"{url}?{urlencode(asked)}",
                open_timeout=OPEN_SECONDS,
                close_timeout=1.0,
                max_size=LONGEST,
                user_agent_header="ListeningPost",
                legacy=False,
            )
        )
    except InvalidStatus as refused:
        status = refused.response.status_code
        if status == 429:
            after = refused.response.headers.get("retry-after", "")
            seconds = min(int(after), 3600) if after.isascii() and after.isdigit() else _BUSY
            until = datetime.fromtimestamp(clock().timestamp() + seconds, UTC)
            raise Busy(f"Bluesky's stream asks to wait until {until:%H:%M:%S} UTC", until) from None
        raise Lost(f"Bluesky's stream refused us with status {status}", "refused") from None
    except InvalidURI:
        raise Lost("BLUESKY_STREAM_URL is no address of a stream: it begins with wss://", "refused") from None
    except (InvalidHandshake, OSError, EOFError) as error:
        raise Lost(f"Bluesky's stream can't be reached ({type(error).__name__})") from None
    return BlueskyConnection(socket, stack, stored_us, wanted, ours, clock, heard)


@dataclass
class BlueskyConnection:
    """Gives a slice whenever a post is for us, and every ten seconds of the stream; None in between."""

    socket: Any
    stack: ExitStack
    """Closes the socket."""
    stored_us: int | None
    wanted: Wanted
    ours: Ours
    clock: Callable[[], datetime]
    heard: Callable[[int], None]
    _deleted: list[str] = field(default_factory=list)
    _said_us: int = 0

    def __iter__(self) -> Iterator[Slice | None]:
        from websockets.exceptions import ConnectionClosed

        while True:
            try:
                text = self.socket.recv(timeout=SILENCE)
            except TimeoutError:
                raise Lost("Bluesky's stream was silent") from None
            except ConnectionClosed as closed:
                raise Lost(f"Bluesky's stream broke ({type(closed).__name__})") from None
            brought = self._read(text)
            yield brought
            if brought is not None:  # and so it was taken
                self.heard(brought.time_us)

    def close(self) -> None:
        with suppress(Exception):
            self.stack.close()

    # Helpers.

    def _read(self, text: str | bytes) -> Slice | None:
        try:
            event = json.loads(text)
        except (ValueError, RecursionError):
            return self._slice(self._said_us, note="Bluesky's stream sent an event that can't be read")
        event = as_dict(event)
        at, commit = event.get("time_us"), as_dict(event.get("commit"))
        if type(at) is not int or not 0 < at < 2**53:
            return None
        note = self._missed(at)
        post = self._post(event.get("did"), commit, at)
        if post is None and note is None and at - self._said_us < EVERY and len(self._deleted) < MOST_DELETED:
            return None
        return self._slice(at, (post,) if post else (), note)

    def _slice(self, at: int, posts: tuple[Post, ...] = (), note: str | None = None) -> Slice:
        deleted, self._deleted = tuple(self._deleted), []
        self._said_us = max(self._said_us, at)
        return Slice(self._said_us, posts, deleted, note)

    def _missed(self, at: int) -> str | None:
        """A sentence when the first event is much later than asked for: the far side keeps about a day."""
        after, self.stored_us = self.stored_us, None
        if after is None or at - after < MISSED:
            return None
        return f"Bluesky's stream no longer has what was posted from {_time(after)} to {_time(at)} UTC"

    def _post(self, did: object, commit: dict[str, Any], at: int) -> Post | None:
        key, record = commit.get("rkey"), commit.get("record")
        if commit.get("collection") != POSTS or not isinstance(did, str) or not isinstance(key, str):
            return None
        if commit.get("operation") == "delete":
            self._deleted.append(uri_of(did, key))
        if commit.get("operation") not in ("create", "update") or not isinstance(record, dict):
            return None
        written, said = Written(did, key, record), record.get("text")
        if not isinstance(said, str) or not (self.wanted.maybe(said) or self._to_us(record)):
            return None
        seen = min(datetime.fromtimestamp(at / 1_000_000, UTC), self.clock())
        try:
            post = post_from(written, Author(did), self.ours, seen)
        except ValueError:
            return None
        if post is None or not self.wanted.about_us(post):
            return None
        return replace(post, edited_at=seen) if commit["operation"] == "update" else post

    def _to_us(self, record: dict[str, Any]) -> bool:
        """Cheap: one of our numbers stands somewhere in what it answers, quotes or names."""
        if not self.ours.dids:
            return False
        about = str((record.get("reply"), record.get("facets"), record.get("embed")))
        return any(did in about for did in self.ours.dids)


def _time(us: int) -> str:
    return f"{datetime.fromtimestamp(us / 1_000_000, UTC):%Y-%m-%d %H:%M}"
