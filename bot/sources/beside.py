"""What is asked for beside a stream, at a source's usual pace: where it had a break, or is out of order."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from bot.sources import Busy, SourceError
from bot.sources.resting import Rest
from bot.sources.shapes import time_of
from bot.sources.streaming import Haul

T = TypeVar("T")
KEPT_EVERY = timedelta(seconds=30)
"""How often the cursor is moved while nothing comes."""


class Beside:
    """`every`: seconds between two questions."""

    def __init__(self, name: str, every: float) -> None:
        self._name, self._every = name, timedelta(seconds=every)
        self._rest: Rest | None = None
        self._trouble: SourceError | None = None
        self._said: str | None = None

    def at_once(self) -> None:
        """The next question is due now."""
        self._rest = None

    def ask(self, read: Callable[[], T], haul: Haul[Any], now: datetime) -> tuple[T | None, list[str]]:
        """What `read` brings when it is its turn, and notes. Raises SourceError when the stream has nothing
        either."""
        notes: list[str] = []
        if self._rest is None or not self._rest.is_on(now):
            self._rest, self._trouble = Rest(now, now + self._every), None
            try:
                return read(), []
            except SourceError as error:
                self._trouble = error
                if isinstance(error, Busy):
                    self._rest = Rest(now, max(now + self._every, error.until))
                notes.append(f"{self._name}: {error}")
        if self._trouble and haul.error and not haul.items:
            raise SourceError(f"{self._trouble}; its stream: {haul.error}")
        return None, notes

    def news_of(self, trouble: str, meanwhile: str) -> list[str]:
        """What stands in the stream's way, once."""
        said, self._said = self._said, trouble
        each = f"each {self._every.total_seconds():.0f} s"
        return [] if trouble in ("", said) else [f"{trouble}: {meanwhile} {each} meanwhile"]


def is_news(since: object, state: Mapping[str, Any], haul: Haul[Any], *, asked: bool) -> bool:
    """Whether the cursor `state` is worth storing: not just for two seconds more of silence."""
    before = time_of(since.get("covered")) if isinstance(since, dict) else None
    after = time_of(state.get("covered"))
    silent = before is not None and after is not None and after - before < KEPT_EVERY
    return bool(haul.items or haul.breaks or asked or not silent)
