"""Slack's limits, kept on our side by all processes together.

https://docs.slack.dev/apis/web-api/rate-limits: about one message per second and channel; each method has its
own limit per workspace besides. A 429 is obeyed for its method and channel alone.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, not_
from sqlalchemy.orm import Session

from bot.home import HOME
from bot.rendering import PICTURES
from models.outbox import Outbox
from models.pace import begin, end, forget_old, held_names, hold, spend

EVERY = 1.0
"""Seconds between messages to one channel."""
LONGEST_REST = 30.0
"""Seconds that a channel rests at the most while Slack is in trouble there."""
TURN = 10.0
"""Seconds for which a try keeps others from its channel. After that they go on, as whoever is at it hangs or
was killed: then its own message alone has to wait."""
OUTWARD_TURN = 25.0
"""The same for a reply that leaves for X or Facebook, in its channel there."""
KEPT_FOR = 3600.0 * 24
POST, CHANGE, PUBLISH, UPLOAD = "chat.postMessage", "chat.update", "views.publish", "files.upload"
LOOK = "conversations"
"""The methods by which a message is looked for; they have no channel, or a limit for the whole workspace."""


@dataclass(frozen=True)
class Budget:
    """A method's limit in the whole workspace: one call each `every` seconds, and `burst` at once."""

    every: float
    burst: int


BUDGETS = {
    POST: Budget(60 / 300, 60),  # "several hundred messages per minute", bursts welcome
    CHANGE: Budget(60 / 50, 60),  # tier 3: 50 a minute and more, sporadic bursts welcome
    PUBLISH: Budget(60 / 100, 50),  # tier 4: 100 a minute and more, generous bursts
    UPLOAD: Budget(60 / 100, 50),  # tier 4
    LOOK: Budget(60 / 50, 20),  # conversations.history, tier 3
}


@dataclass(frozen=True)
class Turn:
    """What a message needs to leave: its place is taken by one at a time, the budgets are spent."""

    lane: str
    budgets: tuple[str, ...]
    lasts: float = TURN

    @classmethod
    def of(cls, row: Outbox, outward: Collection[str]) -> "Turn":
        if row.kind in outward:
            return cls(_lane(row.kind, row.channel), (), OUTWARD_TURN)
        looked_for = (LOOK,) if row.ts is None and row.unknown_since is not None and row.kind != HOME else ()
        return cls(_lane(row.kind, row.channel), (_method(row), *looked_for))


@dataclass(frozen=True)
class Held:
    """The names of lanes and methods that must wait: `to:<channel>`, `home:<member>`, a method, or
    `<method>|<channel>`."""

    names: frozenset[str]

    def channels(self, method: str) -> set[str]:
        """Where no message may leave by `method`, of those where others may."""
        ways = ("to:", f"{method}|")
        return {name.removeprefix(way) for way in ways for name in self.names if name.startswith(way)}

    def open_to(self, outward: Collection[str]) -> ColumnElement[bool]:
        """Which rows may leave."""
        homes = {name.removeprefix("home:") for name in self.names if name.startswith("home:")}
        channels = {name.removeprefix("to:") for name in self.names if name.startswith("to:")}
        home, picture = Outbox.kind == HOME, Outbox.kind.in_(PICTURES)
        message = not_(Outbox.kind.in_([HOME, *PICTURES, *outward]))
        methods = {
            POST: and_(message, Outbox.ts.is_(None)),
            CHANGE: and_(message, Outbox.ts.is_not(None)),
            PUBLISH: home,
            UPLOAD: picture,
            LOOK: and_(message, Outbox.ts.is_(None), Outbox.unknown_since.is_not(None)),
        }
        closed = [and_(home, Outbox.channel.in_(homes)), and_(~home, Outbox.channel.in_(channels))]
        for name in sorted(self.names):
            method, _, channel = name.partition("|")
            if method in methods:
                here = [Outbox.channel == channel] if channel else []
                closed.append(and_(methods[method], *here))
        return and_(*(not_(one) for one in closed))


class Paces:
    """`now` gives Unix seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now

    def held(self, session: Session, *, within: float = 0.0) -> Held:
        """What must wait now, or, with `within`, for more than so many seconds."""
        now = self.now()
        return Held(frozenset(held_names(session, now, from_=now + within)))

    def begin(self, session: Session, turn: Turn) -> tuple[float, int] | None:
        """Takes the turn in the claim's transaction; None when somebody else was faster. Returns until when
        it is taken, and how often the place failed last."""
        now = self.now()
        until = now + turn.lasts
        failures = begin(session, turn.lane, now, until=until)
        if failures is None:
            return None
        for name in turn.budgets:
            if not spend(session, name, now, every=BUDGETS[name].every, burst=BUDGETS[name].burst):
                return None
        return until, failures

    def end(self, session: Session, lane: str, until: float, *, not_before: float, failures: int = 0) -> None:
        """`not_before` is counted from Slack's answer. Since then the clock may have been set back."""
        now = self.now()
        soon = min(not_before, now + LONGEST_REST)
        end(session, lane, now, until=until, not_before=soon, failures=failures)

    def hold(self, session: Session, method: str, channel: str, seconds: float) -> None:
        """Slack asked for it: this method, where it has a channel in this channel alone, waits."""
        now = self.now()
        name = f"{method}|{channel}" if method in (POST, CHANGE) else method
        hold(session, name, now, until=now + seconds)

    def forget_old(self, session: Session) -> None:
        forget_old(session, self.now() - KEPT_FOR)


def method_called(api_url: str, otherwise: str) -> str:
    """The method that Slack's answer from `api_url` is about, as it is paced here."""
    called = api_url.split("?")[0].rsplit("/", 1)[-1]
    if called.startswith("conversations."):
        return LOOK
    if called.startswith("files."):
        return UPLOAD
    return called if called in BUDGETS else otherwise


def _lane(kind: str, channel: str) -> str:
    return f"home:{channel}" if kind == HOME else f"to:{channel}"


def _method(row: Outbox) -> str:
    if row.kind == HOME:
        return PUBLISH
    if row.kind in PICTURES:
        return UPLOAD
    return POST if row.ts is None else CHANGE
