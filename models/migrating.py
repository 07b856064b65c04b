"""Brings a schema up to date: all of it or nothing, one process at a time, and no row is lost on the way."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from config.errors import SettingsError
from models.versions import MIGRATIONS

_LOCK = 5_418_002_026
"""The advisory lock of whoever migrates."""
PATIENCE = 10.0
"""Seconds that a change of a table waits for those who read or write it; they wait behind it so long."""


def migrate(engine: Engine, to: str = "head", *, patience: float = PATIENCE) -> None:
    """Upgrades the schema to the version `to`. Raises SettingsError; then everything is as it was."""
    with _alone(engine, patience) as connection:
        config = _alembic()
        config.attributes["connection"] = connection
        command.upgrade(config, to)


# Helpers.


@contextmanager
def _alone(engine: Engine, patience: float) -> Iterator[Connection]:
    """A transaction in which nobody else migrates."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            with _unbound(connection), connection.begin():
                yield connection
                _refuse_loose_ends(connection)
            return
        with connection.begin():
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(patience * 1000)}")
            try:
                yield connection
            except OperationalError as error:
                if getattr(error.orig, "sqlstate", None) != "55P03":
                    raise
                raise SettingsError(
                    f"The database is too busy: a table was in use for {patience:g} s. Nothing was changed; "
                    "run `python app.py db upgrade` again, best in a quiet minute."
                ) from None


@contextmanager
def _unbound(connection: Connection) -> Iterator[None]:
    """While SQLite's foreign keys are off. Some changes make a table anew and drop the old one; with them on
    that is refused as soon as a row refers to it, or deletes all rows that depend on it. They can be switched
    outside transactions only. https://www.sqlite.org/lang_altertable.html#otheralter"""
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _refuse_loose_ends(connection: Connection) -> None:
    loose = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if loose is not None:
        raise SettingsError(
            f"The database can't be upgraded: row {loose[1]} of `{loose[0]}` refers to a row of `{loose[2]}` "
            "that does not exist. Nothing was changed."
        )


def scripts() -> ScriptDirectory:
    """Every migration that this program has."""
    return ScriptDirectory.from_config(_alembic())


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config
