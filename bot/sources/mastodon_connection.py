"""One open connection to our server's stream: a WebSocket that we tell which hashtags to send.

Protocol: https://docs.joinmastodon.org/methods/streaming (several streams on one connection: Mastodon 3.3).
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from bot.sources import Busy, SourceError
from bot.sources.mastodon_api import MastodonApi, NotThere
from bot.sources.mastodon_posts import TOLD, Arrived, Ours, arrived_from, local_id
from bot.sources.shapes import as_dict
from bot.sources.streaming import Lost

QUIET = 15.0
"""Seconds without an event after which the server is asked for a sign of life: a hashtag may sleep."""
ANSWERS_WITHIN = 10.0
LONGEST = 1_000_000
"""Bytes of one event; a post has some thousands."""
OPEN_SECONDS = 10.0
NOTICES = "user:notification"
PATH = "/api/v1/streaming"
_BUSY = 60
_LONGEST_WAIT = 3600


@dataclass(frozen=True)
class Event:
    """What one message brought: a post, new or edited; the number of one that was deleted; or a sentence."""

    arrived: Arrived | None = None
    deleted: str | None = None
    note: str | None = None


def stream_address(api: MastodonApi, now: datetime) -> str:
    """Where our server says that its stream is. Raises Busy, SourceError."""
    try:
        urls = as_dict(as_dict(api.get("v2/instance", now)).get("configuration")).get("urls")
        url = as_dict(urls).get("streaming")
    except NotThere:  # before Mastodon 4, and elsewhere
        url = as_dict(as_dict(api.get("v1/instance", now)).get("urls")).get("streaming_api")
    secure = urlsplit(api.url).scheme == "https"
    url = url if isinstance(url, str) and url else f"{'wss' if secure else 'ws'}://{api.host}"
    try:
        parts = urlsplit(url[:500])
        # Our token goes there: never in the open where our server itself is asked behind TLS.
        good = (
            bool(parts.hostname)
            and parts.port != 0
            and parts.scheme in (("wss",) if secure else ("wss", "ws"))
        )
    except ValueError:
        good = False
    if not good:
        raise SourceError(f"{api.host} names no address of a stream that begins with wss://")
    return url.rstrip("/").removesuffix(PATH) + PATH


def open_connection(
    api: MastodonApi, questions: Sequence[str], ours: Ours, clock: Callable[[], datetime]
) -> "MastodonConnection":
    """Connects and asks for `questions` (#tag, or else our notifications). Raises Lost, Busy, SourceError."""
    from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI
    from websockets.sync.client import connect  # only who needs it pays

    url = stream_address(api, clock())
    stack = ExitStack()
    try:
        socket = stack.enter_context(
            connect(
                url,
                additional_headers={"Authorization": f"Bearer {api.token}"},
                open_timeout=OPEN_SECONDS,
                close_timeout=1.0,
                ping_interval=None,  # `_is_alive` does it
                max_size=LONGEST,
                user_agent_header="ListeningPost",
                legacy=False,
            )
        )
        for question in questions:
            what = {"stream": "hashtag", "tag": question[1:]} if question[0] == "#" else {"stream": NOTICES}
            socket.send(json.dumps({"type": "subscribe"} | what))
    except InvalidStatus as refused:
        raise _refusal(refused.response.status_code, refused.response.headers, api.host, clock()) from None
    except (InvalidHandshake, InvalidURI, ConnectionClosed, OSError, EOFError, ValueError) as error:
        stack.close()
        raise Lost(f"{api.host}'s stream can't be reached ({type(error).__name__})") from None
    return MastodonConnection(socket, stack, api.host, ours, clock)


@dataclass
class MastodonConnection:
    """Gives an event for each message that matters, and None for each other sign of life."""

    socket: Any
    stack: ExitStack
    """Closes the socket."""
    host: str
    ours: Ours
    clock: Callable[[], datetime]

    def __iter__(self) -> Iterator[Event | None]:
        while True:
            yield self.next(QUIET)

    def next(self, quiet: float) -> Event | None:
        """The next event; None when there was none for `quiet` seconds and the server is still there."""
        from websockets.exceptions import ConnectionClosed

        try:
            try:
                text = self.socket.recv(timeout=quiet)
            except TimeoutError:
                if not self.socket.ping(ack_on_close=True).wait(ANSWERS_WITHIN):
                    raise Lost(f"{self.host}'s stream was silent") from None
                return None
        except ConnectionClosed as closed:
            raise Lost(f"{self.host}'s stream broke ({type(closed).__name__})") from None
        return self._read(text)

    def close(self) -> None:
        with suppress(Exception):
            self.stack.close()

    # Helpers.

    def _read(self, text: str | bytes) -> Event | None:
        try:
            message = json.loads(text)
        except (ValueError, RecursionError):
            message = None
        if not isinstance(message, dict):
            return Event(note=f"{self.host}'s stream sent an event that can't be read")
        kind, payload = message.get("event"), message.get("payload")
        if kind is None and "error" in message:
            said = " ".join(str(message["error"]).split())[:200]
            raise Lost(
                f"{self.host}'s stream refuses what was asked for ({said}): the token needs the scope read",
                "refused",
            )
        if kind == "delete":
            number = local_id({"id": payload})
            return Event(deleted=number) if number else None
        if kind not in ("update", "status.update", "notification"):
            return None
        try:
            given = json.loads(payload) if isinstance(payload, str) else payload
            told = kind == "notification"
            if told and as_dict(given).get("type") not in TOLD:
                return None
            status, now = as_dict(given).get("status") if told else given, self.clock()
            arrived = arrived_from(status, self.ours, now, to_us=told)
        except (ValueError, RecursionError):
            return Event(note=f"{self.host}'s stream sent a post that can't be read")
        if arrived is not None and kind == "status.update" and arrived.post.edited_at is None:
            arrived = replace(arrived, post=replace(arrived.post, edited_at=now))
        return Event(arrived) if arrived else None


def _refusal(status: int, headers: Any, host: str, now: datetime) -> SourceError:
    if status == 429:
        after = headers.get("retry-after", "")
        seconds = min(int(after), _LONGEST_WAIT) if after.isascii() and after.isdigit() else _BUSY
        until = (now + timedelta(seconds=seconds)).astimezone(UTC)
        return Busy(f"{host}'s stream asks to wait until {until:%H:%M:%S} UTC", until)
    if status in (401, 403):
        return Lost(f"{host}'s stream does not accept MASTODON_ACCESS_TOKEN ({status})", "refused")
    return Lost(f"{host}'s stream refused us with status {status}", "refused")
