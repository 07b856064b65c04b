"""A tool that sends posts to the signed webhook, again and again until each is taken, and keeps a ledger."""

import json
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable, Sequence

from bot.sources.webhook import sign
from tests.chaos.town import HOOK, SECRET, text_of


class Sender:
    """Post 12 has the id "note-12", is by customer_12, and says its number."""

    def __init__(self, ports: Sequence[int], now: Callable[[], float] = time.time) -> None:
        """`ports`: of processes of which any may be asked, as by a proxy that passes over one that is away.
        `now`: by whose clock it signs."""
        self._now = now
        self._urls = deque(f"http://127.0.0.1:{port}/hooks/mentions/{HOOK}" for port in ports)
        self._to_send: list[int] = []
        self.handed_over: set[int] = set()
        """What the program said it has."""
        self.repeated = 0
        """How many were sent again because nobody knew."""
        self.last_no = ""
        """What was heard instead of a yes, the last time."""
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> bool:
        return bool(self._to_send)

    def send(self, number: int) -> None:
        self._to_send.append(number)

    def stop(self) -> None:
        self._end.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._end.wait(0.05):
            while self._to_send and not self._end.is_set():
                if not self._post(self._to_send[0]):
                    self.repeated += 1
                    self._urls.rotate()
                    self._end.wait(0.3)
                    continue
                self.handed_over.add(self._to_send.pop(0))

    def _post(self, number: int) -> bool:
        item = {"id": f"note-{number}", "author": f"customer_{number}", "text": text_of(number)}
        body, at = json.dumps(item).encode(), str(int(self._now()))
        headers = {
            "content-type": "application/json",
            "X-Listening-Post-Timestamp": at,
            "X-Listening-Post-Signature": sign(SECRET, at, body),
        }
        try:
            with urllib.request.urlopen(
                urllib.request.Request(self._urls[0], body, headers), timeout=8
            ) as answer:
                return bool(answer.status == 200)
        except urllib.error.HTTPError as error:
            if (
                error.code < 500 and error.code != 401
            ):  # the clock moved between its signature and its arrival
                raise AssertionError(f"the webhook refused note {number}: {error.read()!r}") from None
            self.last_no = str(error.code)
            return False
        except OSError as error:
            self.last_no = str(getattr(error, "reason", error))
            return False
