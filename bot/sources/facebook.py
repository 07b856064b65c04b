"""Posts and comments on our Facebook page, asked for: beside the webhook, or in its place.

Facebook lists a page's posts newest first and tells of each when it last changed (which a comment does), so
one request tells which posts to look below. https://developers.facebook.com/docs/graph-api/reference/page/feed
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bot.sources import Batch, SourceError
from bot.sources.facebook_api import FacebookApi, NotThere
from bot.sources.facebook_items import COMMENT_FIELDS, POST_FIELDS, comment_from, is_id, post_from
from models.post import Post

OVERLAP = timedelta(minutes=10)
"""Comments turn up a little late and out of order: each fetch begins so much before the one before."""
FIRST_WINDOW = timedelta(hours=24)
"""How far back the first fetch looks."""
POSTS_A_PAGE, FEED_PAGES = 50, 3
"""So new comments are found below our 150 newest posts; the webhook tells of all."""
REQUESTS_A_FETCH = 40
SECONDS_A_FETCH = 20.0
"""After this no further request is begun."""
MOST_JOBS = 200
"""Posts whose comments are still to be read, in the cursor."""
_PAGING = ("after", "until", "since", "__paging_token")


@dataclass(frozen=True)
class _Job:
    """A post below which comments are to be read, newest first, back to `since`; `more`: where to go on."""

    post: str
    since: datetime
    more: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"post": self.post, "since": self.since.isoformat(), "more": self.more}

    @classmethod
    def from_json(cls, kept: object) -> "_Job | None":
        given = kept if isinstance(kept, dict) else {}
        since, post, more = _time_of(given.get("since")), given.get("post"), given.get("more")
        if since is None or not isinstance(post, str) or not is_id(post):
            return None
        more = more if isinstance(more, dict) else {}
        return cls(post, since, {key: str(more[key]) for key in _PAGING if key in more})


@dataclass
class _Fetch:
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
        self.newest = max(self.newest, min(at, self.now))
        return at

    @property
    def may_ask(self) -> bool:
        return self.requests < REQUESTS_A_FETCH and time.monotonic() < self.deadline


class FacebookPage:
    """Reads the page's feed and the comments below what changed in it.

    The cursor: {"newest": the newest time seen, "jobs": what a bound or an error cut off, read first}.
    """

    name = "facebook"

    def __init__(self, api: FacebookApi, page_id: str, every: float, clock: Callable[[], datetime]) -> None:
        self.every = every
        self._api = api
        self._page = page_id
        self._clock = clock

    def fetch(self, since: dict[str, Any] | None) -> Batch:
        """New posts of visitors, and new comments of anybody but us, oldest first."""
        now = self._clock()
        kept = since if isinstance(since, dict) else {}
        newest = _time_of(kept.get("newest"))
        start = newest - OVERLAP if newest is not None else now - FIRST_WINDOW
        fetch = _Fetch(now, newest or start)
        changed = self._changed(start, fetch)
        jobs = _jobs_in(kept.get("jobs"))
        begun = {job.post for job in jobs if not job.more}
        jobs += [_Job(post, start) for post in changed if post not in begun]
        left = self._work_off(jobs, fetch)
        if len(left) > MOST_JOBS:
            fetch.notes.append(f"below {len(left) - MOST_JOBS} posts new comments can't be read any more")
        cursor = {"newest": fetch.newest.isoformat(), "jobs": [job.as_json() for job in left[:MOST_JOBS]]}
        return Batch(sorted(fetch.posts.values(), key=lambda post: post.created_at), cursor, fetch.notes)

    def check(self) -> str | None:
        """Asks for the page's name."""
        try:
            said = self._api.read(self._page, self._clock(), fields="id,name")
        except SourceError as error:
            return str(error)
        return None if said.get("id") == self._page else "Facebook knows the page by another number"

    # Helpers, in the order in which they are called.

    def _changed(self, start: datetime, fetch: _Fetch) -> list[str]:
        """The posts that changed since `start`; visitors' new ones among them are taken."""
        changed: list[str] = []
        more: dict[str, str] = {}
        for _ in range(FEED_PAGES):
            rows, more = self._page_of(
                f"{self._page}/feed", fetch, fields=POST_FIELDS, limit=str(POSTS_A_PAGE), **more
            )
            for row in rows:
                try:
                    post = post_from(row, self._page, fetch.now)
                except ValueError as error:
                    fetch.notes.append(f"a post that can't be read: {error}")
                    continue
                if post is not None and post.created_at >= start:
                    fetch.add(post)
                at = fetch.saw(_time_of(row.get("updated_time")) or fetch.now)
                if at >= start:
                    changed.append(row["id"])
            if not more or not fetch.may_ask:
                break
        return changed

    def _work_off(self, jobs: list[_Job], fetch: _Fetch) -> list[_Job]:
        """Reads below each post; returns what is left. Raises SourceError when nothing could be read."""
        for place, job in enumerate(jobs):
            try:
                rest = self._read_below(job, fetch)
            except NotThere as gone:
                fetch.notes.append(f"comments below {job.post}: {gone}")
                # It may be the place to go on at that Facebook no longer knows; else the post is gone.
                rest = _Job(job.post, job.since) if job.more else None
            except SourceError as error:
                if place == 0:
                    raise
                fetch.notes.append(f"comments were read in part: {error}")
                rest = job
            if rest is not None:
                return [rest, *jobs[place + 1 :]]
        return []

    def _read_below(self, job: _Job, fetch: _Fetch) -> _Job | None:
        """None when all of it was read, else the job that is left. Raises SourceError on its first page."""
        more, pages = job.more, 0
        while fetch.may_ask:
            try:
                rows, more = self._page_of(
                    f"{job.post}/comments",
                    fetch,
                    fields=COMMENT_FIELDS,
                    filter="stream",
                    order="reverse_chronological",
                    limit="100",
                    **more,
                )
            except SourceError as error:
                if not pages:
                    raise
                fetch.notes.append(f"comments were read in part: {error}")
                break
            pages += 1
            oldest = fetch.now
            for row in rows:
                try:
                    comment = comment_from(row, self._page, fetch.now)
                except ValueError as error:
                    fetch.notes.append(f"a comment that can't be read: {error}")
                    continue
                at = fetch.saw(_time_of(row.get("created_time")) or fetch.now)
                oldest = min(oldest, at)
                if at >= job.since:
                    fetch.add(comment)
            if not more or not rows or oldest < job.since:
                return None
        return _Job(job.post, job.since, more)

    def _page_of(
        self, path: str, fetch: _Fetch, **params: str
    ) -> tuple[list[dict[str, Any]], dict[str, str]]:
        """One page, and how to ask for the next; {}: there is none."""
        fetch.requests += 1
        document = self._api.read(path, fetch.now, **params)
        rows = document.get("data")
        if not isinstance(rows, list):
            raise SourceError("Facebook's answer has no list in it")
        return [row for row in rows if isinstance(row, dict)], _next(document.get("paging"))


def _next(paging: object) -> dict[str, str]:
    """From the address of the next page only what says where it begins: the rest is ours to say."""
    given = paging.get("next") if isinstance(paging, dict) else None
    if not isinstance(given, str):
        return {}
    try:
        query = parse_qs(urlsplit(given).query)
    except ValueError:
        return {}
    return {key: query[key][-1] for key in _PAGING if key in query}


def _jobs_in(kept: object) -> list[_Job]:
    found = (_Job.from_json(each) for each in (kept if isinstance(kept, list) else ()))
    return [job for job in found if job is not None]


def _time_of(value: object) -> datetime | None:
    """A time as Facebook writes it, or as a cursor keeps it; None for anything else."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return at.astimezone(UTC) if at is not None and at.tzinfo is not None else None
