"""The server for `run`, in this process: waitress, which takes requests in whole before a thread sees them,
so that a slow or silent visitor costs none. Behind many users the Procfile runs gunicorn instead."""

import logging
import socket
import threading
from typing import Any

from flask import Flask
from waitress.server import create_server
from waitress.wasyncore import close_all

from config.errors import SettingsError
from handlers.web import MOST_BYTES

THREADS = 8
CONNECTIONS = 200
SILENCE = 30
"""Seconds after which a visitor who says nothing is let go."""
PATIENCE = 5
"""Seconds for what is in hand when the program stops."""


class WebServer:
    """Serves from a thread until `stop`."""

    def __init__(self, web: Flask, port: int, *, host: str = "0.0.0.0", setting: str = "PORT") -> None:  # noqa: S104
        """Raises SettingsError when the port can't be used; `setting` names it there."""
        logging.getLogger("waitress").setLevel(logging.ERROR)
        try:
            # A platform's router connects from outside.
            listening = socket.create_server((host, port))
        except OSError as error:
            raise SettingsError(
                f"Port {port} can't be used: {error.strerror}. Choose another {setting}."
            ) from None
        self._open: dict[int, Any] = {}
        """What waitress' loop looks after: itself and each connection."""
        self.port = int(listening.getsockname()[1])
        self._server = create_server(
            web,
            sockets=[listening],
            threads=THREADS,
            connection_limit=CONNECTIONS,
            channel_timeout=SILENCE,
            max_request_body_size=MOST_BYTES,
            max_request_header_size=64 * 1024,
            ident="",
            map=self._open,
        )
        self._wake: Any = self._server.trigger  # type: ignore[union-attr]  # one socket: one server
        self._thread = threading.Thread(target=self._server.run, name="web", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """What is in hand is finished; nothing more is taken."""
        self._server.task_dispatcher.shutdown(timeout=PATIENCE)
        # Closed by the loop itself: it ends when it has nothing left to look after.
        self._wake.pull_trigger(lambda: close_all(self._open))
        self._thread.join(PATIENCE)
