"""What we have from Mastodon is looked at again: whether it is still there and public, and says the same.

The stream tells of a deletion at once, but only where it has a hashtag of ours, and while it is open.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.sources import Gone, SourceError
from bot.sources.mastodon_api import MastodonApi, NotThere
from bot.sources.mastodon_posts import PUBLIC, Ours, post_from
from bot.sources.shapes import as_dict, time_of
from models.mention import DELETED, HIDDEN
from models.post import Post

AGAIN_AFTER = timedelta(hours=1)
WATCHED_FOR = timedelta(days=7)
MOST = 500
A_FETCH = 5
"""Look-ups in one fetch, at most: 300 an hour."""


@dataclass
class _Watched:
    number: str
    external_id: str
    first: datetime
    looked: datetime


@dataclass
class Watch:
    """Posts by their number on our server."""

    posts: dict[str, _Watched] = field(default_factory=dict)

    def look(self, api: MastodonApi, ours: Ours, now: datetime) -> tuple[list[Post], list[Gone]]:
        """Those that were not looked at for an hour, longest first: what was changed, what is gone."""
        due = [each for each in self.posts.values() if each.looked <= now - AGAIN_AFTER]
        changed: list[Post] = []
        gone: list[Gone] = []
        for each in sorted(due, key=lambda one: one.looked)[:A_FETCH]:
            try:
                status = api.get(f"v1/statuses/{each.number}", now)
            except NotThere:
                gone.append(Gone("mastodon", each.external_id, DELETED))
                del self.posts[each.number]
                continue
            except SourceError:
                break
            each.looked = now
            if as_dict(status).get("visibility") not in PUBLIC:
                if as_dict(status).get("visibility"):
                    gone.append(Gone("mastodon", each.external_id, HIDDEN))
                    del self.posts[each.number]
                continue
            try:
                post = post_from(status, ours, now)
            except ValueError:
                continue
            if post is not None and post.edited_at is not None and post.external_id == each.external_id:
                changed.append(post)
        return changed, gone

    def remember(self, posts: Iterable[tuple[str, str]], now: datetime) -> None:
        """Watches these as well, as (number, address)."""
        for number, external_id in posts:
            if number not in self.posts:
                self.posts[number] = _Watched(number, external_id, now, now)
        kept = [each for each in self.posts.values() if each.first > now - WATCHED_FOR]
        self.posts = {each.number: each for each in sorted(kept, key=lambda one: one.first)[-MOST:]}

    def forget(self, number: str) -> str | None:
        """Watches it no longer. Returns its address, when it was watched."""
        watched = self.posts.pop(number, None)
        return watched.external_id if watched else None

    def as_json(self) -> list[list[str]]:
        return [
            [each.number, each.external_id, each.first.isoformat(), each.looked.isoformat()]
            for each in self.posts.values()
        ]

    @classmethod
    def from_json(cls, kept: Any) -> "Watch":
        """What `as_json` wrote, as far as it makes sense."""
        watch = cls()
        for row in kept if isinstance(kept, list) else ():
            if not (isinstance(row, list) and len(row) == 4 and all(isinstance(one, str) for one in row)):
                continue
            first, looked = time_of(row[2]), time_of(row[3])
            if first is not None and looked is not None:
                watch.posts[row[0]] = _Watched(row[0], row[1], first, looked)
        return watch
