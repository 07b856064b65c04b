"""What breaks when: drawn from a seed before anything starts, so that it can be drawn again."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tests.chaos.moments import AIMED

KILL, CUT, STOP, TROUBLE = "kill", "connections to PostgreSQL cut", "PostgreSQL stopped", "Slack in trouble"
CUT_SOCKETS, FREEZE, MOVE = "connections to Slack cut", "stands still", "the wall clock moves"
HOUR = 3600.0
ROUND = 30.0
"""Seconds in which each fault comes once, beside the kills."""
EVEN_STARTING = 0.2
"""Of the kills that come at any moment. All others are for those that do something: else, on a slow machine,
the same few would be killed again and again before they have begun."""
FROZEN = 17.0
"""Longer than PostgreSQL's patience with a leader (models/leader.py): so two clocks believe for a moment that
they lead."""


@dataclass(frozen=True)
class Fault:
    """`at` seconds after the start; `which` process; `lasts` seconds."""

    at: float
    what: str
    which: int = 0
    lasts: float = 0.0
    moment: str = ""
    """What the process is to be at when it is killed; anything, if nothing stands here."""
    even_starting: bool = False
    """It may be one that has only just been started, and has done nothing yet."""
    by: float = 0.0
    """By how many seconds the wall clock moves, before it moves back."""


def plan(seed: int, seconds: float, kills: int, processes: int, slower: float = 1.0) -> list[Fault]:
    """In the order in which they come; `slower`: the same ones further apart, those within `seconds`."""
    dice = random.Random(seed)
    faults = [*_kills(dice, seconds, kills, processes)]
    for n in range(max(1, round(seconds / ROUND))):
        faults += _round(dice, n)
    spread = (replace(fault, at=fault.at * slower) for fault in faults)
    return sorted((fault for fault in spread if fault.at < seconds), key=lambda fault: fault.at)


def _kills(dice: random.Random, seconds: float, kills: int, processes: int) -> Iterator[Fault]:
    """Every second one comes at a moment that was chosen."""
    each = seconds / max(kills, 1)
    for n in range(kills):
        moment = AIMED[n // 2 % len(AIMED)] if n % 2 else ""
        at, which = (n + dice.random()) * each, dice.randrange(processes)
        yield Fault(at, KILL, which, moment=moment, even_starting=dice.random() < EVEN_STARTING)


def _round(dice: random.Random, n: int) -> Iterator[Fault]:
    begin = n * ROUND
    yield Fault(begin + dice.uniform(2, 14), CUT)
    yield Fault(begin + dice.uniform(8, 16), STOP, lasts=dice.uniform(1, 3))
    yield Fault(begin + dice.uniform(0, 10), TROUBLE, lasts=dice.uniform(8, 15))
    yield Fault(begin + dice.uniform(5, 25), CUT_SOCKETS)
    yield Fault(
        begin + dice.uniform(1, 8), MOVE, lasts=dice.uniform(12, 18), by=HOUR if n % 2 == 0 else -HOUR
    )
    yield Fault(begin + dice.uniform(2, 12), FREEZE, lasts=FROZEN)
