"""How far our page was read: what is left to read below which post, and the bounds of one fetch."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bot.sources.facebook_items import EARLIEST, is_id
from models.post import Post

REQUESTS_A_FETCH = 40
SECONDS_A_FETCH = 20.0
"""After this no further request is begun."""
_PAGING = ("after", "until", "since", "__paging_token")


@dataclass(frozen=True)
class Job:
    """A post below which comments are to be read, newest first, back to `since`; `more`: where to go on."""

    post: str
    since: datetime
    more: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"post": self.post, "since": self.since.isoformat(), "more": self.more}

    @classmethod
    def from_json(cls, kept: object) -> "Job | None":
        given = kept if isinstance(kept, dict) else {}
        since, post, more = time_of(given.get("since")), given.get("post"), given.get("more")
        if since is None or not isinstance(post, str) or not is_id(post):
            return None
        more = more if isinstance(more, dict) else {}
        return cls(post, since, {key: str(more[key]) for key in _PAGING if key in more})


@dataclass
class Fetch:
    """One fetch under way."""

    now: datetime
    newest: datetime
    """The newest time that Facebook named: by its own clock, as ours may differ."""
    posts: dict[str, Post] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    requests: int = 0
    deadline: float = field(default_factory=lambda: time.monotonic() + SECONDS_A_FETCH)

    def add(self, post: Post | None) -> None:
        if post is not None:
            self.posts[post.external_id] = post

    def saw(self, at: datetime) -> datetime:
        """A time that Facebook named; returned as it is."""
        self.newest = max(self.newest, min(at, self.now))
        return at

    @property
    def may_ask(self) -> bool:
        return self.requests < REQUESTS_A_FETCH and time.monotonic() < self.deadline


def next_page(paging: object) -> dict[str, str]:
    """From the address of the next page only what says where it begins: the rest is ours to say."""
    given = paging.get("next") if isinstance(paging, dict) else None
    if not isinstance(given, str):
        return {}
    try:
        query = parse_qs(urlsplit(given).query)
    except ValueError:
        return {}
    return {key: query[key][-1] for key in _PAGING if key in query}


def jobs_in(kept: object) -> list[Job]:
    """What a cursor kept of them; whatever else is in it is left out."""
    found = (Job.from_json(each) for each in (kept if isinstance(kept, list) else ()))
    return [job for job in found if job is not None]


def time_of(value: object) -> datetime | None:
    """A time as Facebook writes it, or as a cursor keeps it; None for anything else."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
        at = at.astimezone(UTC) if at is not None and at.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
    return at if at is not None and at >= EARLIEST else None
