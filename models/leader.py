"""Which of several clocks leads: the one that holds a lock which ends with its connection or its process."""

import sqlite3
from contextlib import suppress
from typing import Protocol

import structlog
from sqlalchemy import URL, Connection, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from models.database import Database

log = structlog.get_logger()
ENDS_AFTER = 15
"""Seconds without a sign of life after which PostgreSQL ends a leader's session, and so its lock."""
LEADING = 7_301_554
"""Any number that no other lock has (see models/turns.py)."""


class Lock(Protocol):
    """Held by one process at a time."""

    def hold(self) -> bool:
        """Takes it if it is free, or makes sure that it is still ours. Returns within about ten seconds."""
        ...

    def release(self) -> None:
        """Lets go of it, if it is ours."""
        ...


def leader_lock(database: Database) -> Lock:
    """The lock of everybody who works on this database."""
    url = database.engine.url
    if url.get_backend_name() == "sqlite":
        return FileLock(url.database or "")
    return AdvisoryLock(url)


class AdvisoryLock:
    """PostgreSQL's, of a session of its own. It needs the database itself, or a pooler that keeps sessions.

    The server frees it as soon as a killed process's connection closes. Of a machine that hangs or is cut
    off it hears nothing: then `idle_session_timeout` (PostgreSQL 14 and newer) or TCP's keepalives end it.
    https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
    """

    def __init__(self, url: URL) -> None:
        noticed = {
            "connect_timeout": 5,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
        }
        self._engine = create_engine(
            url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={**noticed, "tcp_user_timeout": 5000},
        )
        self._connection: Connection | None = None
        self._held = False

    def hold(self) -> bool:
        try:
            if self._connection is None:
                self._connection = self._connect()
            # That it answers is not enough: a pooler may hand us another session each time.
            ask = _IS_OURS if self._held else _TRY
            self._held = bool(self._connection.scalar(ask, {"lock": LEADING}))
        except DBAPIError as error:
            if self._held:
                self._held = False
                log.warning("the connection that leads is lost", why=str(error.orig).strip().split("\n")[0])
            self.release()
        return self._held

    def release(self) -> None:
        connection, held = self._connection, self._held
        self._connection, self._held = None, False
        if connection is None:
            return
        with suppress(DBAPIError):  # it is lost already
            if held:
                connection.execute(_FREE, {"lock": LEADING})  # rather than when the server sees us gone
        with suppress(DBAPIError):
            connection.close()

    def _connect(self) -> Connection:
        connection = self._engine.connect()
        try:
            for name, value in (
                ("statement_timeout", "5s"),
                ("tcp_keepalives_idle", "5"),
                ("tcp_keepalives_interval", "3"),
                ("tcp_keepalives_count", "3"),
            ):
                connection.execute(text(f"SET {name} = '{value}'"))
            if int((connection.dialect.server_version_info or (0,))[0]) >= 14:
                connection.execute(text(f"SET idle_session_timeout = '{ENDS_AFTER}s'"))
        except DBAPIError:
            connection.close()
            raise
        return connection


_TRY = text("SELECT pg_try_advisory_lock(:lock)")
_FREE = text("SELECT pg_advisory_unlock(:lock)")
_IS_OURS = text(
    "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = 0 AND objid = :lock"
    " AND pid = pg_backend_pid() AND granted)"
)


class FileLock:
    """Of one machine: SQLite's own lock, on an empty file beside the database. It ends with its process."""

    def __init__(self, database: str) -> None:
        """`database`: its file; empty or `:memory:`: nobody else can see it, so whoever asks leads."""
        self._file = f"{database}.leader" if database not in ("", ":memory:") else ""
        self._connection: sqlite3.Connection | None = None

    def hold(self) -> bool:
        if self._connection is not None or not self._file:
            return True
        # Of the threads of this process only one uses it, but not always the one that opened it.
        connection = sqlite3.connect(self._file, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            connection.close()
            return False
        self._connection = connection
        return True

    def release(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
