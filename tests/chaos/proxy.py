"""Slack's bad days: the tests' faulty proxy, which here misbehaves by itself, as its seed says."""

import random
import threading
import time
from collections import Counter

from tests.slack import Fault, FaultyProxy

_RATE_LIMITED = '{"ok": false, "error": "ratelimited"}'
FAULTS: dict[str, tuple[float, Fault]] = {
    "429": (4, Fault(429, headers=(("retry-after", "2"),), body=_RATE_LIMITED)),
    "500": (3, Fault(500)),
    "502 after it was done": (3, Fault(502, body="<html>Bad gateway</html>", forward=True)),
    "closed before": (2, Fault(hang_up=True)),
    "closed after it was done": (2, Fault(hang_up=True, forward=True)),
    "late": (2, Fault(forward=True, wait=3)),
    "hangs": (0.5, Fault(504, wait=11)),
    "hangs after it was done": (0.5, Fault(504, wait=11, forward=True)),
}
"""With how often each comes beside the others."""


class TroubledSlack(FaultyProxy):
    """`share` of all calls meet a fault, while it is troubled; none before and after."""

    def __init__(self, slack_url: str, seed: int, share: float) -> None:
        self._dice = random.Random(seed)
        self._share = share
        self._rolling = threading.Lock()
        self._until = 0.0
        self.met: Counter[str] = Counter()
        super().__init__(slack_url)

    def trouble_for(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    @property
    def troubled(self) -> bool:
        return time.monotonic() < self._until

    def _next(self, method: str) -> Fault | None:
        with self._rolling:
            if not self.troubled or self._dice.random() >= self._share:
                return None
            names = list(FAULTS)
            [name] = self._dice.choices(names, [FAULTS[name][0] for name in names])
            self.met[name] += 1
            return FAULTS[name][1]
