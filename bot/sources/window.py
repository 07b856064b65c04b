"""Reading a stream of posts that comes newest first, in pages, without gaps.

X, Bluesky and Mastodon answer newest first. So where a page bound (or an error) ends the reading early, what
is missing is the *older* part of the window, and asking next time from the newest post on would lose it. A
`Mark` therefore moves to the newest post only once its whole window has been read; until then it keeps the
rest.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.sources import SourceError
from bot.sources.shapes import time_of
from models.post import Post

OVERLAP = timedelta(minutes=2)
"""Posts become searchable out of order, a little late: each window begins this much before the last post."""
REACH = timedelta(days=7) - timedelta(minutes=10)
"""Recent search refuses a start older than 7 days; the margin is for clocks and slow requests."""
FIRST_WINDOW = timedelta(hours=1)
"""How far back the first fetch of all looks: posts are paid for one by one."""
PAGES_A_FETCH = 10
SECONDS_A_FETCH = 10.0
"""After this no further page is begun: with a read timeout of 20 s a fetch ends within about 30."""


class NotUnderstood(SourceError):
    """X refused the question itself (400): a page token it no longer takes, for one."""


@dataclass(frozen=True)
class Rest:
    """A window that is being read: [start, …] down from its newest post."""

    start: datetime
    newest: datetime
    """Where the mark moves once this window has been read."""
    until: datetime | None = None
    """The oldest post read so far; None: nothing yet."""
    token: str | None = None
    """X's token of the next page. It does not expire (docs.x.com, "Pagination")."""


@dataclass(frozen=True)
class Mark:
    """How far one stream has been read: everything up to `newest`, except `rest`."""

    newest: datetime
    rest: Rest | None = None

    def may_come_again(self, at: datetime) -> bool:
        """Whether a post of that time, once read, lies in what the next requests overlap."""
        slack = timedelta(seconds=2)
        if self.rest is None:
            return at >= self.newest - OVERLAP - slack
        if at >= self.rest.newest - OVERLAP - slack:
            return True
        until = self.rest.until
        return self.rest.start - slack <= at <= self.newest + slack or (
            until is not None and abs(at - until) <= slack
        )

    def as_json(self) -> dict[str, Any]:
        kept: dict[str, Any] = {"newest": self.newest.isoformat()}
        if self.rest:
            kept["rest"] = {
                "start": self.rest.start.isoformat(),
                "newest": self.rest.newest.isoformat(),
                "until": self.rest.until.isoformat() if self.rest.until else None,
                "token": self.rest.token,
            }
        return kept

    @classmethod
    def from_json(cls, kept: object) -> "Mark | None":
        """The mark that `as_json` wrote; None when it is something else."""
        if not isinstance(kept, dict) or (newest := time_of(kept.get("newest"))) is None:
            return None
        rest = kept.get("rest")
        if not isinstance(rest, dict):
            return cls(newest)
        start, until_newest = time_of(rest.get("start")), time_of(rest.get("newest"))
        if start is None or until_newest is None:
            return cls(newest)
        token = rest.get("token")
        return cls(
            newest,
            Rest(start, until_newest, time_of(rest.get("until")), token if isinstance(token, str) else None),
        )


@dataclass(frozen=True)
class Ask:
    """What one request asks for."""

    start: datetime
    end: datetime | None = None
    token: str | None = None
    size: int = 100
    """Posts a page, at most; X takes 10 to 100."""


@dataclass(frozen=True)
class Page:
    """One page of an answer. `newest` and `oldest` count every post on it, ours too."""

    posts: list[Post]
    newest: datetime | None = None
    oldest: datetime | None = None
    next_token: str | None = None
    notes: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    """Every post on it: each is paid for."""
    at: datetime | None = None
    """When it was read."""


class Budget:
    """How many more pages one fetch may ask for."""

    def __init__(self, pages: int = PAGES_A_FETCH, seconds: float = SECONDS_A_FETCH) -> None:
        self._pages = pages
        self._deadline = time.monotonic() + seconds

    def take(self) -> bool:
        self._pages -= 1
        return self._pages >= 0 and time.monotonic() < self._deadline


@dataclass
class Reading:
    """What was read, how far, and what ended it early."""

    mark: Mark
    posts: list[Post] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    pages: int = 0
    error: SourceError | None = None


def read_on(ask: Callable[[Ask], Page], mark: Mark, now: datetime, budget: Budget) -> Reading:
    """Read `ask`'s stream on from `mark`, first what an earlier fetch left, then what is new.

    Never raises SourceError: what was read before one counts, and the mark keeps the rest.
    """
    reading = Reading(mark)
    leftover = mark.rest is not None
    _read_window(ask, now, budget, reading)
    if leftover and reading.mark.rest is None and reading.error is None:
        _read_window(ask, now, budget, reading)
    return reading


def _read_window(ask: Callable[[Ask], Page], now: datetime, budget: Budget, reading: Reading) -> None:
    mark = reading.mark
    reach = now - REACH
    rest = mark.rest or Rest(start=mark.newest - OVERLAP, newest=mark.newest)
    if rest.until is not None and rest.until <= reach:
        reading.notes.append("Posts older than 7 days were left unread: they are not given out any more")
        reading.mark = Mark(rest.newest)
        return
    while budget.take():
        try:
            page = ask(Ask(max(rest.start, reach), _end(rest, now), rest.token))
        except NotUnderstood as error:
            if rest.token is None or rest.until is None:
                reading.error = error
                reading.mark = Mark(mark.newest, rest if rest.until else None)
                return
            rest = replace(rest, token=None)  # asked for by time instead
            continue
        except SourceError as error:
            reading.error = error
            reading.mark = Mark(mark.newest, rest if rest.until else None)
            return
        reading.pages += 1
        reading.posts += page.posts
        reading.notes += page.notes
        reading.ids.update(page.ids)
        if page.next_token is None or page.next_token == rest.token:
            rest = replace(rest, newest=max(rest.newest, page.newest or rest.newest))
            break
        rest = Rest(
            start=rest.start,
            newest=max(rest.newest, page.newest or rest.newest),
            until=min(each for each in (rest.until, page.oldest, now) if each),
            token=page.next_token,
        )
    else:
        reading.mark = Mark(mark.newest, rest if rest.until else None)
        return
    reading.mark = Mark(min(rest.newest, now))


def _end(rest: Rest, now: datetime) -> datetime | None:
    """Without a token: down from the oldest post read, its own second again (repeats are dropped by id).

    X wants an end at least 10 seconds ago; one that is later is no end at all.
    """
    if rest.token or rest.until is None:
        return None
    end = rest.until + timedelta(seconds=1)
    return end if end < now - timedelta(seconds=15) else None


def kept_marks(since: dict[str, Any], questions: Iterable[str], now: datetime) -> dict[str, Mark]:
    """How far a cursor says that each question was read. One that is new to the playbook begins at the last
    fetch."""
    kept, begin = since.get("marks"), min(time_of(since.get("at")) or now - FIRST_WINDOW, now)
    marks = {key: Mark.from_json(each) for key, each in kept.items()} if isinstance(kept, dict) else {}
    return {key: marks.get(key) or Mark(begin) for key in questions}
