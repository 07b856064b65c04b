"""Search or the stream within the month's budget: paused when it is used, but for direct mentions."""

from datetime import datetime
from typing import Any

from bot.sources import Batch
from bot.sources.x import XSearch
from bot.sources.x_reader import Clock, Left
from bot.sources.x_stream import XStream


class WithinBudget:
    """The source itself while `left` has some left. After that `narrow`, or nothing.

    The cursor is the source's own; while it pauses {"paused": month, "was": that, "narrow": narrow's}. When
    the budget rises within the month, it goes on where it stopped; with a new month it begins anew, as
    reading a pause of days would take a good part of the new budget.
    """

    def __init__(self, source: XSearch | XStream, narrow: XSearch | None, left: Left, clock: Clock) -> None:
        self.name, self.every = source.name, source.every
        self._source, self._narrow = source, narrow
        self._left, self._clock = left, clock
        self._asked: datetime | None = None

    def fetch(self, since: dict[str, Any] | None) -> Batch:
        """What the source brings, or what is read of it while it pauses."""
        now = self._clock()
        month = f"{now:%Y-%m}"
        paused = since.get("paused") if isinstance(since, dict) else None
        if self._left() != 0:
            if paused is not None and since is not None:
                since = since.get("was") if paused == month else None
            return self._source.fetch(since)
        if paused is None or since is None:
            self.close()
            if isinstance(self._source, XStream) and (rest := self._source.leftover(since)).posts:
                return rest  # it was paid for
            since = {"paused": month, "was": since, "narrow": None}
        if self._narrow is None or not self._is_due(now):
            return Batch([], since if paused is None else None)
        batch = self._narrow.fetch(since.get("narrow"))
        return Batch(batch.posts, since | {"narrow": batch.cursor}, batch.notes, batch.spent)

    def check(self) -> str | None:
        """The source's own; while it pauses nothing is asked, as that would cost."""
        return None if self._left() == 0 else self._source.check()

    def close(self) -> None:
        """Lets go of what the source keeps open."""
        if isinstance(self._source, XStream):
            self._source.close()

    def _is_due(self, now: datetime) -> bool:
        """The stream is looked at every two seconds; search is asked no more often than it would be."""
        every = self._narrow.every if self._narrow else 0
        if self._asked is not None and (now - self._asked).total_seconds() < every - 0.5:
            return False
        self._asked = now
        return True
