"""Whether this process can do its work: a line for each thing that it needs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from bot.source_health import TELL_LEADS_AFTER
from bot.standing import Looking, Standing

OLDEST = timedelta(minutes=5)
"""A message that waits longer says that nothing is delivered."""
NEEDS: dict[str, frozenset[str]] = {
    "all": frozenset({"database", "slack", "outbox", "sources"}),
    "worker": frozenset({"database", "slack"}),
    "clock": frozenset({"database", "outbox", "sources"}),
    "web": frozenset({"database"}),
}
"""What each role can't do without; of the rest it only tells. A `web` that stopped taking requests because
a source can't be read would lose what it could have stored."""


@dataclass(frozen=True)
class Line:
    """One thing, with how it is in a few words."""

    about: str
    good: bool
    words: str
    needed: bool

    def __str__(self) -> str:
        mark = "ok" if self.good else "bad" if self.needed else "note"
        return f"{mark:<4} {self.about}: {self.words}"


@dataclass(frozen=True)
class Readiness:
    """`connected`: whether Slack's socket is open; None where this process has none."""

    looking: Looking
    role: str
    connected: Callable[[], bool] | None = None

    def lines(self) -> list[Line]:
        """What is needed and not good makes the process not ready. No words of errors: they may quote."""
        return [
            Line(about, good, words, thing in NEEDS[self.role])
            for thing, about, good, words in self._found(self.looking())
        ]

    def _found(self, now: Standing | None) -> Iterator[tuple[str, str, bool, str]]:
        yield "database", "database", now is not None, "answers" if now else "does not answer"
        if self.connected is not None:
            there = self.connected()
            yield "slack", "Slack socket", there, "connected" if there else "not connected"
        if now is None:
            return
        waits = f"{now.unsent} unsent, the oldest for {_seconds(now.oldest)}" if now.unsent else "all is sent"
        yield "outbox", "outbox", now.oldest < OLDEST, waits
        for name, source in now.sources.items():
            about, failing = f"source {name}", source.failing_for
            if failing is not None:
                yield "sources", about, failing < TELL_LEADS_AFTER, f"failing for {_seconds(failing)}"
            elif source.read_ago is not None:
                in_time = source.late < TELL_LEADS_AFTER
                yield "sources", about, in_time, f"read {_seconds(source.read_ago)} ago"
            else:
                yield "sources", about, True, "not read yet"


def _seconds(span: timedelta) -> str:
    return f"{max(0, span.total_seconds()):.0f} s"
