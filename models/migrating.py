"""Brings a schema up to date: all of it or nothing, one process at a time, and no row is lost on the way."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import DBAPIError, OperationalError

from config.errors import SettingsError
from models.error_codes import DEADLOCK, FULL, IN_USE, NOT_ALLOWED, READ_ONLY, code_of
from models.reaching import is_away
from models.versions import MIGRATIONS

_LOCK = 5_418_002_026
"""The advisory lock of whoever migrates."""
PATIENCE = 10.0
"""Seconds that a change of a table waits for those who read or write it; they wait behind it so long."""

_TRY = 0.2
"""Seconds that the locks of all tables are waited for at a time: less than PostgreSQL's deadlock_timeout."""
_FOR_READERS, _FOR_NOBODY = "SHARE", "ACCESS EXCLUSIVE"
_HINTS = (
    (
        NOT_ALLOWED,
        "The user in DATABASE_URL must be the database's owner, or be allowed to create in its schema.",
    ),
    (READ_ONLY, "It is there to be read only: DATABASE_URL must name one that can be written."),
    (FULL, "There must be room on its disk, for SQLite as much as it has now."),
)


def migrate(engine: Engine, to: str = "head", *, patience: float = PATIENCE) -> None:
    """Upgrades the schema to the version `to`. Raises SettingsError; then everything is as it was.

    On PostgreSQL nobody else writes meanwhile. Where a table is to be changed that somebody reads who waits
    for another one that is changed already, the database breaks that circle; then it is done without readers.
    """
    try:
        try:
            _migrate(engine, to, patience, _FOR_READERS)
        except OperationalError as error:
            if code_of(error) != DEADLOCK:
                raise
            _migrate(engine, to, patience, _FOR_NOBODY)
    except DBAPIError as error:
        words = _in_words(error, patience)
        if words is None:
            raise
        raise SettingsError(f"{words} Nothing was changed.") from None


# Helpers, in the order in which they are called.


def _migrate(engine: Engine, to: str, patience: float, mode: str) -> None:
    with _alone(engine, patience, mode) as connection:
        config = _alembic()
        config.attributes["connection"] = connection
        command.upgrade(config, to)


@contextmanager
def _alone(engine: Engine, patience: float, mode: str) -> Iterator[Connection]:
    """A transaction in which nobody else migrates, nor writes."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            with _unbound(connection), connection.begin():
                yield connection
                _refuse_loose_ends(connection)
            return
        with connection.begin():
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            _take_all_tables(connection, patience, mode)
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(patience * 1000)}")
            yield connection


def _take_all_tables(connection: Connection, patience: float, mode: str) -> None:
    """All of them before the first is changed. Taken one by one as each migration needs them, the second is
    in the hands of somebody who waits for the first: whoever moves a case writes several. They are waited for
    a moment at a time, so that others do not stand still while somebody has one of them in hand for long."""
    from models.schema import metadata  # here, as that reads all modules of this package, this one too

    known = inspect(connection).get_table_names()
    names = sorted({*known} & {*metadata.tables})  # those of other programs may be beside them
    end = time.monotonic() + patience
    while names:
        try:
            with connection.begin_nested():
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(min(_TRY, patience) * 1000)}")
                connection.exec_driver_sql(f"LOCK TABLE {', '.join(names)} IN {mode} MODE")
            return
        except OperationalError as error:
            if not code_of(error).startswith(IN_USE) or time.monotonic() > end:
                raise
        time.sleep(_TRY / 2)


def _in_words(error: DBAPIError, patience: float) -> str | None:
    """What whoever runs the upgrade can mend; None: the program is wrong."""
    if is_away(error):
        return "The database broke off: run `python app.py db upgrade` again."
    why, code = str(error.orig).strip().split("\n")[0], code_of(error)
    if code.startswith(IN_USE):
        return (
            f"The database is too busy: a table was in use for {patience:g} s. Run `python app.py db "
            "upgrade` again, best in a quiet minute."
        )
    hint = next((hint for codes, hint in _HINTS if code.startswith(codes)), None)
    return None if hint is None else f"The database can't be upgraded: {why}. {hint}"


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
