"""A Slack that answers 429 above its limits: one message, new or changed, per second and channel.

https://docs.slack.dev/apis/web-api/rate-limits. It stands before the local Slack, which has none.
"""

import json
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

WITHIN = 1.0
METHODS = ("chat.postMessage", "chat.update")


@dataclass(frozen=True)
class Sent:
    """One message as it arrived here; `at` in seconds since 1970. `key` names it, as in the outbox."""

    at: float
    channel: str
    key: str
    new: bool
    taken: bool


class Limiter:
    """`names` are ids of channels by their names: a message is posted by name, and changed by id.

    `within` seconds of one message it takes no other in its channel.
    """

    def __init__(self, slack_url: str, names: dict[str, str], within: float = WITHIN) -> None:
        self._within = within
        self.sent: list[Sent] = []
        self._names = names
        self._lock = threading.Lock()
        self._last: dict[str, float] = {}
        limiter = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                method = self.path.split("?")[0].rsplit("/", 1)[-1]
                if method in METHODS and not limiter._let_pass(method, self._fields(body)):
                    self._answer(429, b'{"ok": false, "error": "ratelimited"}', {"retry-after": "1"})
                    return
                headers = {
                    k: v for k, v in self.headers.items() if k.lower() in ("authorization", "content-type")
                }
                request = urllib.request.Request(slack_url + self.path, body, headers, method="POST")
                try:
                    with urllib.request.urlopen(request, timeout=20) as answer:
                        self._answer(answer.status, answer.read(), {})
                except urllib.error.HTTPError as error:
                    self._answer(error.code, error.read(), {})

            def log_message(self, format: str, *args: Any) -> None:
                pass

            def _fields(self, body: bytes) -> dict[str, Any]:
                if "json" in str(self.headers.get("content-type")):
                    return dict(json.loads(body))
                fields: dict[str, Any] = dict(parse_qsl(body.decode()))
                return fields | {"blocks": json.loads(fields.get("blocks") or "[]")}

            def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
                self.send_response(status)
                for name, value in {"content-type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _let_pass(self, method: str, fields: dict[str, Any]) -> bool:
        channel = self._names.get(str(fields["channel"]), str(fields["channel"]))
        blocks = fields.get("blocks") or [{}]
        key = str(blocks[0].get("block_id", "")).partition("|")[0]
        with self._lock:
            now = time.time()
            taken = now - self._last.get(channel, 0.0) >= self._within
            if taken:
                self._last[channel] = now
            self.sent.append(Sent(now, channel, key, method == "chat.postMessage", taken))
        return taken
