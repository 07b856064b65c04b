"""Who is behind a number on Bluesky: its stream tells numbers only."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.sources import Busy, SourceError
from bot.sources.bluesky_api import BlueskyApi
from bot.sources.bluesky_posts import Author, author_from
from bot.sources.resting import Rest
from bot.sources.shapes import as_list
from models.post import Post

AT_ONCE = 25
"""Profiles in one request, at most: docs.bsky.app/docs/api/app-bsky-actor-get-profiles."""
SECONDS = 8.0
"""For all profiles of one batch."""
GOOD_FOR = timedelta(hours=12)
REMEMBERED = 10_000
_TRY_AGAIN = timedelta(minutes=10)


class People:
    """Asks for names and numbers, and remembers them. May be used by several threads."""

    def __init__(self, api: BlueskyApi, clock: Callable[[], datetime]) -> None:
        self._api = api
        self._clock = clock
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[datetime, Author]] = OrderedDict()
        self._numbers: dict[str, tuple[datetime, str | None]] = {}
        self._rest: Rest | None = None

    def name(self, posts: Sequence[Post]) -> tuple[list[Post], str | None]:
        """`posts` with their authors' handles and names, and a sentence when some could not be asked for:
        these keep their author's number."""
        with self._lock:
            trouble = self._look_up({post.author_id for post in posts if post.author_id})
            known = {did: author for did, (_, author) in self._known.items()}
        return [_named(post, known.get(post.author_id or "")) for post in posts], trouble

    def numbers_of(self, handles: Iterable[str]) -> list[str]:
        """The numbers behind our own handles, as far as Bluesky tells them."""
        with self._lock:
            return [did for handle in handles if (did := self._number_of(handle))]

    # Helpers, all of them under the lock.

    def _look_up(self, dids: set[str]) -> str | None:
        now, deadline = self._clock(), time.monotonic() + SECONDS
        asked = sorted(did for did in dids if did not in self._known or self._known[did][0] < now)
        for start in range(0, len(asked), AT_ONCE):
            if time.monotonic() > deadline or (self._rest is not None and self._rest.is_on(now)):
                return "Bluesky's profiles were not all asked for: some authors are shown by their number"
            some = asked[start : start + AT_ONCE]
            try:
                document = self._api.get("app.bsky.actor.getProfiles", now, actors=some)
            except SourceError as error:
                self._rest = Rest(now, error.until) if isinstance(error, Busy) else None
                return f"some authors are shown by their number: {error}"
            for profile in as_list(document.get("profiles")):
                if (author := author_from(profile)) is not None:
                    self._known[author.did] = now + GOOD_FOR, author
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return None

    def _number_of(self, handle: str) -> str | None:
        now = self._clock()
        good_until, did = self._numbers.get(handle, (now, None))
        if now < good_until:
            return did
        try:
            said = self._api.get("com.atproto.identity.resolveHandle", now, handle=handle).get("did")
            author = author_from({"did": said})
            self._numbers[handle] = now + GOOD_FOR, author.did if author else None
        except SourceError:  # its name in a text is recognised all the same
            self._numbers[handle] = now + _TRY_AGAIN, did
        return self._numbers[handle][1]


def _named(post: Post, author: Author | None) -> Post:
    if author is None or author.handle is None:
        return replace(post, author_name=author.name) if author else post
    key = post.external_id.rpartition("/")[2]
    link = f"https://bsky.app/profile/{author.handle}/post/{key}"
    return replace(post, author=author.handle, author_name=author.name, url=link)
