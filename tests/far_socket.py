"""The far side of a WebSocket: a real server that says what a test tells it to."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import Server, ServerConnection, serve


class FarSocket:
    """What a test says goes to whoever is connected, in its order; what comes in is kept."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        """The query of each connection."""
        self.headers: list[Headers] = []
        self.heard: SimpleQueue[str | bytes] = SimpleQueue()
        self.refuse: list[tuple[int, dict[str, str]]] = []
        """Statuses (with headers) for the next connections."""
        self._says: SimpleQueue[str | bytes | None] = SimpleQueue()
        self._closing = threading.Event()
        self._server: Server = serve(self._talk, "127.0.0.1", 0, process_request=self._first)
        self.url = f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}/subscribe"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def say(self, *messages: str | bytes | dict[str, Any]) -> None:
        """Text and bytes as they are, a dict as JSON."""
        for message in messages:
            self._says.put(json.dumps(message) if isinstance(message, dict) else message)

    def cut(self) -> None:
        """The connection ends after what was said before."""
        self._says.put(None)

    def close(self) -> None:
        self._closing.set()
        for _ in self.asked:
            self._says.put(None)
        self._server.shutdown()

    def _first(self, connection: ServerConnection, request: Request) -> Response | None:
        if not self.refuse:
            return None
        status, headers = self.refuse.pop(0)
        response = connection.respond(status, "no")
        for name, value in headers.items():
            response.headers[name] = value
        return response

    def _talk(self, connection: ServerConnection) -> None:
        request = connection.request
        query = parse_qs(urlsplit(request.path if request else "").query)
        self.asked.append({key: values[-1] for key, values in query.items()})
        if request is not None:
            self.headers.append(request.headers)
        threading.Thread(target=self._listen, args=(connection,), daemon=True).start()
        with suppress(ConnectionClosed):
            while not self._closing.is_set():
                message = self._says.get()
                if message is None:
                    return
                connection.send(message)

    def _listen(self, connection: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            for message in connection:
                self.heard.put(message)


@contextmanager
def far_socket() -> Iterator[FarSocket]:
    """A far socket for the length of a `with`, or of a fixture."""
    socket = FarSocket()
    try:
        yield socket
    finally:
        socket.close()
