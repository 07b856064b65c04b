"""The lock that says which clock leads: on PostgreSQL of a session, on SQLite of a process."""

import subprocess
import sys

import psycopg
import pytest

from config.settings import ROOT
from models import leader
from models.database import Database
from models.leader import FileLock, leader_lock
from tests.slack import eventually

HOLDER = """
import sys, time
from models.database import Database
from models.leader import leader_lock
lock = leader_lock(Database(sys.argv[1]))
print(lock.hold(), flush=True)
time.sleep(60)
"""


@pytest.fixture
def locks(db, database_url):
    """Two who want to lead."""
    other = Database(database_url)
    both = leader_lock(db), leader_lock(other)
    yield both
    for lock in both:
        lock.release()
    other.close()


def test_of_two_one_leads_and_the_other_once_it_lets_go(locks):
    first, second = locks
    assert (first.hold(), second.hold()) == (True, False)
    assert (first.hold(), second.hold()) == (True, False)
    first.release()
    assert (second.hold(), first.hold()) == (True, False)


def test_letting_go_of_what_one_does_not_have_takes_it_from_nobody(locks):
    first, second = locks
    assert first.hold()
    assert not second.hold()
    second.release()
    assert not second.hold()
    assert first.hold()


def test_a_process_that_is_killed_leads_no_more(database_url, locks):
    command = [sys.executable, "-c", HOLDER, database_url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == b"True\n"
            assert not locks[0].hold()
        finally:
            holder.kill()
        eventually(locks[0].hold)


def test_a_leader_whose_connection_is_cut_hears_of_it_and_may_lead_again(postgres):
    url = postgres()
    database = Database(url)
    first, second = leader_lock(database), leader_lock(database)
    assert first.hold()
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
    eventually(second.hold)
    assert not first.hold()  # its connection is gone
    assert not first.hold()  # it has another, and the lock is taken
    second.release()
    eventually(first.hold)
    first.release()
    database.close()


def test_a_leader_of_whom_nothing_is_heard_loses_the_lock(postgres, monkeypatch):
    monkeypatch.setattr(leader, "ENDS_AFTER", 1)
    database = Database(postgres())
    silent = leader_lock(database)
    assert silent.hold()
    monkeypatch.setattr(leader, "ENDS_AFTER", 15)
    other = leader_lock(database)
    assert not other.hold()
    eventually(other.hold)  # though the connection of the first was never closed
    assert not silent.hold()
    other.release()
    silent.release()
    database.close()


def test_a_session_that_has_not_got_the_lock_any_more_says_so(postgres):
    # As behind a pooler that hands out another session, or forgets what one had.
    database = Database(postgres())
    lock = leader_lock(database)
    assert lock.hold()
    lock._connection.exec_driver_sql("SELECT pg_advisory_unlock_all()")  # type: ignore[attr-defined]
    assert not lock.hold()
    assert lock.hold()
    lock.release()
    database.close()


def test_while_the_database_does_not_answer_nobody_leads():
    lock = leader_lock(Database("postgresql://nobody@127.0.0.1:1/nothing"))
    assert not lock.hold()


def test_a_database_that_only_this_process_can_see_is_led_by_it():
    assert FileLock(":memory:").hold()
