"""Bluesky, asked: its search for our names, and the mentions, replies and quotes that our account is told of.

https://docs.bsky.app/docs/api/app-bsky-feed-search-posts and …/app-bsky-notification-list-notifications
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.sources import Batch, Busy, SourceError
from bot.sources.bluesky_api import NO_ACCOUNT, BadQuestion, BlueskyApi
from bot.sources.bluesky_posts import Ours, handles_of, post_from_view, sorted_at
from bot.sources.shapes import as_dict, time_of
from bot.sources.wanted import Wanted
from bot.sources.window import OVERLAP, Ask, Budget, NotUnderstood, Page, Reading, kept_marks, read_on
from config.brands import Brand
from models.post import Post

Clock = Callable[[], datetime]
PAGES_A_FETCH = 40
"""Bluesky allows 3,000 requests in five minutes; each question takes one at least."""
SKEW = timedelta(minutes=15)
"""Search goes by the time that an author's program named: one whose clock is late stands further back."""
MENTIONS = "mentions"
_LONGEST_WORD = 120
_POSTS = frozenset({"mention", "reply", "quote"})
"""Notifications that are posts."""


class BlueskySearch:
    """Search for each name and keyword, newest first, in overlapping windows; and our notifications.

    The cursor: {"at": last fetch, "turn": the question it began with, "marks": {question: how far it was
    read}}. What comes twice is told apart by its address when it is stored.
    """

    name = "bluesky-search"

    def __init__(
        self,
        api: BlueskyApi,
        brands: Sequence[Brand],
        every: float,
        clock: Clock,
        *,
        search: bool = True,
        mentions: bool = True,
        pages: int = PAGES_A_FETCH,
    ) -> None:
        self.every = every
        self.questions = ((MENTIONS,) if mentions else ()) + (compile_questions(brands) if search else ())
        self._api = api
        self._handles = frozenset(handle.lower() for handle in handles_of(brands))
        self._wanted = Wanted(brands)
        self._clock = clock
        self._pages = pages

    @property
    def missing(self) -> str | None:
        """One sentence when it can't be read at all."""
        if self._api.account is None:
            return NO_ACCOUNT
        nothing = "Bluesky can't be searched: no brand in the playbook has a handle there or keywords"
        return None if self.questions else nothing

    def fetch(self, since: dict[str, Any] | None) -> Batch:
        """What is new, oldest first. An error is raised when nothing at all was read, and else a note."""
        if missing := self.missing:
            raise SourceError(missing)
        now, since = self._clock(), since if isinstance(since, dict) else {}
        old, turn = kept_marks(since, self.questions, now), since.get("turn")
        # Each fetch begins with another question: one with a surge leaves nothing for those after it.
        turn = (turn + 1) % len(old) if type(turn) is int else 0
        budget = Budget(max(self._pages, len(old) + 5))
        readings, failed = dict[str, Reading](), 0
        for question in [*old][turn:] + [*old][:turn]:
            reading = read_on(partial(self._page, question), old[question], now, budget)
            readings[question] = reading
            failed = failed + 1 if reading.error is not None else 0
            if isinstance(reading.error, Busy) or failed == 2:
                break  # the next one would hear the same
        errors = [reading.error for reading in readings.values() if reading.error]
        if errors and not any(reading.pages for reading in readings.values()):
            raise errors[0]
        marks = {key: readings[key].mark if key in readings else mark for key, mark in old.items()}
        notes = [note for reading in readings.values() for note in reading.notes]
        notes += [f"{self.name}: {error}" for error in errors]
        posts: dict[str, Post] = {}
        for reading in readings.values():
            for post in reading.posts:
                # Search finds it too, but only the notification says that it is meant for us.
                if post.external_id not in posts or post.mentions_us:
                    posts[post.external_id] = post
        return Batch(
            sorted(posts.values(), key=lambda post: post.created_at),
            {
                "at": now.isoformat(),
                "turn": turn,
                "marks": {key: mark.as_json() for key, mark in marks.items()},
            },
            list(dict.fromkeys(notes)),
        )

    def check(self) -> str | None:
        """Asks for our notifications, and for the first name."""
        if missing := self.missing:
            return missing
        now = self._clock()
        try:
            for question in self.questions[:2]:
                self._page(question, Ask(now - OVERLAP, size=1))
        except SourceError as error:
            return str(error)
        return None

    # Helpers.

    def _page(self, question: str, ask: Ask) -> Page:
        now = self._clock()
        try:
            if question == MENTIONS:
                return self._notifications(ask, now)
            return self._found(question, ask, now)
        except BadQuestion as error:
            raise NotUnderstood(str(error)) from None

    def _found(self, question: str, ask: Ask, now: datetime) -> Page:
        params: dict[str, str | int] = {"q": question, "sort": "latest", "limit": ask.size}
        start = ask.start - SKEW
        params["since"] = _written(start)
        if ask.token:
            params["cursor"] = ask.token
        if ask.end:
            params["until"] = _written(ask.end)
        document = self._api.get("app.bsky.feed.searchPosts", now, **params)
        return self._read(document, "posts", sorted_at, start, now)

    def _notifications(self, ask: Ask, now: datetime) -> Page:
        params: dict[str, Any] = {"reasons": tuple(_POSTS), "limit": ask.size}
        if ask.token:
            params["cursor"] = ask.token
        document = self._api.get("app.bsky.notification.listNotifications", now, **params)
        return self._read(document, "notifications", _told_at, ask.start, now)

    def _read(
        self,
        document: dict[str, Any],
        key: str,
        time_in: Callable[[object], datetime | None],
        start: datetime,
        now: datetime,
    ) -> Page:
        rows, token = document.get(key), document.get("cursor")
        if not isinstance(rows, list):
            raise SourceError("Bluesky's answer has no list of posts in it")
        ours = self._ours()
        posts, notes, times = [], list[str](), list[datetime]()
        for row in rows:
            times += [min(at, now)] if (at := time_in(row)) else []
            if key == "notifications" and as_dict(row).get("reason") not in _POSTS:
                continue  # servers that do not know `reasons` send everything
            try:
                post = post_from_view(row, ours, now)
            except ValueError as error:
                notes.append(f"Bluesky sent a post that can't be read: {error}")
                continue
            if post is not None and self._wanted.in_our_languages(post):
                posts.append(post)
        # A page that is older as a whole ends it: search keeps to `since`, notifications go back for ever.
        more = isinstance(token, str) and 0 < len(token) <= 1_000 and bool(times) and max(times) >= start
        return Page(
            posts,
            newest=max(times, default=None),
            oldest=max(min(times), start) if times else None,
            next_token=token if more else None,
            notes=notes,
        )

    def _ours(self) -> Ours:
        return Ours(self._handles, frozenset({self._api.did} if self._api.did else ()))


def compile_questions(brands: Iterable[Brand]) -> tuple[str, ...]:
    """What is searched for: each handle; each keyword, together with all the `all` words.

    Bluesky's search has no OR, and knows no `word*`: the word is asked for without its star. All of it stands
    between quotes, so that nothing in it is an operator.
    """
    questions: list[str] = []
    for brand in brands:
        questions += [f'"{handle}"' for handle in handles_of([brand])]
        must = [term for word in brand.keywords.all if (term := _term(word))]
        some = [term for word in brand.keywords.any if (term := _term(word))]
        questions += [" ".join([term, *must]) for term in some] if some else [" ".join(must)] if must else []
    return tuple(dict.fromkeys(questions))


def _term(word: str) -> str:
    bare = " ".join(word.replace('"', " ").replace("*", " ").split())[:_LONGEST_WORD]
    return f'"{bare}"' if bare else ""


def _told_at(row: object) -> datetime | None:
    return time_of(as_dict(row).get("indexedAt"))


def _written(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
