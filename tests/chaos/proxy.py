"""Slack's bad days: the tests' faulty proxy, which here misbehaves by itself, as its seed says. It knows who
calls, as each process has an address of its own: `url_for("p3")`."""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs

from tests.chaos.sockets import Sockets
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
POST = "chat.postMessage"
_OPEN = "apps.connections.open"
Posted = Callable[[str, list[dict[str, Any]]], None]


class TroubledSlack(FaultyProxy):
    """`share` of all calls meet a fault, while it is troubled; none before and after."""

    def __init__(self, slack_url: str, seed: int, share: float) -> None:
        self._dice = random.Random(seed)
        self._share = share
        self._rolling = threading.Lock()
        self._until = 0.0
        self._in_hand: Counter[tuple[str, str]] = Counter()
        self.met: Counter[str] = Counter()
        self.posted: Posted = lambda who, blocks: None
        """Called with who posted a message, and its blocks, before they hear that it stands there."""
        self.sockets = Sockets(seed)
        super().__init__(slack_url)

    def url_for(self, who: str) -> str:
        return f"{self.url}/{who}"

    def trouble_for(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds
        self.sockets.trouble_for(seconds)

    @property
    def troubled(self) -> bool:
        return time.monotonic() < self._until

    def calls_of(self, who: str) -> list[str]:
        """The methods that this process has called and not heard from yet."""
        return [method for (one, method), count in self._in_hand.items() if one == who and count]

    def stop(self) -> None:
        self.sockets.stop()
        super().stop()

    @contextmanager
    def serving(self, path: str) -> Iterator[None]:
        who, _, rest = path.lstrip("/").partition("/")
        call = who, rest.split("?")[0].rsplit("/", 1)[-1]
        with self._rolling:
            self._in_hand[call] += 1
        try:
            yield
        finally:
            with self._rolling:
                self._in_hand[call] -= 1

    def _next(self, method: str) -> Fault | None:
        if (asked_for := super()._next(method)) is not None:
            return asked_for
        with self._rolling:
            if not self.troubled or self._dice.random() >= self._share:
                return None
            names = list(FAULTS)
            [name] = self._dice.choices(names, [FAULTS[name][0] for name in names])
            self.met[name] += 1
            return FAULTS[name][1]

    def _forward(
        self, slack_url: str, request: BaseHTTPRequestHandler, body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        who, _, rest = request.path.lstrip("/").partition("/")
        request.path = f"/{rest}"
        status, headers, answer = super()._forward(slack_url, request, body)
        if rest.endswith(POST) and json.loads(answer).get("ok"):
            self.posted(who, _blocks(body))
        elif rest.endswith(_OPEN):
            told = json.loads(answer)
            answer = json.dumps({**told, "url": self.sockets.url_to(told["url"])}).encode()
        return status, headers, answer


def _blocks(body: bytes) -> list[dict[str, Any]]:
    """Slack's client sends a form, with the blocks in it as JSON."""
    try:
        sent = json.loads(body)
    except ValueError:
        sent = {name: values[-1] for name, values in parse_qs(body.decode()).items()}
    blocks = sent.get("blocks") or []
    return list(json.loads(blocks) if isinstance(blocks, str) else blocks)
