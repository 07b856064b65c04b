"""A connection to PostgreSQL is cut, or it is away: what was stored is certain, and told in one line."""

from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event, make_url, select, text
from structlog.testing import capture_logs

from bot.clock import Clock, Job
from bot.desk import Desk
from bot.listening import Listener
from bot.office import Office
from bot.once import carrying_out
from bot.sources import Batch
from models.database import Database
from models.employee import Employee
from models.errors import DatabaseAway, OutcomeUnknown
from models.event import Event
from models.reaching import AT_START, Reaching, await_server
from tests.people import ANA, NOON, post
from tests.relay import Relay
from tests.sifters import sifter_of
from tests.slack import eventually

RETURNS = "the database answers again"
SOCKET = ".s.PGSQL.5432"


@pytest.fixture
def relay(postgres):
    relay = Relay(postgres())
    yield relay
    relay.close()


@pytest.fixture
def db(relay):
    database = Database(relay.url)
    with database.reading() as session:
        session.scalar(select(1))  # it answered once
    yield database
    database.close()


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr("models.reaching.PATIENCE", 0.0)


class Work:
    """Stores one row, and counts how often it was run. `meanwhile` happens in the first run."""

    def __init__(self, meanwhile=lambda: None):
        self.runs, self._meanwhile = 0, meanwhile

    def __call__(self, session):
        self.runs += 1
        session.add(Employee(id=f"U{self.runs}", name="Ana", seen_at=NOON))
        session.flush()
        if self.runs == 1:
            self._meanwhile()
        return f"run {self.runs}"


def stored(db):
    with db.reading() as session:
        return list(session.scalars(select(Employee.id)))


def at_the_next_commit(db, do):
    """Just before COMMIT is sent."""

    event.listen(db.engine, "commit", lambda _connection: do(), once=True)


def test_a_transaction_that_was_cut_is_run_again(db, relay):
    work = Work(meanwhile=relay.cut)
    assert db.once(work) == "run 2"
    assert stored(db) == ["U2"]


def test_a_transaction_that_the_server_ended_is_run_again(postgres):
    address = postgres()
    db, pids = Database(address), list[int]()

    def end_it():
        with psycopg.connect(address, autocommit=True) as admin:
            admin.execute("SELECT pg_terminate_backend(%s)", (pids[0],))

    work = Work(meanwhile=end_it)

    def told(session):
        pids.append(session.scalar(text("SELECT pg_backend_pid()")))
        return work(session)

    assert db.once(told) == "run 2"
    assert stored(db) == ["U2"]
    db.close()


def test_a_commit_that_never_arrived_is_run_again(db, relay):
    work = Work(meanwhile=lambda: at_the_next_commit(db, relay.cut))
    assert db.once(work) == "run 2"
    assert stored(db) == ["U2"]


def test_a_commit_whose_answer_was_lost_is_not_run_again(db, relay):
    def lose():
        relay.answers_to_lose = 1

    work = Work(meanwhile=lose)
    assert db.once(work) == "run 1"
    assert (work.runs, stored(db)) == (1, ["U1"])


def test_what_became_of_a_commit_is_said_to_be_unknown_where_nobody_tells(db, relay, impatient):
    work = Work(meanwhile=lambda: at_the_next_commit(db, relay.close))
    with pytest.raises(OutcomeUnknown):
        db.once(work)
    assert work.runs == 1
    relay.open_again()
    assert stored(db) == []


def test_a_connection_that_was_cut_while_nobody_used_it_is_replaced_unseen(db, relay):
    relay.cut()
    with db.reading() as session:
        assert session.scalar(select(1)) == 1


def test_a_look_whose_connection_is_cut_says_that_the_database_is_away(db, relay):
    def look_twice():
        with db.reading() as session:
            session.scalar(select(1))
            relay.cut()
            session.scalar(select(1))

    with pytest.raises(DatabaseAway):
        look_twice()


def test_a_restart_is_waited_out(db, relay):
    dialect, where = db.engine.dialect, db.engine.dialect.create_connect_args(db.engine.url)
    reaching = Reaching(monotonic=lambda: 0.0, pause=lambda _seconds: relay.open_again())
    reaching(dialect, None, *where).close()
    relay.close()
    with capture_logs() as said:
        reaching(dialect, None, *where).close()
    assert said == []


def test_an_address_where_nobody_ever_answered_is_not_waited_for(postgres, monkeypatch):
    monkeypatch.setattr("models.reaching.PATIENCE", 3600.0)
    relay = Relay(postgres())
    relay.close()
    with pytest.raises(DatabaseAway):
        stored(Database(relay.url))


class Later:
    """A PostgreSQL that is not there before it is started, and then answers at `url`."""

    def __init__(self, address, folder):
        self._real = Path(str(make_url(address).query["host"]))
        self._here = folder
        self.url = make_url(address).set(query={"host": str(folder)})

    def start(self):
        (self._here / SOCKET).symlink_to(self._real / SOCKET)


@pytest.fixture
def later(postgres, tmp_path):
    return Later(postgres(), tmp_path)


def test_a_start_waits_for_a_database_that_starts_later_and_says_so_once(later):
    waits = []

    def pause(seconds):
        waits.append(seconds)
        if len(waits) == 3:
            later.start()

    with capture_logs() as said:
        await_server(later.url, pause=pause)
    assert len(waits) == 3
    assert [line["event"] for line in said] == ["waiting for the database to answer"]


def test_a_start_does_not_wait_for_ever(later):
    now = [0.0]

    def pause(seconds):
        now[0] += seconds

    await_server(later.url, monotonic=lambda: now[0], pause=pause)
    assert now[0] == AT_START


@pytest.mark.parametrize("wrong", [{"database": "nope"}, {"username": "nobody"}], ids=str)
def test_a_start_does_not_wait_for_a_database_that_says_no(postgres, wrong):
    def pause(_seconds):
        raise AssertionError("it waits")

    await_server(make_url(postgres()).set(**wrong), pause=pause)


def test_a_claim_cut_during_its_commit_is_on_record_once(db, relay, book, clock):
    office = Office(db, book, clock, lambda: None)
    Listener(office, sifter_of(book)).take("test", Batch([post()]))
    relay.answers_to_lose = 1
    with carrying_out(db, "1.2"):
        view = Desk(office).claim(1, by=ANA)
    assert view.case.owner == ANA
    with db.reading() as session:
        assert session.scalars(select(Event.what).where(Event.actor == ANA)).all() == ["claim"]


def test_while_the_database_is_away_all_jobs_together_say_so_once(db, relay, impatient):
    runs = [0, 0]

    def job(number):
        def run():
            runs[number] += 1
            stored(db)

        return run

    with capture_logs() as said:
        clock = Clock([Job(str(n), 0.01, job(n), everywhere=True) for n in range(2)])
        clock.start()
        try:
            eventually(lambda: min(runs) >= 2)
            relay.close()
            before = list(runs)
            eventually(lambda: min(runs) >= max(before) + 3)
            relay.open_again()
            eventually(lambda: any(line["event"] == RETURNS for line in said))
        finally:
            clock.stop()
    loud = [line for line in said if line["log_level"] != "debug"]
    assert [line["event"] for line in loud] == ["the database does not answer", RETURNS]
    assert not any("exc_info" in line for line in said)
