"""Whether posts are still on X as they are stored here: GET /2/tweets, a hundred at a time.

https://docs.x.com/x-api/posts/lookup/introduction. What X can't give out stands in `errors`, by its id.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.sources import Batch, Gone, SourceError, Spent
from bot.sources.x_answer import read_page
from bot.sources.x_client import NO_TOKEN, Client, document_from, look_up
from bot.sources.x_reader import Clock, ours_of
from config.brands import Brand
from models.mention import DELETED, HIDDEN
from models.post import Post

A_REQUEST = 100
REQUESTS = 10
"""A fetch asks so often at most."""
EVERY = 300.0
SECONDS_A_FETCH = 15.0
"""After this no further request is begun."""
HARD_TO_BELIEVE = 10
"""When of so many posts more than half are said to be gone, it is looked at again before it is believed."""
BELIEVED_AFTER = timedelta(minutes=30)
_WHY = {"resource-not-found": DELETED, "not-authorized-for-resource": HIDDEN}
"""By the end of an error's type; for any other error nothing is known of the post."""


@dataclass
class _Looks:
    """What the requests of one fetch have found."""

    posts: list[Post] = field(default_factory=list)
    gone: dict[str, str] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)


class XRecheck:
    """Brings the posts that are due as they are now; those that are gone are in the batch's `gone`.

    `due` says which: ids, the most important first. An edited post comes in its newest version.
    """

    name = "x-recheck"
    every = EVERY

    def __init__(
        self, client: Client, brands: Sequence[Brand], clock: Clock, due: Callable[[int], Sequence[str]]
    ) -> None:
        self._client = client
        self._ours = ours_of(brands)
        self._clock = clock
        self._due = due
        self._doubted: dict[str, datetime] = {}

    def fetch(self, since: dict[str, Any] | None) -> Batch:
        """Raises SourceError when X does not answer; then all of them are asked about again."""
        if self._client is None:
            raise SourceError(NO_TOKEN)
        ids = list(dict.fromkeys(self._due(A_REQUEST * REQUESTS)))
        looks = _Looks()
        asked: list[str] = []
        until = time.monotonic() + SECONDS_A_FETCH
        for start in range(0, len(ids), A_REQUEST):
            part = ids[start : start + A_REQUEST]
            if time.monotonic() > until:
                break
            try:
                self._look(part, looks)
            except SourceError as error:
                if not asked:
                    raise
                looks.notes.append(f"{self.name}: {error}")
                break
            asked += part
        newest = self._look_for_newest(looks)
        now = self._clock()
        believed = self._believed(looks, asked, now)
        doubted = looks.gone.keys() - believed.keys()
        return Batch(
            looks.posts,
            None,
            looks.notes,
            (Spent("x", "recheck", now, frozenset(looks.ids)),) if looks.ids else (),
            tuple(Gone("x", one, why) for one, why in believed.items()),
            tuple(("x", one) for one in [*asked, *newest] if one not in doubted),
        )

    def check(self) -> str | None:
        """Asks X nothing: search says whether it can be read."""
        return NO_TOKEN if self._client is None else None

    def _look(self, ids: Sequence[str], looks: _Looks) -> None:
        now = self._clock()
        document = document_from(look_up(self._client, ids), now)
        errors = document.get("errors")
        told = [_gone(each) for each in errors] if isinstance(errors, list) else []
        rows: dict[str, Any] = {
            "data": document.get("data") or [],
            "includes": document.get("includes"),
            "meta": {},
        }
        page = read_page(rows, self._ours, now)
        looks.posts += page.posts
        looks.ids.update(page.ids)
        there = set(page.ids)
        looks.gone |= {one: why for one, why in told if one in ids and one not in there}

    def _look_for_newest(self, looks: _Looks) -> list[str]:
        """X answers with the version that was asked for; its history names the newest. Returns their ids."""
        newest = {post.versions[-1]: post.external_id for post in looks.posts if post.versions}
        missing = [one for one, asked in newest.items() if one != asked and one not in looks.ids]
        for start in range(0, len(missing), A_REQUEST):
            later = _Looks()
            try:
                self._look(missing[start : start + A_REQUEST], later)
            except SourceError as error:
                looks.notes.append(f"{self.name}: {error}")
                break
            looks.posts += later.posts
            looks.ids |= later.ids
            looks.notes += later.notes
        return missing

    def _believed(self, looks: _Looks, asked: Sequence[str], now: datetime) -> dict[str, str]:
        """What is gone for sure: a deletion can't be undone here, and X may be out of order."""
        if len(asked) < HARD_TO_BELIEVE or len(looks.gone) * 2 <= len(asked):
            self._doubted = {one: at for one, at in self._doubted.items() if one not in asked}
            return looks.gone
        for one in looks.gone:
            self._doubted.setdefault(one, now)
        believed = {one: why for one, why in looks.gone.items() if self._doubted[one] <= now - BELIEVED_AFTER}
        if len(believed) < len(looks.gone):
            looks.notes.append(
                f"X says that {len(looks.gone)} of {len(asked)} posts are gone: looked at again before it is"
                " believed"
            )
        return believed


def _gone(error: object) -> tuple[str, str]:
    """The id of a post that is gone, and why; ("", "") for any other error."""
    known = error if isinstance(error, dict) else {}
    why = _WHY.get(str(known.get("type", "")).rstrip("/").rpartition("/")[2])
    number = known.get("resource_id") or known.get("value")
    if why is None or known.get("resource_type", "tweet") != "tweet" or not isinstance(number, str):
        return "", ""
    return number, why
