"""Stands before a real PostgreSQL and breaks off as a network, a restart or a failover does."""

import socket
import threading
from contextlib import suppress

from sqlalchemy import make_url


class Relay:
    """`url` leads through it to the database at the address it was made with."""

    def __init__(self, address: str) -> None:
        """`address`: of a server that listens on a Unix socket, as that of the tests does."""
        self._to = f"{make_url(address).query['host']}/.s.PGSQL.5432"
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self.answers_to_lose = 0
        """So many of the coming commits are carried out, and then the connection is cut."""
        self._server = self._listening(0)
        port = self._server.getsockname()[1]
        self.url = (
            make_url(address).set(host="127.0.0.1", port=port, query={}).render_as_string(hide_password=False)
        )
        self._port = port

    def close(self) -> None:
        """From now on nobody gets through; whoever was connected is cut."""
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._server.close()
        self.cut()

    def open_again(self) -> None:
        self._server = self._listening(self._port)

    def cut(self) -> None:
        """Ends all connections that there are."""
        with self._lock:
            ended, self._open = self._open, set()
        for each in ended:
            _end(each)

    # Helpers.

    def _listening(self, port: int) -> socket.socket:
        server = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._let_in, args=(server,), daemon=True).start()
        return server

    def _let_in(self, server: socket.socket) -> None:
        while True:
            try:
                near = server.accept()[0]
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            far.connect(self._to)
            with self._lock:
                if server.fileno() < 0:  # closed in this moment
                    _end(near)
                    _end(far)
                    return
                self._open |= {near, far}
            loses = threading.Event()
            threading.Thread(target=self._pass_on, args=(near, far, loses, True), daemon=True).start()
            threading.Thread(target=self._pass_on, args=(far, near, loses, False), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket, loses: threading.Event, asks: bool) -> None:
        with suppress(OSError):
            while said := one.recv(65536):
                if asks and self.answers_to_lose and b"COMMIT" in said:
                    self.answers_to_lose -= 1
                    loses.set()
                if not asks and loses.is_set():
                    break
                other.sendall(said)
        _end(one)
        _end(other)


def _end(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
