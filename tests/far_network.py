"""The far side of the network: a real HTTP server that gives the answers a test has queued."""

import json
import select
import sys
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, SimpleQueue
from typing import Any
from urllib.parse import parse_qs, urlsplit


class Lines:
    """An answer that goes on: a test says line by line what comes, and how it ends."""

    def __init__(self, *, chunked: bool = True) -> None:
        self.chunked = chunked
        """False: as a proxy may pass it on, ended by the end of the connection."""
        self._parts: SimpleQueue[bytes | None] = SimpleQueue()
        self.gone = threading.Event()
        """The client hung up, or the answer ended."""
        self._cut = False

    def say(self, *lines: bytes | str | dict[str, Any]) -> None:
        """Each line with its end: bytes and text as they are, a dict as JSON; b"" is a sign of life."""
        for line in lines:
            text = json.dumps(line) if isinstance(line, dict) else line
            self.raw((text.encode() if isinstance(text, str) else text) + b"\r\n")

    def raw(self, part: bytes) -> None:
        """These bytes, at once and as they are."""
        self._parts.put(part)

    def end(self) -> None:
        """A proper end of the answer."""
        self._parts.put(None)

    def cut(self) -> None:
        """The connection breaks in the middle."""
        self._cut = True
        self._parts.put(None)

    def send(self, handler: BaseHTTPRequestHandler, closing: threading.Event) -> None:
        handler.close_connection = True
        try:
            while not closing.is_set():
                with suppress(Empty):
                    part = self._parts.get(timeout=0.05)
                    if part is None:
                        break
                    framed = b"%x\r\n%b\r\n" % (len(part), part)
                    handler.wfile.write(framed if self.chunked else part)
                    handler.wfile.flush()
                if select.select([handler.connection], [], [], 0)[0]:
                    break  # it has nothing to say: it hung up
            if self.chunked and not self._cut:
                handler.wfile.write(b"0\r\n\r\n")
        finally:
            self.gone.set()


@dataclass(frozen=True)
class Answer:
    """What the far side does with one request."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    """Seconds before anything is sent."""
    drip: float = 0.0
    """Seconds between two bytes of the body."""
    chunked: bool = False
    """Send the body in chunks, without saying how long it is."""
    lines: Lines | None = None
    """Instead of a body: what a test says while the connection stays open."""
    cut: bool = False
    """Read the request, then hang up without an answer."""


@dataclass(frozen=True)
class Seen:
    """One request as it arrived. `query` has the last value of each key."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what many tests are about; anything else is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class FarNetwork:
    """Answers queued for a path are given in order; the last one is repeated. An unknown path gets 404.

    Where one answer depends on the request, `answer_with` takes a function instead.
    """

    def __init__(self) -> None:
        self.requests: list[Seen] = []
        self._answers: dict[str, deque[Answer]] = defaultdict(deque)
        self._functions: dict[str, Callable[[Seen], Answer]] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def answer(
        self, path: str, body: bytes | str | dict[str, Any] | list[Any] = b"", status: int = 200, **more: Any
    ) -> None:
        """Queue one answer for `path`: bytes and text as they are, anything else as JSON."""
        if isinstance(body, str):
            body = body.encode()
        elif not isinstance(body, bytes):
            body = json.dumps(body).encode()
        with self._lock:
            self._answers[path].append(Answer(status, body, **more))

    def answer_with(self, path: str, function: Callable[[Seen], Answer]) -> None:
        """Let `function` answer every request for `path`."""
        self._functions[path] = function

    def forget(self) -> None:
        """Drop what is queued and what was seen."""
        with self._lock:
            self._answers.clear()
            self._functions.clear()
            self.requests.clear()

    def close(self) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def _next(self, seen: Seen) -> Answer:
        with self._lock:
            self.requests.append(seen)
            if function := self._functions.get(seen.path):
                return function(seen)
            queue = self._answers.get(seen.path)
            if not queue:
                return Answer(404, b"nothing queued here")
            return queue.popleft() if len(queue) > 1 else queue[0]

    def _handler(network: "FarNetwork") -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # else each answer waits 40 ms for an acknowledgement

            def _answer(self) -> None:
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
                headers = {name.lower(): value for name, value in self.headers.items()}
                answer = network._next(Seen(self.command, parts.path, query, headers, body))
                network._closing.wait(answer.delay)
                if answer.cut:
                    self.close_connection = True
                    return
                try:
                    self._send(answer)
                except OSError:  # the other side gave up waiting, which is what such a test is about
                    self.close_connection = True

            def _send(self, answer: Answer) -> None:
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if answer.lines is not None:
                    if answer.lines.chunked:
                        self.send_header("Transfer-Encoding", "chunked")
                    self.end_headers()
                    self.wfile.flush()
                    answer.lines.send(self, network._closing)
                    return
                if answer.chunked:
                    self.send_header("Transfer-Encoding", "chunked")
                    self.end_headers()
                    for at in range(0, len(answer.body), 100):
                        part = answer.body[at : at + 100]
                        self.wfile.write(b"%x\r\n%b\r\n" % (len(part), part))
                    self.wfile.write(b"0\r\n\r\n")
                    return
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                if not answer.drip:
                    self.wfile.write(answer.body)
                    return
                for byte in answer.body:
                    if network._closing.is_set():
                        return
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(answer.drip)

            do_GET = do_POST = _answer

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing: the test says what it saw."""

        return Handler


@contextmanager
def far_network() -> Iterator[FarNetwork]:
    """A far network for the length of a `with`, or of a fixture."""
    network = FarNetwork()
    try:
        yield network
    finally:
        network.close()
