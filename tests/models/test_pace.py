"""One row per channel or method, moved by one statement: of any number of processes one wins."""

import threading

from models.pace import Pace, begin, end, forget_old, held_names, hold, spend


def did(db, what, *values, **named):
    with db.transaction() as session:
        return what(session, *values, **named)


def test_of_several_at_once_one_is_let_in(db):
    start, won = threading.Barrier(6), []

    def try_it():
        start.wait(20)
        if did(db, begin, "to:mentions", 100.0, until=125.0) is not None:
            won.append(1)

    threads = [threading.Thread(target=try_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert won == [1]


def test_the_next_begins_when_the_one_before_is_done_and_its_pause_is_over(db):
    assert did(db, begin, "to:mentions", 100.0, until=125.0) == 0
    did(db, end, "to:mentions", 101.0, until=125.0, not_before=102.0, failures=2)
    assert did(db, begin, "to:mentions", 101.9, until=126.9) is None
    assert did(db, begin, "to:mentions", 102.0, until=127.0) == 2


def test_who_died_is_waited_for_no_longer_than_its_time(db):
    did(db, begin, "to:mentions", 100.0, until=125.0)
    assert did(db, begin, "to:mentions", 124.9, until=150.0) is None
    assert did(db, begin, "to:mentions", 125.0, until=150.0) == 0


def test_who_comes_back_too_late_does_not_end_the_turn_of_the_next(db):
    did(db, begin, "to:mentions", 100.0, until=125.0)
    did(db, begin, "to:mentions", 130.0, until=155.0)
    did(db, end, "to:mentions", 131.0, until=125.0, not_before=131.0, failures=0)
    assert did(db, begin, "to:mentions", 132.0, until=157.0) is None


def test_a_budget_lets_a_burst_through_and_then_one_at_a_time(db):
    at_once = [did(db, spend, "chat.update", 100.0, every=1.0, burst=3) for _ in range(5)]
    assert at_once == [True, True, True, True, False]
    assert [did(db, spend, "chat.update", 101.0, every=1.0, burst=3) for _ in range(2)] == [True, False]
    much_later = [did(db, spend, "chat.update", 500.0, every=1.0, burst=3) for _ in range(5)]
    assert much_later == at_once, "what was not used for long adds up to no more than a burst"


def test_the_longer_of_two_holds_counts(db):
    did(db, hold, "chat.update|mentions", 100.0, until=160.0)
    did(db, hold, "chat.update|mentions", 101.0, until=110.0)
    with db.reading() as session:
        assert held_names(session, 159.0) == {"chat.update|mentions"}
        assert held_names(session, 160.0) == set()


def test_a_clock_that_went_back_an_hour_holds_nobody(db):
    did(db, begin, "to:mentions", 3700.0, until=3725.0)
    did(db, hold, "chat.update|mentions", 3700.0, until=3760.0)
    did(db, spend, "chat.update", 3700.0, every=1.0, burst=0)
    with db.reading() as session:
        assert held_names(session, 100.0) == set()
    assert did(db, begin, "to:mentions", 100.0, until=125.0) is not None
    assert did(db, spend, "chat.update", 100.0, every=1.0, burst=0)
    did(db, hold, "chat.update|mentions", 100.0, until=105.0)
    with db.reading() as session:
        assert held_names(session, 106.0) == {"to:mentions"}


def test_names_that_hold_nobody_any_more_are_forgotten(db):
    did(db, hold, "to:old", 100.0, until=110.0)
    did(db, hold, "to:new", 100.0, until=500.0)
    did(db, forget_old, 200.0)
    with db.reading() as session:
        assert [row.name for row in session.query(Pace)] == ["to:new"]
