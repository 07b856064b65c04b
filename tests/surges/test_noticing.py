"""A surge begins, grows and is over: one row, one alarm, whoever counts."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import select

from bot.surges.crisis import Crises
from bot.surges.noticing import Surges
from models.outbox import Outbox
from models.source_state import SourceState
from models.surge import NO_SURGE, USUAL, Surge
from tests.people import GRY


def found(db):
    with db.reading() as session:
        return list(session.scalars(select(Surge).order_by(Surge.id)))


def sent(db, begins):
    with db.reading() as session:
        keys = session.scalars(select(Outbox.key).where(Outbox.key.startswith(begins)).order_by(Outbox.id))
        return list(keys)


def test_seven_people_in_a_quarter_of_an_hour_where_there_are_none_are_an_alarm(surges, known, writes, db):
    writes(6)
    assert surges.look() == 0
    writes(1)
    assert surges.look() == 1
    [surge] = found(db)
    assert (surge.brand, surge.topic, surge.latest, surge.usual) == ("Tindra", "leak", 7, 0.0)
    assert sent(db, "surge") == ["surge:1", "surge_chart:1:1"]


def test_one_person_who_writes_ten_posts_is_one(surges, known, writes):
    writes(10, author="mia_j")
    assert surges.look() == 0


def test_what_comes_each_week_at_this_hour_is_usual(surges, known, writes, clock):
    for week in (1, 2, 3, 4, 5, 6):
        writes(24, at=clock.now - timedelta(weeks=week, minutes=10))
    writes(8)
    assert surges.look() == 0


def test_one_earlier_surge_does_not_become_usual(surges, known, writes, clock):
    writes(60, at=clock.now - timedelta(weeks=1, minutes=10))
    writes(8)
    assert surges.look() == 1


def test_many_who_write_about_nothing_in_particular_are_a_surge_of_the_brand(surges, known, writes, db):
    writes(8, "Tindra what on earth is going on over there")
    surges.look()
    assert [(one.topic, one.latest) for one in found(db)] == [(None, 8)]


def test_a_surge_of_one_topic_is_not_told_a_second_time_for_the_brand(surges, known, writes, db):
    writes(20)
    surges.look()
    surges.look()
    assert [one.topic for one in found(db)] == ["leak"]


def test_what_begins_over_all_topics_is_the_same_surge_when_it_turns_out_to_be_about_one(
    surges, known, writes, clock, db
):
    writes(4)
    writes(4, "Tindra what on earth is going on over there")
    surges.look()
    clock.pass_(minutes=2)
    writes(6)
    assert surges.look() == 1
    assert [(one.topic, one.alarms, one.latest) for one in found(db)] == [("leak", 1, 10)]


def test_a_surge_is_over_when_it_was_as_usual_for_half_an_hour(surges, known, writes, clock, db):
    writes(10)
    surges.look()
    clock.pass_(minutes=20)
    assert surges.look() == 1
    clock.pass_(minutes=29)
    assert surges.look() == 1
    clock.pass_(minutes=1)
    assert surges.look() == 0
    [surge] = found(db)
    assert (surge.ended_because, surge.peak) == (USUAL, 10)
    assert sent(db, "surge_chart") == ["surge_chart:1:1", "surge_chart:1:end"]


def test_a_second_alarm_comes_only_when_it_has_doubled(surges, known, writes, clock, db):
    writes(8)
    surges.look()
    clock.pass_(minutes=1)
    writes(7)
    surges.look()
    assert sent(db, "notice:surge") == []
    writes(1)
    clock.pass_(minutes=1)
    surges.look()
    surges.look()
    assert sent(db, "notice:surge") == ["notice:surge:1:again:2"]


def test_a_source_that_is_connected_for_the_first_time_is_no_surge(surges, known, writes, db):
    """Whatever it brings at once, and however much it goes on bringing."""
    writes(40, by="x-mentions")
    assert surges.look() == 0
    writes(7)
    assert surges.look() == 1  # what is known already is still heard
    assert [one.latest for one in found(db)] == [7]


def test_while_no_source_is_known_for_two_weeks_there_is_silence(surges, writes, clock):
    writes(1, "The Tindra manual is missing", at=clock.now - timedelta(days=13))
    writes(50)
    assert surges.look() == 0
    clock.pass_(days=2)
    writes(50)
    assert surges.look() == 1


def test_a_source_that_catches_up_after_a_break_is_no_surge(surges, known, writes, listener, clock):
    """Two hours' posts come at once; by when they were written there were never many."""
    for minutes in range(120, 0, -5):
        when = clock.now - timedelta(minutes=minutes)
        writes(1, created_at=when)
    assert surges.look() == 0


def test_a_surge_within_a_break_is_not_told_when_it_is_over(surges, known, writes, clock):
    writes(50, created_at=clock.now - timedelta(minutes=40))
    assert surges.look() == 0


def test_while_a_source_can_not_be_read_nothing_is_over(surges, known, writes, clock, db):
    writes(10)
    surges.look()
    with db.transaction() as session:
        session.get_one(SourceState, "x-search").failing_since = clock.now
    clock.pass_(hours=2)
    assert surges.look() == 1
    with db.transaction() as session:
        session.get_one(SourceState, "x-search").failing_since = None
    surges.look()
    clock.pass_(minutes=31)
    assert surges.look() == 0


def test_posts_that_are_dated_ahead_of_our_clock_count_when_they_are_heard(surges, known, writes, clock):
    writes(9, created_at=clock.now + timedelta(minutes=20))
    assert surges.look() == 1
    clock.pass_(minutes=25)
    surges.look()
    clock.pass_(minutes=30)
    assert surges.look() == 0


def test_a_source_that_nobody_reads_any_more_holds_nothing_up(surges, known, writes, clock, db):
    writes(10)
    surges.look()
    with db.transaction() as session:
        session.get_one(SourceState, "x-search").failing_since = clock.now - timedelta(days=3)
    for _ in range(3):
        clock.pass_(minutes=30)
        surges.look()
    assert surges.look() == 0


def test_posts_that_were_set_aside_do_not_count(surges, known, writes):
    writes(5)
    writes(20, "Win a Tindra that leaks! Giveaway, follow and retweet bit.ly/x")
    writes(20, "RT @mia: My Tindra leaks", repost=True)
    assert surges.look() == 0


def test_of_several_processes_that_count_at_once_one_raises_the_alarm(surges, known, writes, office, db):
    writes(10)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: Surges(office).look(), range(4)))
    [one] = found(db)  # its number may be a higher one: who came second had taken one too
    assert sent(db, "surge") == [f"surge:{one.id}", f"surge_chart:{one.id}:1"]


def test_what_a_lead_calls_no_surge_is_silent_for_hours_unless_it_doubles(surges, known, writes, clock, db):
    writes(10)
    surges.look()
    Crises(surges.office).no_surge(1, by=GRY)
    clock.pass_(minutes=1)
    writes(9)
    assert surges.look() == 0
    writes(1)
    assert surges.look() == 1
    assert [one.ended_because for one in found(db)] == [NO_SURGE, None]


def test_a_surge_that_was_counted_by_a_clock_that_was_ahead_comes_to_its_end(
    surges, known, writes, clock, db
):
    writes(10)
    surges.look()
    clock.pass_(hours=1)
    surges.look()
    clock.pass_(minutes=-45)
    assert surges.look() == 1
    clock.pass_(minutes=30)
    assert surges.look() == 0
    [surge] = found(db)
    assert (surge.ended_because, surge.ended_at) == (USUAL, clock.now)
