"""How things stand, as operators see it: the same on both kinds of database."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta

from bot.source_health import asked_to_wait, failed, was_read
from bot.sources import Batch, Busy
from bot.standing import Looking, standing_of
from models.outbox import Outbox
from tests.people import ANA, NOON, post


def look(office):
    with office.db.reading() as session:
        return standing_of(session, office, {"feeds": 60.0})


def test_cases_that_wait_are_counted_by_queue(office, desk, hear):
    hear(
        post(author="mia"),
        post(author="bo"),
        post("Min Tindra maskine er helt utæt igen og igen", author="li"),
    )
    desk.claim(1, by=ANA)
    assert look(office).waiting == {"nordic": 1, "everyone": 1}


def test_the_oldest_message_is_as_old_as_what_was_never_sent_however_often_it_was_tried(office, hear, clock):
    hear(post())
    with office.db.transaction() as session:
        session.query(Outbox).one().due_at = NOON + timedelta(minutes=5)  # as a failed try leaves it
    clock.pass_(minutes=3)
    assert (look(office).unsent, look(office).oldest) == (1, timedelta(minutes=3))


def test_what_was_sent_counts_from_when_it_is_to_be_shown_anew(office, desk, hear, clock):
    hear(post())
    with office.db.transaction() as session:
        row = session.query(Outbox).one()
        row.due_at, row.sent_at, row.sent_version = None, NOON, row.version
    assert look(office).unsent == 0
    clock.pass_(hours=1)
    desk.claim(1, by=ANA)
    clock.pass_(seconds=4)
    assert (look(office).unsent, look(office).oldest) == (1, timedelta(seconds=4))


def test_what_slack_refused_for_good_is_parked_and_waits_no_more(office, hear):
    hear(post())
    with office.db.transaction() as session:
        row = session.query(Outbox).one()
        row.due_at, row.parked_at = None, NOON
    assert (look(office).unsent, look(office).parked) == (0, 1)


def test_a_source_fails_from_its_first_failure_on(office, clock):
    assert look(office).sources["feeds"].failing_for is None
    failed(office, "feeds", "no answer")
    failed(office, "gone from the playbook", "no answer")
    clock.pass_(minutes=3)
    failed(office, "feeds", "no answer at all")
    sources = look(office).sources
    assert sources["feeds"].failing_for == timedelta(minutes=3)
    assert list(sources) == ["feeds"]


def test_a_source_is_late_when_nobody_reads_it_though_it_never_failed(office, clock):
    with office.db.transaction() as session:
        was_read(office, session, "feeds", Batch([]))
    clock.pass_(seconds=60)
    assert look(office).sources["feeds"].late == timedelta()
    clock.pass_(minutes=20)
    assert look(office).sources["feeds"].late == timedelta(minutes=20)
    asked_to_wait(office, "feeds", Busy("slow down", clock.now + timedelta(hours=1)))
    assert look(office).sources["feeds"].late == timedelta()


def test_whoever_asks_is_not_kept_waiting_for_a_database_that_hangs(office):
    release = threading.Event()

    def hang() -> datetime:
        release.wait(60)
        return NOON

    looking = Looking(replace(office, clock=hang), {}, patience=0.01)
    assert looking() is None
    assert looking() is None  # the same look, still under way: they don't pile up
    mine = [thread for thread in threading.enumerate() if thread.name == "standing"]
    release.set()
    for thread in mine:
        thread.join(10)
    assert len(mine) == 1
