"""X's filtered stream: posts as they are written, and search for the time that a break has left open."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from bot.sources import Batch, SourceError, Spent
from bot.sources.beside import Beside, is_news
from bot.sources.shapes import time_of
from bot.sources.streaming import WAITS, Haul, KeptOpen, Lost, Trouble, Wait
from bot.sources.window import OVERLAP, Mark, Page
from bot.sources.x import XSearch
from bot.sources.x_client import Client
from bot.sources.x_connection import XConnection, open_connection
from bot.sources.x_http import Unreachable
from bot.sources.x_reader import Clock, Left, Read, no_bound, ours_of
from bot.sources.x_rules import Rules, keep_in_step, try_rules
from config.brands import Brand

EMPTIED_EVERY = 2.0
"""Seconds between two looks at what the stream has brought."""


class XStream:
    """The posts of `x-search` by the stream; with its name and its cursor, so that one can take turns.

    The cursor is that of search, with {"stream": how much of the stream is stored, "covered": up to when it
    was complete, "gap": whether search has something to fill}. While there is a gap, search asks as often
    as it would alone; so without a stream (not allowed, out of order) it simply goes on polling.
    """

    name = "x-search"
    every = EMPTIED_EVERY

    def __init__(
        self,
        client: Client,
        stream_client: Client,
        brands: Sequence[Brand],
        every: float,
        clock: Clock,
        *,
        waits: Mapping[Trouble, Wait] = WAITS,
        left: Left = no_bound,
    ) -> None:
        """`every`: seconds between two searches while there is a gap."""
        self._search = XSearch(client, brands, every, clock, left=left)
        self._client = stream_client
        self._ours = ours_of(brands)
        self._clock = clock
        self._rules: Rules | None = None
        self._live: KeptOpen[Page] = KeptOpen(self.name, self._connect, clock, waits)
        self._beside = Beside(self.name, every)

    def fetch(self, since: dict[str, Any] | None) -> Batch:
        """What the stream has brought, with what search found where it has a gap.

        Raises SourceError when neither works.
        """
        if self._search.missing:
            raise SourceError(self._search.missing)
        self._live.start()
        return self._fetch(since, ask=True)

    def leftover(self, since: dict[str, Any] | None) -> Batch:
        """What the stream had brought when it was closed; nobody is asked for more."""
        return self._fetch(since, ask=False)

    def _fetch(self, since: dict[str, Any] | None, *, ask: bool) -> Batch:
        now = self._clock()
        state = dict(since) if isinstance(since, dict) else {}
        haul = self._live.read(state.get("stream"))
        gap = state.get("gap") is not False
        if haul.breaks and not gap:
            state |= self._reopened(state, haul, now)
            gap = True
            self._beside.at_once()
        search = partial(self._search.read, state)
        found, notes = self._beside.ask(search, haul, now) if gap and ask else (None, [])
        if found is not None:
            state |= found.batch.cursor or {}
            gap = not (found.whole and self._is_settled(haul, now))
        state |= {"stream": haul.position, "gap": gap}
        if haul.covered is not None:
            state["covered"] = haul.covered.isoformat()
        return Batch(
            _in_order([post for page in haul.items for post in page.posts], found),
            state if is_news(since, state, haul, asked=found is not None) else None,
            [*notes, *self._notes(haul), *(note for page in haul.items for note in page.notes)],
            (*_spent(haul.items, now), *(found.batch.spent if found else ())),
        )

    def check(self) -> str | None:
        """Whether search works, and whether X takes the rules; changes nothing at X."""
        if trouble := self._search.check():
            return trouble
        try:
            return try_rules(self._client, self._search.queries, self._clock())
        except SourceError as error:
            return f"{error} (its stream; sources.x.stream in the playbook)"

    def close(self) -> None:
        self._live.close()

    # Search, where there is a gap.

    def _reopened(self, state: dict[str, Any], haul: Haul[Page], now: datetime) -> dict[str, Any]:
        """The part of the cursor that search needs, as if it had read up to where the gap begins."""
        begin = haul.missing_since(time_of(state.get("covered")), now)
        marks = {query: Mark(begin).as_json() for query in self._search.queries}
        return {"at": begin.isoformat(), "marks": marks}

    def _is_settled(self, haul: Haul[Page], now: datetime) -> bool:
        """Whether the stream brings everything, and began so long ago that search knows what came before."""
        since = haul.connected_since
        lacking = self._rules is None or self._rules.lacking
        return since is not None and not lacking and now >= since + OVERLAP

    def _notes(self, haul: Haul[Page]) -> list[str]:
        """What stands in the stream's way, when it is news."""
        trouble = str(haul.error) if haul.error else "; ".join(self._rules.lacking if self._rules else ())
        return self._beside.news_of(trouble, "search asks")

    def _connect(self) -> XConnection:
        try:
            self._rules = keep_in_step(self._client, self._search.queries, self._clock())
        except Unreachable as error:
            raise Lost(str(error)) from None
        if not self._rules.ids:
            raise SourceError("; ".join(self._rules.lacking) or "X has none of our rules")
        return open_connection(self._client, self._rules, self._ours, self._clock)


def _spent(pages: Sequence[Page], now: datetime) -> Iterator[Spent]:
    """By UTC day, as X charges: what came before midnight may be stored after it."""
    days: dict[date, set[str]] = {}
    times: dict[date, datetime] = {}
    for page in pages:
        at = page.at or now
        days.setdefault(at.date(), set()).update(page.ids)
        times[at.date()] = at
    for day, ids in days.items():
        if ids:
            yield Spent("x", "stream", times[day], frozenset(ids))


def _in_order(streamed: list[Any], found: Read | None) -> list[Any]:
    posts = {post.external_id: post for post in [*(found.batch.posts if found else []), *streamed]}
    return sorted(posts.values(), key=lambda post: (post.created_at, int(post.external_id)))
