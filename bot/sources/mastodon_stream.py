"""Mastodon by our server's stream: posts, edits and deletions as they happen.

Where the stream had a break, and for what it does not bring (search), the server is asked as without it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from bot.sources import Batch, Gone, SourceError
from bot.sources.beside import Beside, is_news
from bot.sources.mastodon import MastodonSource
from bot.sources.mastodon_api import MastodonApi
from bot.sources.mastodon_connection import Event, MastodonConnection, open_connection
from bot.sources.mastodon_posts import Arrived
from bot.sources.mastodon_watch import Watch
from bot.sources.shapes import time_of
from bot.sources.streaming import WAITS, Haul, KeptOpen, Trouble, Wait
from models.post import Post

EMPTIED_EVERY = 2.0
SETTLES = timedelta(minutes=2)
"""A server hands a post to its timelines and to its stream at about the same time; by then it did both."""
REFUSALS_WITHIN = 1.0
"""Seconds in which a server says that it does not give us what was asked for."""
NO_TOKEN = "Mastodon's stream is for accounts only: set MASTODON_ACCESS_TOKEN"  # noqa: S105 - a sentence
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class MastodonStream:
    """What `MastodonSource` reads, by the stream; with its name and cursor, so that one can take turns.

    The cursor is that of `MastodonSource`, with {"stream": how much of the stream is stored, "covered": up to
    when it was complete, "gap": whether something is to be asked for that the stream may have left out}.
    """

    every = EMPTIED_EVERY

    def __init__(
        self,
        source: MastodonSource,
        api: MastodonApi,
        clock: Callable[[], datetime],
        *,
        waits: Mapping[Trouble, Wait] = WAITS,
    ) -> None:
        self.name = source.name
        self._source = source
        self._api = api
        self._clock = clock
        self._live: KeptOpen[Event] = KeptOpen(self.name, self._connect, clock, waits)
        self._beside = Beside(self.name, source.every)

    @property
    def missing(self) -> str | None:
        """One sentence when it can't be read at all."""
        return self._source.missing or (None if self._api.token else NO_TOKEN)

    def fetch(self, since: dict[str, Any] | None) -> Batch:
        """What the stream has brought, with what was asked for. Raises SourceError when neither works."""
        if missing := self.missing:
            raise SourceError(missing)
        self._live.start()
        now = self._clock()
        state = dict(since) if isinstance(since, dict) else {}
        haul = self._live.read(state.get("stream"))
        gap = state.get("gap") is not False
        if haul.breaks and not gap:
            state |= self._source.reopened(state, haul.missing_since(time_of(state.get("covered")), now))
            gap = True
            self._beside.at_once()
        read, notes = self._beside.ask(partial(self._source.read, state, beside_stream=not gap), haul, now)
        found, whole = read or (None, False)
        if found is not None:
            state |= found.cursor or {}
            gap = gap and not (whole and self._is_settled(haul, now))
            notes = [*notes, *found.notes]
        state |= {"stream": haul.position, "gap": gap}
        if haul.covered is not None:
            state["covered"] = haul.covered.isoformat()
        posts, gone = self._brought(haul, found, state, now)
        notes = [*notes, *self._notes(haul), *(each.note for each in haul.items if each.note)]
        news = is_news(since, state, haul, asked=found is not None)
        return Batch(posts, state if news else None, [*dict.fromkeys(notes)], gone=gone)

    def check(self) -> str | None:
        """Whether the server can be asked, and whether its stream takes us."""
        if trouble := self.missing or self._source.check():
            return trouble
        try:
            connection = self._connect()
            try:
                connection.next(REFUSALS_WITHIN)
            finally:
                connection.close()
        except SourceError as error:
            return f"{error} (its stream; sources.mastodon.stream in the playbook)"
        return None

    def close(self) -> None:
        self._live.close()

    # Helpers, in the order in which they are called.

    @staticmethod
    def _is_settled(haul: Haul[Event], now: datetime) -> bool:
        """Whether the stream began so long ago that what was asked for has all that came before."""
        return haul.connected_since is not None and now >= haul.connected_since + SETTLES

    def _brought(
        self, haul: Haul[Event], found: Batch | None, state: dict[str, Any], now: datetime
    ) -> tuple[list[Post], tuple[Gone, ...]]:
        """Posts oldest first, and what is gone. `state` remembers which posts have which number."""
        posts = {post.external_id: post for post in found.posts} if found else {}
        gone = {each.external_id: each for each in found.gone} if found else {}
        arrived = dict[str, Arrived]()
        deleted = list[str]()
        for event in haul.items:
            if event.arrived is not None:
                known = arrived.get(event.arrived.number)
                arrived[event.arrived.number] = _newer(known, event.arrived)
            elif event.deleted is not None:
                deleted.append(event.deleted)
        if not arrived and not deleted:
            return [*posts.values()], tuple(gone.values())
        watch = Watch.from_json(state.get("watch"))
        for number in deleted:
            brought = arrived.pop(number, None)
            address = watch.forget(number) or (brought.post.external_id if brought else None)
            if address is not None:
                gone[address] = Gone("mastodon", address)
        numbers = {each.post.external_id: each.number for each in arrived.values()}
        for post in self._source.placed(arrived.values(), now):
            asked = posts.get(post.external_id)
            posts[post.external_id] = _later(asked, post) if asked else post
            watch.remember([(numbers[post.external_id], post.external_id)], now)
        state["watch"] = watch.as_json()
        left = (post for post in posts.values() if post.external_id not in gone)
        return sorted(left, key=lambda post: post.created_at), tuple(gone.values())

    def _notes(self, haul: Haul[Event]) -> list[str]:
        """What stands in the stream's way, when it is news."""
        trouble = str(haul.error) if haul.error else ""
        return self._beside.news_of(trouble, "the server is asked")

    def _connect(self) -> MastodonConnection:
        return open_connection(self._api, self._source.streamed, self._source.ours, self._clock)


def _newer(known: Arrived | None, other: Arrived) -> Arrived:
    """A post may come by two hashtags, as a mention, and edited."""
    return replace(other, post=_later(known.post, other.post)) if known else other


def _later(one: Post, other: Post) -> Post:
    """The later version of a post; naming us in one is naming us."""
    later = other if (other.edited_at or _NEVER) >= (one.edited_at or _NEVER) else one
    return replace(later, mentions_us=one.mentions_us or other.mentions_us)
