"""Gives each envelope to one connection in turn, as Slack does; the local Slack gives it to all of them."""

import itertools
import json
import threading
import time
from contextlib import suppress

import websocket
from slack_sdk import WebClient
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

from tests.slack import Fault, FaultyProxy

_CONNECTS = 100
"""Asking for an address is answered here so often."""


class Dealer:
    """`url` is a Slack whose Socket Mode deals; all else is the Slack behind it. `acknowledged` has the
    milliseconds from each envelope to its acknowledgement."""

    def __init__(self, slack_url: str, app_token: str) -> None:
        api = WebClient(token=app_token, base_url=f"{slack_url}/api/")
        there = str(api.apps_connections_open(app_token=app_token)["url"])
        self._upstream = websocket.create_connection(there, timeout=300)
        self._sending = threading.Lock()
        self._connections: list[ServerConnection] = []
        self._dealt: dict[str, float] = {}
        self.acknowledged: list[float] = []
        self._server: Server = serve(self._let_in, "127.0.0.1", 0)
        port = self._server.socket.getsockname()[1]
        self._proxy = FaultyProxy(slack_url)
        self.url = self._proxy.url
        here = Fault(200, body=json.dumps({"ok": True, "url": f"ws://127.0.0.1:{port}/"}))
        self._proxy.next("apps.connections.open", *[here] * _CONNECTS)
        for work in (self._server.serve_forever, self._deal):
            threading.Thread(target=work, daemon=True).start()

    @property
    def connected(self) -> int:
        return len(self._connections)

    def stop(self) -> None:
        self._upstream.close()
        self._server.shutdown()
        self._proxy.stop()

    # Helpers.

    def _let_in(self, connection: ServerConnection) -> None:
        connection.send(json.dumps({"type": "hello", "num_connections": 1}))
        self._connections.append(connection)
        with suppress(ConnectionClosed, OSError, websocket.WebSocketException):
            for message in connection:  # acknowledgements
                dealt = self._dealt.pop(json.loads(message).get("envelope_id", ""), None)
                if dealt is not None:
                    self.acknowledged.append((time.monotonic() - dealt) * 1000)
                with self._sending:
                    self._upstream.send(message if isinstance(message, str) else message.decode())

    def _deal(self) -> None:
        turns = itertools.count()
        with suppress(OSError, ValueError, websocket.WebSocketException):
            while said := self._upstream.recv():
                envelope = json.loads(said).get("envelope_id")
                if envelope is not None and self._connections:
                    whose = self._connections[next(turns) % len(self._connections)]
                    self._dealt[envelope] = time.monotonic()
                    with suppress(ConnectionClosed):
                        whose.send(said if isinstance(said, str) else said.decode())
