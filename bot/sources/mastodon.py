"""Mastodon, by the server of our account: mentions, hashtags, and its search where it has one.

A server knows what its people follow, and what is sent to them: one server never sees all of Mastodon.
"""

import re
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote

from bot.sources import Batch, Busy, SourceError
from bot.sources.mastodon_api import NO_SERVER, NO_TOKEN, MastodonApi
from bot.sources.mastodon_posts import TOLD, Arrived, Ours, arrived_from, handles_of, local_id
from bot.sources.mastodon_watch import Watch
from bot.sources.shapes import as_dict, time_of
from bot.sources.wanted import Wanted
from bot.sources.window import Ask, Budget, Mark, Page, Reading, kept_marks, read_on
from config.brands import Brand
from models.post import Post

LATE = timedelta(minutes=30)
"""A status has the time at which it was written, and comes from its own server when that gets to it."""
PAGES_A_FETCH = 25
PAGE = 40
"""The most that Mastodon gives out at once."""
ROOTS_A_FETCH = 10
ROOTS_IN_FIVE_MINUTES = 100
"""A stream is emptied every two seconds; our server takes 300 requests in that time, of all kinds."""
MENTIONS = "mentions"
_TAG = re.compile(r"\w+")


class MastodonSource:
    """Each question newest first, in overlapping windows.

    The cursor: {"at": last fetch, "turn": the question it began with, "marks": {question: how far it was
    read}, "watch": posts to be looked at again}. What comes twice is told apart by its address.
    """

    name = "mastodon"

    def __init__(
        self,
        api: MastodonApi,
        brands: Sequence[Brand],
        every: float,
        clock: Callable[[], datetime],
        *,
        tags: Sequence[str] | None = None,
        mentions: bool = True,
        search: bool = False,
    ) -> None:
        """`tags`: without #; None: each keyword that can be one."""
        self.every = every
        words = tuple(dict.fromkeys(word for brand in brands for word in _words(brand)))
        tagged = [word for word in words if _TAG.fullmatch(word)] if tags is None else tags
        self.questions = (
            *((MENTIONS,) if mentions else ()),
            *dict.fromkeys(f"#{tag.removeprefix('#').lower()}" for tag in tagged),
            *((f'"{word}"' for word in words) if search else ()),
        )
        self._api = api
        self.ours = Ours(frozenset(handle.lower() for handle in handles_of(brands)), api.host)
        self._wanted = Wanted(brands)
        self._clock = clock
        self._seen: dict[str, tuple[str, str | None]] = {}
        """Of this fetch, by address: the number on our server, and of what it answers."""
        self._roots_asked: deque[datetime] = deque()

    @property
    def missing(self) -> str | None:
        """One sentence when it can't be read at all."""
        if not self._api.url:
            return NO_SERVER
        if MENTIONS in self.questions and not self._api.token:
            return NO_TOKEN
        return None if self.questions else "Mastodon is not asked for anything: set tags in sources.mastodon"

    @property
    def streamed(self) -> tuple[str, ...]:
        """The questions that a stream answers by itself: all but search."""
        return tuple(question for question in self.questions if not question.startswith('"'))

    def fetch(self, since: dict[str, Any] | None) -> Batch:
        """What is new, oldest first. An error is raised when nothing at all was read, and else a note."""
        return self.read(since)[0]

    def read(self, since: dict[str, Any] | None, *, beside_stream: bool = False) -> tuple[Batch, bool]:
        """As `fetch`, and whether nothing was left for later by a bound or an error.

        `beside_stream`: only what the stream does not bring; how far the rest was read stays as it was.
        """
        if missing := self.missing:
            raise SourceError(missing)
        now, since = self._clock(), since if isinstance(since, dict) else {}
        self._seen = {}
        kept, turn = kept_marks(since, self.questions, now), since.get("turn")
        old = {key: mark for key, mark in kept.items() if not (beside_stream and key in self.streamed)}
        turn = (turn + 1) % max(len(old), 1) if type(turn) is int else 0
        budget = Budget(max(PAGES_A_FETCH, len(old) + 5))
        readings, failed = dict[str, Reading](), 0
        for question in [*old][turn:] + [*old][:turn]:
            readings[question] = read_on(partial(self._page, question), old[question], now, budget)
            failed = failed + 1 if readings[question].error is not None else 0
            if isinstance(readings[question].error, Busy) or failed == 2:
                break  # the next one would hear the same
        errors = [reading.error for reading in readings.values() if reading.error]
        if errors and not any(reading.pages for reading in readings.values()):
            raise errors[0]
        marks = {key: readings[key].mark if key in readings else mark for key, mark in kept.items()}
        whole = not errors and all(marks[key].rest is None for key in old)
        notes = [note for reading in readings.values() for note in reading.notes]
        notes += [f"{self.name}: {error}" for error in errors]
        posts = self._with_roots(_joined(readings.values()), now)
        watch = Watch.from_json(since.get("watch"))
        again, gone = watch.look(self._api, self.ours, now) if not errors else ([], [])
        watch.remember(((self._seen[post.external_id][0], post.external_id) for post in posts), now)
        known = {post.external_id for post in posts}
        posts += [post for post in again if post.external_id not in known]
        cursor = {
            "at": now.isoformat(),
            "turn": turn,
            "marks": {key: mark.as_json() for key, mark in marks.items()},
            "watch": watch.as_json(),
        }
        posts = sorted(posts, key=lambda post: post.created_at)
        return Batch(posts, cursor, list(dict.fromkeys(notes)), gone=tuple(gone)), whole

    def reopened(self, since: dict[str, Any], begin: datetime) -> dict[str, Any]:
        """The part of the cursor that asks anew, from `begin` on, for what a stream may have left out."""
        marks = since.get("marks")
        anew = {question: Mark(begin).as_json() for question in self.streamed}
        return {"marks": (marks if isinstance(marks, dict) else {}) | anew}

    def placed(self, arrived: Iterable[Arrived], now: datetime) -> list[Post]:
        """Posts that came by the stream, in languages of ours, each in its conversation."""
        posts = [each for each in arrived if self._wanted.in_our_languages(each.post)]
        self._seen = {each.post.external_id: (each.number, each.answers) for each in posts}
        return self._with_roots([each.post for each in posts], now)

    def check(self) -> str | None:
        """Asks for each kind once."""
        if missing := self.missing:
            return missing
        now = self._clock()
        kinds = {question[0]: question for question in reversed(self.questions)}
        try:
            for question in kinds.values():
                self._page(question, Ask(now, size=1))
        except SourceError as error:
            return str(error)
        return None

    # Helpers, in the order in which they are called.

    def _page(self, question: str, ask: Ask) -> Page:
        """One page. The token of the next is a status's (or a notification's) number: it goes on below it."""
        now, size = self._clock(), min(ask.size, PAGE)
        if question == MENTIONS:
            types = {"types[]": list(TOLD)}
            told = self._api.get("v1/notifications", now, max_id=ask.token, limit=size, **types)
            rows, start = _list(told), ask.start
        elif question.startswith("#"):
            path = f"v1/timelines/tag/{quote(question[1:], safe='')}"
            rows, start = _list(self._api.get(path, now, max_id=ask.token, limit=size)), ask.start - LATE
        else:
            found = self._api.get("v2/search", now, q=question, type="statuses", max_id=ask.token, limit=size)
            rows, start = _list(as_dict(found).get("statuses")), ask.start - LATE
        return self._read(rows, question == MENTIONS, start, size, now)

    def _read(self, rows: list[Any], told: bool, start: datetime, size: int, now: datetime) -> Page:
        posts, notes, times = [], list[str](), list[datetime]()
        for row in rows:
            times += [min(at, now)] if (at := time_of(as_dict(row).get("created_at"))) else []
            if told and as_dict(row).get("type") not in TOLD:
                continue
            status = as_dict(row).get("status") if told else row
            try:
                each = arrived_from(status, self.ours, now, to_us=told)
            except ValueError as error:
                notes.append(f"Mastodon sent a post that can't be read: {error}")
                continue
            if each is not None and self._wanted.in_our_languages(each.post):
                self._seen[each.post.external_id] = each.number, each.answers
                posts.append(each.post)
        # A short page is the last; one that is older as a whole ends it.
        more = len(rows) >= size and bool(times) and max(times) >= start
        return Page(
            posts,
            newest=max(times, default=None),
            oldest=max(min(times), start) if times else None,
            next_token=local_id(rows[-1]) if more else None,
            notes=notes,
        )

    def _with_roots(self, posts: list[Post], now: datetime) -> list[Post]:
        """Answers with the conversation that they belong to: Mastodon tells it only when asked for each."""
        budget, found = Budget(ROOTS_A_FETCH, 8.0), []
        for post in posts:
            number, answers = self._seen[post.external_id]
            if answers is not None and budget.take() and self._may_ask(now):
                try:
                    context = self._api.get(f"v1/statuses/{number}/context", now)
                except SourceError:
                    context = None
                above = _list(as_dict(context).get("ancestors"))
                root = as_dict(above[0]).get("uri") if above else None
                post = replace(post, conversation=root[:255]) if isinstance(root, str) and root else post
            found.append(post)
        return found

    def _may_ask(self, now: datetime) -> bool:
        asked = self._roots_asked
        while asked and not now - timedelta(minutes=5) < asked[0] <= now:  # or the clock was ahead
            asked.popleft()
        if len(asked) >= ROOTS_IN_FIVE_MINUTES:
            return False
        asked.append(now)
        return True


def _joined(readings: Iterable[Reading]) -> list[Post]:
    posts: dict[str, Post] = {}
    for reading in readings:
        for post in reading.posts:
            if post.external_id not in posts or post.mentions_us:
                posts[post.external_id] = post
    return list(posts.values())


def _words(brand: Brand) -> Iterable[str]:
    for word in brand.keywords.any or brand.keywords.all[:1]:
        if bare := " ".join(word.replace('"', " ").replace("*", " ").replace("#", " ").split()):
            yield bare


def _list(value: object) -> list[Any]:
    return list(value) if isinstance(value, list) else []
