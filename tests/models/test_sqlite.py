"""SQLite as one process group needs it: each setting by what would go wrong without it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import IntegrityError
from structlog.testing import capture_logs

from bot.clock import Clock, Job
from bot.sources import Batch
from models.database import Database
from models.employee import Employee
from models.event import Event
from models.mention import Mention
from models.outbox import Outbox, put
from tests.databases import copy_migrated
from tests.people import ANA, NOON, post
from tests.slack import eventually


@pytest.fixture
def db(tmp_path):
    copy_migrated(tmp_path / "test.db")
    database = Database(f"sqlite:///{tmp_path / 'test.db'}")
    yield database
    database.close()


def names(session):
    return sorted(session.scalars(select(Employee.name)))


def test_a_reader_does_not_hold_up_who_writes(db):
    """The write-ahead log: with a rollback journal the writer waits for all who read, here for ever."""
    with db.reading() as session:
        assert names(session) == []
        with db.transaction() as writing:
            writing.add(Employee(id="U1", name="Ana", seen_at=NOON))
        assert names(session) == []  # its look is of one moment
    with db.reading() as session:
        assert names(session) == ["Ana"]


def test_a_second_writer_waits_for_its_turn(db):
    """Busy timeout, and a write lock from the beginning: else the second is refused, or finds what it read
    changed under it."""
    begun = threading.Event()

    def second():
        begun.set()
        with db.transaction() as session:
            count = session.scalar(select(func.count(Employee.id))) or 0
            session.add(Employee(id=f"U{count + 1}", name=f"number {count + 1}", seen_at=NOON))

    with ThreadPoolExecutor(1) as pool:
        with db.transaction() as session:
            session.add(Employee(id="U1", name="number 1", seen_at=NOON))
            session.flush()
            waiting = pool.submit(second)
            assert begun.wait(10)
            with pytest.raises(TimeoutError):
                waiting.result(0.05)
        waiting.result(20)
    with db.reading() as session:
        assert names(session) == ["number 1", "number 2"]


def test_many_writers_that_read_first_lose_nothing(db):
    def count_up(_):
        with db.transaction() as session:
            put(session, "card:1", kind="card", channel="mentions", at=NOON, subject=1)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count_up, range(40)))
    with db.reading() as session:
        assert session.scalars(select(Outbox.version)).all() == [40]


def test_a_row_can_not_refer_to_what_is_not_there(db):
    with pytest.raises(IntegrityError, match="FOREIGN KEY"), db.transaction() as session:
        session.add(Event(case_id=999, at=NOON, actor="U1", what="open"))


def test_every_connection_has_the_settings(db):
    wanted = {"journal_mode": "wal", "busy_timeout": 30000, "foreign_keys": 1, "synchronous": 2}
    connections = [db.engine.connect() for _ in range(3)]
    for connection in connections:
        had = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}
        assert had == wanted
        connection.close()


# A full disk.


class Once(SimpleNamespace):
    """A source with these posts, until its cursor says that they were taken."""

    name, every = "once", 60.0

    def fetch(self, since):
        return Batch([] if since else self.posts, cursor={"taken": True})


def limit(db, pages):
    """The database may have so many pages: what SQLite says then is what it says on a full disk."""
    db.engine.dispose()
    with db.engine.connect() as connection:
        used = connection.exec_driver_sql("PRAGMA page_count").scalar()

    def on_connect(connection, _record):
        connection.execute(f"PRAGMA max_page_count = {used + pages}")

    db.engine.dispose()
    event.listen(db.engine, "connect", on_connect)

    def make_room():
        event.remove(db.engine, "connect", on_connect)
        db.engine.dispose()

    return make_room


def test_on_a_full_disk_nothing_is_lost_and_it_goes_on_when_there_is_room(db, office, listener, desk):
    listener.take("test", Batch([post()]))
    more = Once(posts=[post("My Tindra leaks. " + "What a mess! " * 80, author=f"a{n}") for n in range(60)])
    make_room = limit(db, pages=4)

    with capture_logs() as said:
        assert listener.poll(more) is None
    [line] = [one for one in said if one["log_level"] == "error"]
    assert line["event"].startswith("The disk under the database is full: nothing new is stored until")
    assert "exc_info" not in line
    with db.reading() as session:
        assert session.scalar(select(func.count(Mention.id))) == 1
    assert desk.view(1).case.stage == "waiting"  # reading goes on

    make_room()
    for _ in range(2):
        listener.poll(more)
    with db.reading() as session:
        assert session.scalar(select(func.count(Mention.id))) == 61
        assert session.scalar(select(func.count(Outbox.id)).where(Outbox.kind == "card")) == 61
    assert desk.claim(1, by=ANA).case.owner == ANA


def test_a_job_on_a_full_disk_says_so_and_runs_again_at_its_next_turn(db):
    make_room, done, ran = limit(db, pages=0), threading.Event(), threading.Event()

    def work():
        ran.set()
        with db.transaction() as session:
            session.add_all(Employee(id=f"U{n}", name="x" * 120, seen_at=NOON) for n in range(200))
        done.set()

    with capture_logs() as said:
        clock = Clock([Job("work", 0.05, work, everywhere=True)])
        clock.start()
        try:
            assert ran.wait(20)
            assert eventually(lambda: [one for one in said if one.get("job") == "work"])
            make_room()
            assert done.wait(20)
        finally:
            clock.stop()
    assert {one["event"][:36] for one in said} == {"The disk under the database is full:"}
