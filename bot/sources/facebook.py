"""Posts and comments on our Facebook page, asked for: beside the webhook, or in its place.

Facebook lists a page's posts newest first and tells of each when it last changed (which a comment does), so
one request tells which posts to look below. https://developers.facebook.com/docs/graph-api/reference/page/feed
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from bot.sources import Batch, SourceError
from bot.sources.facebook_api import FacebookApi, NotThere
from bot.sources.facebook_items import COMMENT_FIELDS, POST_FIELDS, comment_from, post_from
from bot.sources.facebook_window import Fetch, Job, jobs_in, next_page, time_of

OVERLAP = timedelta(minutes=10)
"""Comments turn up a little late and out of order: each fetch begins so much before the one before."""
FIRST_WINDOW = timedelta(hours=24)
"""How far back the first fetch looks."""
POSTS_A_PAGE, FEED_PAGES = 50, 3
"""So new comments are found below our 150 newest posts; the webhook tells of all."""
MOST_JOBS = 200
"""Posts whose comments are still to be read, in the cursor."""


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
        newest = time_of(kept.get("newest"))
        start = newest - OVERLAP if newest is not None else now - FIRST_WINDOW
        fetch = Fetch(now, newest or start)
        changed = self._changed(start, fetch)
        jobs = jobs_in(kept.get("jobs"))
        begun = {job.post for job in jobs if not job.more}
        jobs += [Job(post, start) for post in changed if post not in begun]
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

    def _changed(self, start: datetime, fetch: Fetch) -> list[str]:
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
                at = fetch.saw(time_of(row.get("updated_time")) or fetch.now)
                if at >= start:
                    changed.append(row["id"])
            if not more or not fetch.may_ask:
                break
        return changed

    def _work_off(self, jobs: list[Job], fetch: Fetch) -> list[Job]:
        """Reads below each post; returns what is left. Raises SourceError when nothing could be read."""
        for place, job in enumerate(jobs):
            try:
                rest = self._read_below(job, fetch)
            except NotThere as gone:
                fetch.notes.append(f"comments below {job.post}: {gone}")
                # It may be the place to go on at that Facebook no longer knows; else the post is gone.
                rest = Job(job.post, job.since) if job.more else None
            except SourceError as error:
                if place == 0:
                    raise
                fetch.notes.append(f"comments were read in part: {error}")
                rest = job
            if rest is not None:
                return [rest, *jobs[place + 1 :]]
        return []

    def _read_below(self, job: Job, fetch: Fetch) -> Job | None:
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
                at = fetch.saw(time_of(row.get("created_time")) or fetch.now)
                oldest = min(oldest, at)
                if at >= job.since:
                    fetch.add(comment)
            if not more or not rows or oldest < job.since:
                return None
        return Job(job.post, job.since, more)

    def _page_of(self, path: str, fetch: Fetch, **params: str) -> tuple[list[dict[str, Any]], dict[str, str]]:
        """One page, and how to ask for the next; {}: there is none."""
        fetch.requests += 1
        document = self._api.read(path, fetch.now, **params)
        rows = document.get("data")
        if not isinstance(rows, list):
            raise SourceError("Facebook's answer has no list in it")
        return [row for row in rows if isinstance(row, dict)], next_page(document.get("paging"))
