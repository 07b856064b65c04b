"""What all readings of X share: streams read in overlapping windows, repeats dropped by id."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from math import ceil
from typing import Any

import requests

from bot.sources import Batch, Busy, SourceError, Spent
from bot.sources.shapes import time_of
from bot.sources.window import (
    FIRST_WINDOW,
    OVERLAP,
    PAGES_A_FETCH,
    REACH,
    Ask,
    Budget,
    Mark,
    Page,
    Reading,
    read_on,
)
from bot.sources.x_answer import Ours, read_page
from bot.sources.x_client import NO_TOKEN, Client, document_from
from bot.sources.x_query import handles_of
from bot.sources.x_repeats import to_remember, without_repeats
from config.brands import Brand

Clock = Callable[[], datetime]
Stream = Callable[[Ask], requests.Response]
Left = Callable[[], int | None]
"""How many posts may still be read this month; None: as many as there are."""


def no_bound() -> int | None:
    """There is no budget."""
    return None


@dataclass(frozen=True)
class Read:
    """A batch, and whether nothing was left for later by a bound or an error."""

    batch: Batch
    whole: bool


class XReader:
    """What search and mentions share: streams read in overlapping windows, repeats dropped by id.

    The cursor: {"at": last fetch, "turn": the stream it began with, "marks": {stream: mark},
    "seen": {stream: [ids]}}.
    """

    name: str
    kind: str
    """As the ledger knows it."""

    def __init__(
        self,
        client: Client,
        brands: Sequence[Brand],
        every: float,
        clock: Clock,
        *,
        streams: Mapping[str, Stream],
        nothing: str,
        notes: Sequence[str] = (),
        left: Left = no_bound,
    ) -> None:
        """`streams`: what is asked, by the key that the cursor knows it by; `nothing`: the sentence for when
        there is none; `notes`: what could not be asked; `left`: how many posts the budget has left."""
        self.every = every
        self.missing = NO_TOKEN if client is None else None if streams else nothing
        """One sentence when it can't be read at all."""
        self._clock = clock
        self._ours = ours_of(brands)
        self._notes = tuple(notes)
        self._streams = dict(streams)
        self._left = left

    def fetch(self, since: dict[str, Any] | None) -> Batch:
        """New posts of all streams. An error is raised when nothing at all was read, and else a note."""
        return self.read(since).batch

    def read(self, since: dict[str, Any] | None) -> Read:
        """What `fetch` gives, and whether it is all that there was."""
        if self.missing:
            raise SourceError(self.missing)
        now = self._clock()
        since = since if isinstance(since, dict) else {}
        kept = since.get("marks")
        kept = {key: Mark.from_json(each) for key, each in kept.items()} if isinstance(kept, dict) else {}
        # A query that the playbook changed goes on from the last fetch, and from what was left then.
        last = time_of(since.get("at"))
        begin = last or now - FIRST_WINDOW
        left = [mark.newest for key, mark in kept.items() if mark and mark.rest and key not in self._streams]
        old = {key: kept.get(key) or Mark(min([begin, now, *left])) for key in self._streams}
        # Each fetch begins with another stream: one with a surge leaves nothing for those after it.
        turn = since.get("turn")
        turn = (turn + 1) % len(old) if type(turn) is int else 0
        pages, affordable = max(PAGES_A_FETCH, len(old) + 5), self._left()
        if affordable is not None:
            pages = max(1, min(pages, ceil(affordable / 100)))
        budget, readings = Budget(pages), dict[str, Reading]()
        for key in [*old][turn:] + [*old][:turn]:
            readings[key] = read_on(partial(self._page, self._streams[key]), old[key], now, budget)
            if isinstance(readings[key].error, Busy):
                break
        errors = [reading.error for reading in readings.values() if reading.error]
        if errors and not any(reading.pages for reading in readings.values()):
            raise errors[0]

        marks = {key: readings[key].mark if key in readings else mark for key, mark in old.items()}
        posts, seen = without_repeats({key: each.posts for key, each in readings.items()}, since.get("seen"))
        notes = [] if kept.keys() >= self._streams.keys() else list(self._notes)
        if last and last < now - REACH:
            notes.append(f"{self.name} was last read at {last:%Y-%m-%d %H:%M} UTC; X gives out 7 days only")
        notes += [note for reading in readings.values() for note in reading.notes]
        notes += [f"{self.name}: {error}" for error in errors]
        batch = Batch(
            posts,
            {
                "at": now.isoformat(),
                "turn": turn,
                "marks": {key: mark.as_json() for key, mark in marks.items()},
                "seen": {key: to_remember(seen.get(key, set()), mark, now) for key, mark in marks.items()},
            },
            list(dict.fromkeys(notes)),
            self._spent(now, set().union(*(each.ids for each in readings.values()))),
        )
        return Read(batch, whole=not errors and len(readings) == len(old) and not _unread(marks))

    def check(self) -> str | None:
        """Asks for the last minutes' posts, ten at most: the next fetch reads (and pays) the same ones."""
        if self.missing:
            return self.missing
        now = self._clock()
        try:
            for ask in self._streams.values():
                self._page(ask, Ask(now - OVERLAP, size=10))
        except SourceError as error:
            return str(error)
        return None

    def _spent(self, now: datetime, ids: set[str]) -> tuple[Spent, ...]:
        return (Spent("x", self.kind, now, frozenset(ids)),) if ids else ()

    def _page(self, stream: Stream, ask: Ask) -> Page:
        now = self._clock()
        return read_page(document_from(lambda: stream(ask), now), self._ours, now)


def _unread(marks: Mapping[str, Mark]) -> bool:
    return any(mark.rest for mark in marks.values())


def ours_of(brands: Sequence[Brand]) -> Ours:
    """How to recognise the brands' own accounts."""
    return Ours(
        frozenset(handle.lower() for handle in handles_of(brands)),
        frozenset(brand.x_user_id for brand in brands if brand.x_user_id),
    )
