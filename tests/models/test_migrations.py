"""From every earlier version to the newest one, with rows in every table, on SQLite and PostgreSQL."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event, make_url, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.desk import Desk
from bot.digest import Digests
from bot.listening import Listener
from bot.office import Office
from bot.replying import Replies
from bot.sources import Batch
from config.errors import SettingsError
from models.base import Base
from models.case import Case
from models.database import Database
from models.mention import Mention
from models.migrating import migrate
from models.outbox import Outbox
from tests.models.earlier import (
    ROWS,
    contents,
    fill,
    postgres_databases,
    schema_of,
    sqlite_databases,
    versions,
)
from tests.people import ANA, GRY, Time, playbook, post
from tests.sifters import sifter_of
from tests.slack import eventually

BEGUN = {"words_unfilled"}
"""Their migration puts rows in, where there is something already."""
GOOD = "Hi Mia, I'm Ana, customer care at Tindra. Sorry about the mess! Please send us a private message."


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def earlier(request, tmp_path_factory):
    if request.param == "sqlite":
        return sqlite_databases(tmp_path_factory.mktemp("earlier"))
    return postgres_databases(request.getfixturevalue("postgres")())


@pytest.fixture
def at(earlier):
    """Opens a fresh database at a version."""
    opened = []

    def open_at(version):
        opened.append(Database(earlier.at(version)))
        return opened[-1]

    yield open_at
    for database in opened:
        database.close()
        earlier.drop(database.engine.url)


def filled(database):
    """Fills it; what it knows, and what is in it."""
    with database.engine.begin() as connection:
        schema = schema_of(connection)
        fill(connection, schema)
        return schema, contents(connection, schema)


@pytest.mark.parametrize("version", versions())
def test_upgrading_keeps_every_row_and_the_desk_goes_on_working(at, version):
    database = at(version)
    schema, before = filled(database)
    assert all(len(rows) == ROWS for rows in before.values())

    database.upgrade()

    with database.engine.connect() as connection:
        assert contents(connection, schema) == before
    everything_can_be_read(database, schema)
    a_day_at_the_desk(database)


def everything_can_be_read(database, schema):
    with database.reading() as session:
        for mapper in Base.registry.mappers:
            rows = session.scalars(select(mapper.class_)).all()
            if str(mapper.local_table) not in BEGUN - schema.tables.keys():
                known = str(mapper.local_table) in schema.tables
                assert len(rows) == (ROWS if known else 0), mapper
            for row in rows:
                assert [getattr(row, attribute.key) for attribute in mapper.column_attrs]


def a_day_at_the_desk(database):
    """Old cases go on, new ones are opened, and the lead hears of both."""
    clock, book = Time(), playbook()
    clock.pass_(hours=1)
    office = Office(database, book, clock, lambda: None)
    desk, replies, digests = Desk(office), Replies(office), Digests(office)

    again = post("Still leaking!", author="mia_j", conversation="7001", created_at=clock.now)
    new = post("My new Tindra is broken, what now?", author="new", created_at=clock.now)
    Listener(office, sifter_of(book)).take("test", Batch([again, new]))
    with database.reading() as session:
        cases = dict(session.execute(select(Mention.external_id, Mention.case_id)).all())
    number = cases[new.external_id]
    assert (cases[again.external_id], number) == (1, ROWS + 1)

    desk.claim(1, by=ANA)
    checked = replies.check(1, GOOD, by=ANA)
    assert checked.stops == []
    replies.posted_by_hand(checked.reply, by=ANA, url=None)
    for step in book.steps:
        desk.tick(1, step, by=ANA)
    desk.resolve(1, by=ANA)
    desk.claim(number, by=ANA)
    desk.release(2, by=ANA)
    desk.reopen(3, by=GRY)

    clock.pass_(days=1)
    assert digests.make_due() == 1
    with database.reading() as session:
        stages = dict(session.execute(select(Case.id, Case.stage)).all())
        keys = set(session.scalars(select(Outbox.key).where(Outbox.due_at.is_not(None))))
    assert stages == {1: "resolved", 2: "waiting", 3: "waiting", number: "claimed"}
    assert {f"card:{n}" for n in stages} | {f"digest:{GRY}:2026-03-11"} <= keys


@pytest.mark.parametrize("version", [versions()[0], *versions()[-3:]])
def test_an_older_program_still_writes_its_rows_into_the_newest_schema(at, version):
    """Old and new processes run side by side while a new version is put into service."""
    old = at(version)
    with old.engine.connect() as connection:
        known_then = schema_of(connection)
    newest = at(versions()[-1])
    with newest.engine.begin() as connection:
        fill(connection, known_then)
    everything_can_be_read(newest, known_then)


# All of it or nothing, one at a time.


def test_two_upgrades_at_once_are_one(at):
    database = at("0011")
    filled(database)
    failures = []

    def upgrade():
        other = Database(database.engine.url.render_as_string(hide_password=False))
        try:
            migrate(other.engine)
        except Exception as error:  # noqa: BLE001  # whatever it is, the test tells it
            failures.append(error)
        finally:
            other.close()

    both = [threading.Thread(target=upgrade) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert failures == []
    assert database.schema_version() == database.newest_version()


def test_an_upgrade_that_fails_on_the_way_changes_nothing(at):
    database = at("0012")
    schema, before = filled(database)
    with database.engine.begin() as connection:
        # 0013 makes this table too, after it has changed others.
        connection.exec_driver_sql("CREATE TABLE likeness_keys (mine INTEGER)")

    with pytest.raises(DBAPIError, match="likeness_keys"):
        database.upgrade()

    with database.engine.connect() as connection:
        now = schema_of(connection)
        assert contents(connection, schema) == before
    assert database.schema_version() == "0012"
    assert set(now.tables) == {*schema.tables, "likeness_keys"}
    assert "like_id" not in now.tables["cases"].columns


def test_rows_that_depend_on_others_are_still_bound_to_them_after_an_upgrade(at):
    database = at("0012")
    filled(database)
    database.upgrade()
    with database.transaction() as session, pytest.raises(IntegrityError):
        session.execute(update(Mention).values(case_id=999))


def test_an_upgrade_does_not_hold_up_a_busy_database_for_long(postgres):
    earlier = postgres_databases(postgres())
    database = Database(earlier.at("0001"))
    with database.reading() as session:
        session.execute(text("SELECT id FROM mentions"))  # a long look, as a report takes
        with pytest.raises(SettingsError, match=r"too busy: a table was in use for 0\.2 s\. .* Nothing was"):
            migrate(database.engine, patience=0.2)
    assert database.schema_version() == "0001"
    database.upgrade()
    database.close()


@pytest.mark.parametrize(
    ("version", "first", "then"),
    [
        ("0022", "UPDATE mentions SET shown = shown", "UPDATE outbox SET version = version"),
        ("0022", "UPDATE outbox SET version = version", "UPDATE mentions SET shown = shown"),
        ("0012", "SELECT id FROM mentions", "SELECT id FROM cases"),
    ],
)
@pytest.mark.parametrize("earlier", ["postgresql"], indirect=True)
def test_an_upgrade_and_a_program_at_work_do_not_wait_for_each_other_in_a_circle(at, version, first, then):
    database = at(version)
    filled(database)
    with ThreadPoolExecutor(1) as pool, database.engine.connect() as at_work:
        at_work.exec_driver_sql(first)
        upgrade = pool.submit(database.upgrade)
        eventually(lambda: upgrade.done() or somebody_waits(database))
        at_work.exec_driver_sql(then)
        at_work.commit()
        upgrade.result(30)
    assert database.schema_version() == database.newest_version()


def somebody_waits(database):
    with database.engine.connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))


def test_an_index_that_was_built_before_the_upgrade_is_taken_as_it_is(at):
    database = at("0026")
    with database.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE INDEX ix_outbox_told ON outbox (sent_at)"
            " WHERE kind = 'notice' AND due_at IS NULL AND parked_at IS NULL"
        )
    database.upgrade()
    assert database.schema_version() == database.newest_version()


def test_what_the_database_does_not_allow_is_told_with_what_to_do(postgres):
    url = make_url(postgres_databases(postgres()).at("0026"))
    owner = Database(url.render_as_string(hide_password=False))
    with owner.transaction() as session:
        for statement in (
            "DO $$ BEGIN CREATE ROLE newcomer LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
            "GRANT ALL ON ALL TABLES IN SCHEMA public TO newcomer",
            "CREATE TABLE of_another_program (number integer)",
        ):
            session.execute(text(statement))
    newcomer = Database(url.set(username="newcomer").render_as_string(hide_password=False))
    with pytest.raises(SettingsError, match=r"must be owner of table \w+\. The user in DATABASE_URL must be"):
        newcomer.upgrade()
    with owner.transaction() as session:
        session.execute(text(f"ALTER DATABASE {url.database} SET default_transaction_read_only = on"))
    owner.close()
    with pytest.raises(SettingsError, match=r"read-only transaction\. It is there to be read only"):
        owner.upgrade()
    for database in (owner, newcomer):
        assert database.schema_version() == "0026"
        database.close()


def test_a_file_that_can_only_be_read_or_is_in_use_is_told(tmp_path):
    file = tmp_path / "old.db"
    database = Database(f"sqlite:///{file}")
    migrate(database.engine, "0026")
    say(database, "PRAGMA busy_timeout=1")
    with sqlite3.connect(file) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(SettingsError, match="too busy"):
            database.upgrade()
    say(database, "PRAGMA query_only=1")
    with pytest.raises(SettingsError, match=r"readonly database\. It is there to be read only"):
        database.upgrade()
    database.close()


def say(database, pragma):
    """To each of its connections from now on."""
    database.close()
    event.listen(database.engine, "connect", lambda connection, _: connection.execute(pragma))


def test_what_refers_to_nothing_is_told_before_anything_is_changed_for_good(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'loose.db'}")
    migrate(database.engine, "0012")
    filled(database)
    with sqlite3.connect(tmp_path / "loose.db") as connection:  # a hand that did not ask for foreign keys
        connection.execute("DELETE FROM cases WHERE id = 2")

    with pytest.raises(SettingsError, match=r"can't be upgraded: row 2 of `\w+` refers to a row of `cases`"):
        database.upgrade()
    assert database.schema_version() == "0012"
    database.close()
