"""Socket Mode through a proxy: while Slack is in trouble, what people do arrives twice, late, or after what
they did later."""

import json
import random
import threading
import time
from collections import Counter
from contextlib import suppress
from urllib.parse import parse_qs, urlencode

from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import ClientConnection, connect
from websockets.sync.server import Server, ServerConnection, serve

SHARE = 0.4
"""Of the interactions that meet something while there is trouble."""
LATE = (1.0, 5.0)
"""Seconds. Slack waits three for an acknowledgement, and then delivers once more."""
_INTERACTIONS = ("interactive", "slash_commands")


class Sockets:
    """Any number of connections, each passed on to the one that Slack gave out."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._lock = threading.Lock()
        self._until = 0.0
        self.met: Counter[str] = Counter()
        self._delivered = 0
        self._open: set[ServerConnection] = set()
        self._server: Server = serve(self._serve, "127.0.0.1", 0)
        self._url = f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def url_to(self, slack_url: str) -> str:
        return f"{self._url}?{urlencode({'to': slack_url})}"

    def trouble_for(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    @property
    def connected(self) -> int:
        """How many connections there are just now."""
        return len(self._open)

    def cut(self) -> int:
        """Ends all of them; returns how many."""
        with self._lock:
            some = list(self._open)
        for one in some:
            with suppress(OSError):
                one.socket.shutdown(2)
        return len(some)

    def stop(self) -> None:
        self.cut()
        self._server.shutdown()

    # Helpers, in the order in which they are called.

    def _serve(self, program: ServerConnection) -> None:
        to = parse_qs(program.request.path.partition("?")[2])["to"][0] if program.request else ""
        with suppress(ConnectionClosed, InvalidHandshake, OSError), connect(to) as slack:
            with self._lock:
                self._open.add(program)
            back = threading.Thread(target=_pass_on, args=(program, slack), daemon=True)
            back.start()
            try:
                for message in slack:
                    self._deliver(program, str(message))
            finally:
                with self._lock:
                    self._open.discard(program)

    def _deliver(self, program: ServerConnection, message: str) -> None:
        what = self._what(message)
        if what == "late":
            with self._lock:
                later = self._dice.uniform(*LATE)
            timer = threading.Timer(later, self._deliver_late, (program, message, self._delivered))
            timer.daemon = True
            timer.start()
            return
        self._delivered += 1
        _send(program, message)
        if what == "twice":
            _send(program, message)

    def _deliver_late(self, program: ServerConnection, message: str, before: int) -> None:
        if self._delivered > before:
            self.met["interaction after later ones"] += 1
        _send(program, message)

    def _what(self, message: str) -> str:
        if time.monotonic() >= self._until or json.loads(message).get("type") not in _INTERACTIONS:
            return "once"
        with self._lock:
            what = self._dice.choice(("twice", "late")) if self._dice.random() < SHARE else "once"
            if what != "once":
                self.met[f"interaction {what}"] += 1
        return what


def _pass_on(program: ServerConnection, slack: ClientConnection) -> None:
    """What the program says, which is that it got what was delivered; until it hangs up."""
    with suppress(ConnectionClosed, OSError):
        for message in program:
            slack.send(message)
    with suppress(ConnectionClosed, OSError):
        slack.close()


def _send(program: ServerConnection, message: str) -> None:
    with suppress(ConnectionClosed, OSError):
        program.send(message)
