"""Connects to Slack's socket, notices within a second that its other end is gone, and connects anew."""

import socket
import time
from collections.abc import Callable
from http.client import HTTPException
from typing import Any

import structlog
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.errors import SlackClientError
from slack_sdk.socket_mode.builtin import SocketModeClient

log = structlog.get_logger()
LOOK_EVERY = 1.0
TRY_EVERY = 5.0
"""Seconds between two pings, and between two tries to connect. Slack gives out few connections a minute."""


def notice_hang_ups(client: SocketModeClient, monotonic: Callable[[], float] = time.monotonic) -> None:
    """To be called before `client` connects.

    Left to itself Slack's client takes the end of what it reads for silence: it reads on and on, as fast as
    it can, until five pings in a row have failed, which with Bolt's ten seconds is most of a minute.
    """
    watch = client.current_app_monitor
    look, due = watch.target, 0.0
    client.ping_interval = TRY_EVERY

    def look_closer() -> None:
        nonlocal due
        if client.closed or not client.auto_reconnect_enabled:
            return
        session = client.current_session
        connected = session.sock if session is not None else None
        lost = connected is not None and has_hung_up(connected)
        if session is not None and lost:
            log.warning("Slack's socket was cut")
            session.disconnect()
        if lost or monotonic() >= due:
            due = monotonic() + TRY_EVERY
            if session is None:  # it never was connected, which `look` can't mend
                client.connect_to_new_endpoint()
            else:
                look()

    def go_on_looking() -> None:
        try:
            look_closer()
        except Exception as error:  # noqa: BLE001  # whatever happened, it is looked at again
            log.warning("Slack's socket is not connected yet", why=type(error).__name__)

    watch.target, watch.interval_seconds = go_on_looking, LOOK_EVERY


def connect(connection: SocketModeHandler) -> None:
    """Connects, now or as soon as Slack lets us: a program that starts in its bad minutes goes on."""
    client = connection.client
    try:
        client.connect()
    except (SlackClientError, OSError, HTTPException) as error:
        log.warning("Slack's socket is not connected yet", why=type(error).__name__)
        client.current_app_monitor_started = True
        client.current_app_monitor.start()


def has_hung_up(connected: Any) -> bool:
    """Whether the far side has closed this socket, plain or TLS, and all that came before that was read."""
    try:
        # Below TLS, and without taking anything: the client's own thread reads it.
        with socket.fromfd(connected.fileno(), connected.family, connected.type) as same:
            same.setblocking(False)  # as it is already, since it has a timeout
            return not same.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return False
    except OSError:
        return True
