"""Bluesky's public stream: every post as it is written, without an account, and those for us picked out here.

What a break has left out is asked of the stream itself: it keeps about a day, and goes on from any time.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.sources import Batch, Gone, SourceError
from bot.sources.bluesky_api import BlueskyApi
from bot.sources.bluesky_connection import BlueskyConnection, Slice, open_connection
from bot.sources.bluesky_people import People
from bot.sources.bluesky_posts import Ours, handles_of
from bot.sources.streaming import WAITS, Haul, KeptOpen, Trouble, Wait
from bot.sources.wanted import Wanted
from config.brands import Brand
from models.post import Post

HOSTS = tuple(
    f"wss://jetstream{number}.{region}.bsky.network/subscribe"
    for region, number in (("us-east", 2), ("us-west", 2), ("us-east", 1), ("us-west", 1))
)
"""Bluesky's own, in turns: one's cursor is good at another, some seconds back."""
REWIND_US = 5_000_000
FIRST_WINDOW = timedelta(minutes=10)
"""How far back the first connection of all begins: everybody's posts of that time are read."""
EMPTIED_EVERY = 2.0
KEPT_EVERY_US = 30_000_000
"""How often the cursor is moved while nothing comes."""


class BlueskyStream:
    """The posts about our brands out of the stream of all.

    The cursor: {"stream": how much of this run is stored, "time_us": up to when all of it is}.
    """

    name = "bluesky-stream"
    every = EMPTIED_EVERY

    def __init__(
        self,
        api: BlueskyApi,
        brands: Sequence[Brand],
        clock: Callable[[], datetime],
        *,
        url: str | None = None,
        waits: Mapping[Trouble, Wait] = WAITS,
    ) -> None:
        self._people = People(api, clock)
        self._handles = handles_of(brands)
        self._wanted = Wanted(brands)
        self._clock = clock
        self._urls = (url,) if url else HOSTS
        self._turn = 0
        self._stored_us: int | None = None
        self._heard_us: int | None = None
        """Where the next connection begins: what came before is stored, or waits to be."""
        self._live: KeptOpen[Slice] = KeptOpen(self.name, self._connect, clock, waits)

    @property
    def missing(self) -> str | None:
        """One sentence when there is nothing to listen for."""
        nothing = "Bluesky's stream is not read: no brand in the playbook has a handle or keywords"
        return nothing if self._wanted.nothing else None

    def fetch(self, since: dict[str, Any] | None) -> Batch:
        """What the stream has brought. Raises SourceError while there is no connection."""
        if missing := self.missing:
            raise SourceError(missing)
        state = dict(since) if isinstance(since, dict) else {}
        stored = _time_us(state.get("time_us"))
        if self._heard_us is None:
            begin = self._clock() - FIRST_WINDOW
            self._stored_us = stored
            self._heard_us = stored if stored is not None else int(begin.timestamp() * 1_000_000)
        self._live.start()
        haul = self._live.read(state.get("stream"))
        if haul.error is not None and not haul.items:
            raise haul.error
        reached = max((each.time_us for each in haul.items), default=stored)
        news = bool(haul.items) and (
            any(each.posts or each.deleted or each.note for each in haul.items)
            or stored is None
            or (reached or 0) - stored >= KEPT_EVERY_US
        )
        if not news:
            return Batch([], None)
        return self._batch(haul, {**state, "stream": haul.position, "time_us": reached})

    def check(self) -> str | None:
        """Connects once, and hangs up."""
        if missing := self.missing:
            return missing
        try:
            open_connection(self._urls[0], None, self._wanted, self._ours(), self._clock).close()
        except SourceError as error:
            return str(error)
        return None

    def close(self) -> None:
        self._live.close()

    # Helpers.

    def _batch(self, haul: Haul[Slice], cursor: dict[str, Any]) -> Batch:
        posts: dict[str, Post] = {}
        gone: dict[str, Gone] = {}
        for each in haul.items:
            for uri in each.deleted:
                posts.pop(uri, None)
                gone[uri] = Gone("bluesky", uri)
            for post in each.posts:
                gone.pop(post.external_id, None)  # somebody wrote it anew under the same key
                posts[post.external_id] = post
        notes = [each.note for each in haul.items if each.note]
        named, trouble = self._people.name([*posts.values()])
        ours = {handle.lower() for handle in self._handles}
        return Batch(
            sorted((post for post in named if post.author.lower() not in ours), key=lambda p: p.created_at),
            cursor,
            [*dict.fromkeys(notes), *([trouble] if trouble else [])],
            gone=tuple(gone.values()),
        )

    def _connect(self) -> BlueskyConnection:
        url = self._urls[self._turn % len(self._urls)]
        self._turn += 1
        after = self._heard_us - REWIND_US if self._heard_us is not None else None
        return open_connection(
            url, after, self._wanted, self._ours(), self._clock, self._heard, stored_us=self._stored_us
        )

    def _heard(self, time_us: int) -> None:
        self._heard_us = self._stored_us = max(self._heard_us or 0, time_us)

    def _ours(self) -> Ours:
        dids = self._people.numbers_of(self._handles)
        return Ours(frozenset(handle.lower() for handle in self._handles), frozenset(dids))


def _time_us(kept: object) -> int | None:
    return kept if type(kept) is int and 0 < kept < 2**53 else None
