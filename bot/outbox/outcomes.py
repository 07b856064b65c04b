"""What became of one try."""

import random
from dataclasses import dataclass

from slack_sdk.errors import SlackApiError

from bot.outbox.claiming import Claimed
from bot.outbox.pacing import CHANGE, POST, method_called
from bot.slack_errors import Refused, Wait, what_happened

LONGEST_WAIT = 40.0
"""Seconds between tries, give or take a third: all is tried within a minute of Slack's return. How often
Slack is asked meanwhile, the channels' rest bounds (`LONGEST_REST`)."""


@dataclass(frozen=True)
class Sent:
    """`version` is what the world sees now. `place`: channel id and ts; `looks`: of a Home. `called`: Slack
    was asked, else it stood there already."""

    version: int
    place: tuple[str, str] | None = None
    looks: str | None = None
    called: bool = True


@dataclass(frozen=True)
class Later:
    """Due again after `seconds`. `nothing_sent`: this try posted nothing and counts for nothing.
    `trouble`: Slack's, so its channel rests as well."""

    why: str
    seconds: float
    nothing_sent: bool
    trouble: bool = False


@dataclass(frozen=True)
class SlowDown:
    """Slack asks to leave `method` alone; nothing was posted, and the row stays due."""

    why: str
    method: str
    seconds: float


@dataclass(frozen=True)
class Gone:
    """Somebody deleted the message in Slack: it is posted anew."""


@dataclass(frozen=True)
class Parked:
    """Refused for good. Unless it is `for_certain` that it was never sent, a retry looks for it first."""

    why: str
    for_certain: bool


@dataclass(frozen=True)
class Overtaken:
    """It took so long that somebody else has the row in hand: nothing was sent, and nothing is marked."""


Outcome = Sent | Later | SlowDown | Gone | Parked | Overtaken


def outcome_of(row: Claimed, error: Exception) -> Outcome:
    """Of an error that Slack's client raised; re-raises what did not come from Slack or the network."""
    happened = what_happened(error)
    if isinstance(happened, Refused):
        return Gone() if happened.gone else Parked(happened.why, for_certain=not row.unknown)
    if isinstance(happened, Wait):
        url = str(getattr(error.response, "api_url", "")) if isinstance(error, SlackApiError) else ""
        return SlowDown(happened.why, method_called(url, CHANGE if row.ts else POST), happened.seconds)
    return Later(happened.why, wait_after(row.attempts), nothing_sent=happened.unsent, trouble=True)


def wait_after(attempts: int, longest: float = LONGEST_WAIT) -> float:
    """Seconds until the next try: twice as many each time, and not the same for all who wait."""
    return min(longest, 2.0 ** min(attempts, 10)) * random.uniform(0.7, 1.3)
