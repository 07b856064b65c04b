"""A feed on this machine that keeps a ledger of every post it handed over."""

import threading
import time
from collections.abc import Callable
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.chaos.town import text_of, utc_now

PACE = 60.0
"""Seconds between two fetches (`every` in the playbook)."""
ASKS_FOR = 3
"""Seconds for which it asks to be left alone, now and then while the clock is ahead."""
_NOW_AND_THEN = 12.0
_KEPT = 400
"""Entries that the feed still shows: far more than come between two fetches."""


class Feed:
    """An RSS feed. Post 12 has the id "note-12", is by customer_12, and says its number."""

    def __init__(self, ahead: Callable[[], float] = lambda: 0.0) -> None:
        """`ahead`: by how many seconds the clock of those who ask is. A wait that is counted by it should
        not outlast it."""
        self._ahead = ahead
        self._items: dict[int, str] = {}
        self._published: dict[int, float] = {}
        self._refused_at = float("-inf")
        self.asked_to_wait = 0
        self.handed_over: set[int] = set()
        """What stood in an answer that was sent to its end."""
        self._lock = threading.Lock()
        feed = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if feed._wants_rest():
                    self.send_response(429)
                    self.send_header("retry-after", str(ASKS_FOR))
                    self.send_header("content-length", "0")
                    self.end_headers()
                    return
                shown = feed._newest()
                body = feed._document(shown).encode()
                try:
                    self.send_response(200)
                    self.send_header("content-type", "application/rss+xml; charset=utf-8")
                    self.send_header("content-length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    return  # whoever asked was killed: nothing was handed over
                feed.handed_over.update(number for number, _ in shown)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/feed"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def publish(self, number: int) -> None:
        item = (
            f"<item><guid isPermaLink='false'>note-{number}</guid><author>customer_{number}</author>"
            f"<link>http://notes.example/{number}</link><pubDate>{format_datetime(utc_now())}</pubDate>"
            f"<description>{text_of(number)}</description></item>"
        )
        with self._lock:
            self._items[number], self._published[number] = item, time.monotonic()

    def is_late(self) -> bool:
        """Whether something stands there that should have been fetched by now."""
        with self._lock:
            waiting = [at for n, at in self._published.items() if n not in self.handed_over]
        return bool(waiting) and time.monotonic() - min(waiting) > PACE

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _wants_rest(self) -> bool:
        now = time.monotonic()
        if self._ahead() <= 0 or now < self._refused_at + _NOW_AND_THEN:
            return False
        self._refused_at, self.asked_to_wait = now, self.asked_to_wait + 1
        return True

    def _newest(self) -> list[tuple[int, str]]:
        with self._lock:
            return list(self._items.items())[-_KEPT:]

    @staticmethod
    def _document(shown: list[tuple[int, str]]) -> str:
        items = "".join(item for _, item in shown)
        return f"<?xml version='1.0'?><rss version='2.0'><channel><title>Notes</title>{items}</channel></rss>"
