"""Engine, transactions and migrations, for SQLite and PostgreSQL alike."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import (
    JSON,
    BindParameter,
    ColumnElement,
    Engine,
    String,
    bindparam,
    cast,
    column,
    create_engine,
    event,
    func,
    make_url,
)
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import ORMExecuteState, Session, sessionmaker

from config.database_address import FORMS
from config.errors import SettingsError
from models.error_codes import FULL, code_of
from models.errors import DatabaseAway, NoRoom, OutcomeUnknown
from models.pooled import begin_on_leaving
from models.reaching import Reaching, await_server, is_away, transaction_number, was_committed
from models.versions import known_versions, version_of

T = TypeVar("T")
_CHANGED = "changed"
_SECRET_PARTS = ("password", "sslpassword")
"""Of an address after its ?."""


class Database:
    """Hands out transactions. Objects stay usable after commit (nothing is reloaded behind one's back)."""

    def __init__(self, url: str) -> None:
        """Connects to nothing yet. Raises SettingsError when `url` can't be the address of a database."""
        self.engine = _engine(url)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        # On SQLite a transaction that reads first and writes later can't wait for another writer, so
        # writing ones say so at their start; reading ones never wait.
        self._reading = sessionmaker(self.engine.execution_options(reading=True), expire_on_commit=False)
        event.listen(self._reading, "after_flush", _note_change)
        event.listen(self._reading, "do_orm_execute", _note_statement)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Commits at the end, or rolls back when an error leaves it. Raises NoRoom when the disk is full,
        DatabaseAway when the database broke off before the commit, OutcomeUnknown when during it."""
        with self._sessions() as session:
            with _told_plainly(DatabaseAway):
                yield session
                session.flush()
            with _told_plainly(OutcomeUnknown):
                session.commit()

    def once(self, work: Callable[[Session], T]) -> T:
        """What `work` returns, done in one transaction that takes place once: where the connection is cut, it
        is run again if it is certain that nothing was stored. Raises as `transaction` does."""
        try:
            return self._attempt(work)
        except OutcomeUnknown:
            raise
        except DatabaseAway:
            return self._attempt(work)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A consistent look; whatever is changed in it is thrown away. Raises DatabaseAway."""
        with self._reading() as session, _told_plainly(DatabaseAway):
            yield session
            if _CHANGED not in session.info:
                # After a ROLLBACK psycopg forgets all statements that it had prepared.
                session.expunge_all()
                session.commit()

    def await_it(self) -> None:
        """Waits a while for a PostgreSQL that is not there yet. Raises nothing: who asks it next hears what
        is wrong."""
        if self.engine.dialect.name == "postgresql":
            await_server(self.engine.url)

    def close(self) -> None:
        self.engine.dispose()

    # Migrations.

    def upgrade(self) -> None:
        """Brings the schema to this program's version. Raises SettingsError."""
        self._refuse_a_newer_one()
        if self.schema_version() != self.newest_version():
            from models.migrating import migrate  # here, so that only a schema that is behind loads Alembic

            migrate(self.engine)

    def refuse_another_version(self) -> None:
        """Raises SettingsError unless the schema is at this program's version."""
        self._refuse_a_newer_one()
        have, newest = self.schema_version(), self.newest_version()
        if have != newest:
            state = f"at version {have}" if have else "empty"
            raise SettingsError(
                f"The database is {state}, it should be at {newest}: `python app.py db upgrade`."
            )

    @property
    def address(self) -> str:
        """Where it is, in words that may be shown."""
        url = self.engine.url.set(drivername=self.engine.url.get_backend_name())
        return url.difference_update_query(_SECRET_PARTS).render_as_string(hide_password=True)

    def schema_version(self) -> str | None:
        """Raises SettingsError when the database does not answer."""
        try:
            with self.engine.execution_options(reading=True).connect() as connection:
                return version_of(connection)
        except DBAPIError as error:
            why = str(error.orig).strip().split("\n")[0]
            raise SettingsError(f"DATABASE_URL: {self.address} does not answer: {why}.") from None

    @staticmethod
    def newest_version() -> str:
        return known_versions()[-1]

    def _attempt(self, work: Callable[[Session], T]) -> T:
        """Raises DatabaseAway also when nothing was stored though the commit had begun."""
        number: str | None = None
        try:
            with self.transaction() as session:
                result = work(session)
                session.flush()
                if self.engine.dialect.name == "postgresql":
                    number = transaction_number(session.connection())
        except OutcomeUnknown:
            if number is None:
                return result  # there was nothing to store
            with _told_plainly(OutcomeUnknown), self.engine.connect() as connection:
                committed = was_committed(connection, number)
            if committed is None:
                raise
            if not committed:
                raise DatabaseAway from None
        return result

    def _refuse_a_newer_one(self) -> None:
        have = self.schema_version()
        if have is not None and have not in known_versions():
            raise SettingsError(
                f"The database is at version {have}, which this program does not know: it is a newer "
                "program's. Update this one, or name another database in DATABASE_URL."
            )


@contextmanager
def _told_plainly(away: type[DatabaseAway]) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if is_away(error):
            raise away from error
        if code_of(error).startswith(FULL):
            raise NoRoom from None
        raise


def _note_change(session: Session, _context: object) -> None:
    session.info[_CHANGED] = True


def _note_statement(state: ORMExecuteState) -> None:
    if not state.is_select:
        state.session.info[_CHANGED] = True


def _engine(url: str) -> Engine:
    try:
        return _engine_at(url)
    except OSError as error:  # a folder that can't be made
        raise SettingsError(f"DATABASE_URL: this address can't be used: {error}.") from None
    # A driver that is not there is an ArgumentError or ImportError, a port that is no number a ValueError, a
    # database in memory a TypeError. The address may hold a password, and so may their words.
    except (ArgumentError, ImportError, TypeError, ValueError):
        raise SettingsError(f"DATABASE_URL: this address can't be used: {FORMS}") from None


def _engine_at(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        engine = create_engine(parsed, hide_parameters=True, pool_size=20, max_overflow=20)
        event.listen(engine, "do_connect", Reaching())
        begin_on_leaving(engine)
        return engine
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        parsed, connect_args={"timeout": 30}, hide_parameters=True, pool_size=20, max_overflow=20
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions on its own
    # FULL: what was committed is told to people and to Slack, so it must outlast a power cut, too.
    for pragma in ("journal_mode=WAL", "busy_timeout=30000", "foreign_keys=ON", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def each_of(session: Session, texts: list[str]) -> ColumnElement[str]:
    """A column of these texts, as a table to select from: a statement that is the same for any number."""
    listed: BindParameter[str] = bindparam("listed", json.dumps(texts, ensure_ascii=False), unique=True)
    if session.get_bind().dialect.name == "sqlite":
        return func.json_each(listed).table_valued(column("value", String)).c.value
    return func.json_array_elements_text(cast(listed, JSON)).table_valued(column("value", String)).c.value
