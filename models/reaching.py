"""PostgreSQL while it restarts, or a connection is cut: waited for, told of once, asked what was kept."""

import threading
import time
from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy import URL, Connection, Dialect, text
from sqlalchemy.exc import DBAPIError

log = structlog.get_logger()
PATIENCE = 2.0
"""Seconds for which it is asked again whether it is back: a restart takes one, and people who submit a modal
wait for no more than three."""
AT_START = 30.0
"""Seconds for which a program that starts waits for a server that may start beside it."""
_PAUSE = 0.1
_STILL_ENDING = 2.0
"""Seconds for which a server may still be at work for a connection that is gone."""


class Reaching:
    """Makes the connections of one engine (SQLAlchemy's `do_connect`). Any thread may call it."""

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._monotonic, self._pause = monotonic, pause
        self._lock = threading.Lock()
        self._known = False
        self._answered_at = float("-inf")
        self._away_since: float | None = None
        self._told = False

    def __call__(self, dialect: Dialect, _record: Any, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """Raises the driver's error when there is no answer. The first connection is waited for by nobody:
        then it is the address that is wrong."""
        while True:
            asked = self._monotonic()
            try:
                connection = dialect.connect(*args, **named)
            except dialect.loaded_dbapi.Error as error:
                if not self._is_worth_waiting(asked, str(error).strip().split("\n")[0]):
                    raise
                self._pause(_PAUSE)
            else:
                self._answers()
                return connection

    def _is_worth_waiting(self, asked: float, why: str) -> bool:
        with self._lock:
            if asked < self._answered_at:
                return True  # somebody else got an answer meanwhile
            now = self._monotonic()
            if self._away_since is None:
                self._away_since = now
            if self._known and now < self._away_since + PATIENCE:
                return True
            if self._known and not self._told:
                self._told = True
                log.error("the database does not answer", why=why)
            return False

    def _answers(self) -> None:
        with self._lock:
            away_since, told = self._away_since, self._told
            self._known, self._away_since, self._told = True, None, False
            self._answered_at = self._monotonic()
        if told and away_since is not None:
            log.info("the database answers again", after_seconds=round(self._answered_at - away_since))


def is_away(error: DBAPIError) -> bool:
    """Whether the connection broke off, or there was none to be had."""
    # psycopg's `pgconn` is there when connecting failed, and then only.
    return error.connection_invalidated or getattr(error.orig, "pgconn", None) is not None


def await_server(
    url: URL,
    monotonic: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Returns when a PostgreSQL answers at `url`, if only that the password is wrong, or when `AT_START` is
    over. Whoever asks it next hears what is wrong.

    https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PQPINGPARAMS
    """
    from psycopg import conninfo, pq  # here, as who works on SQLite does without it

    _, named = url.get_dialect()().create_connect_args(url)
    address = conninfo.make_conninfo(**{"connect_timeout": 5, **named}).encode()
    end, told = monotonic() + AT_START, False
    while pq.PGconn.ping(address) in (pq.Ping.REJECT, pq.Ping.NO_RESPONSE) and monotonic() < end:
        if not told:
            told = True
            log.warning("waiting for the database to answer", seconds_at_most=round(AT_START))
        pause(_BETWEEN)


def transaction_number(connection: Connection) -> str | None:
    """By which PostgreSQL can be asked later what became of the present transaction. None: it has changed
    nothing."""
    number: str | None = connection.scalar(_NUMBER)
    return number


def was_committed(connection: Connection, number: str) -> bool | None:
    """What became of a transaction; None: not to be known.

    https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SNAPSHOT
    """
    end = time.monotonic() + _STILL_ENDING
    while (state := connection.scalar(_BECAME, {"number": number})) == "in progress":
        if time.monotonic() > end:
            return None
        time.sleep(_PAUSE)
    return None if state is None else state == "committed"


_BETWEEN = 0.5
_NUMBER = text("SELECT CAST(pg_current_xact_id_if_assigned() AS text)")
_BECAME = text("SELECT pg_xact_status(CAST(:number AS xid8))")
