"""What breaks when: drawn from a seed before anything starts, so that it can be drawn again."""

import random
from dataclasses import dataclass, replace

KILL, CUT, STOP, TROUBLE = "kill", "cut connections", "PostgreSQL stopped", "Slack in trouble"


@dataclass(frozen=True)
class Fault:
    """`at` seconds after the start; `which` process is killed; `lasts` seconds."""

    at: float
    what: str
    which: int = 0
    lasts: float = 0.0


def plan(seed: int, seconds: float, kills: int, processes: int, slower: float = 1.0) -> list[Fault]:
    """In the order in which they come; `slower`: the same ones further apart, those within `seconds`."""
    dice = random.Random(seed)
    each = seconds / max(kills, 1)
    faults = [Fault((n + dice.random()) * each, KILL, dice.randrange(processes)) for n in range(kills)]
    for n in range(max(1, round(seconds / 30))):
        begin = n * 30.0
        faults.append(Fault(begin + dice.uniform(2, 14), CUT))
        faults.append(Fault(begin + dice.uniform(8, 16), STOP, lasts=dice.uniform(1, 3)))
        faults.append(Fault(begin + dice.uniform(0, 10), TROUBLE, lasts=dice.uniform(8, 15)))
    spread = (replace(fault, at=fault.at * slower) for fault in faults)
    return sorted((fault for fault in spread if fault.at < seconds), key=lambda fault: fault.at)
