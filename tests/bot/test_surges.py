"""Surges: far more about one topic than usual for this hour of the week."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.surges import Surge, surges
from models.mention import Mention
from tests.people import NOON, post


@pytest.fixture
def heard(hear, db):
    """`count` posts about leaks, stored `ago` before noon."""

    def at(count, ago):
        posts = (
            post(f"My Tindra leaks {ago} {n}", author=f"a{n}{ago.total_seconds()}") for n in range(count)
        )
        ids = [row.id for row in hear(*posts)]
        with db.transaction() as session:
            session.execute(update(Mention).where(Mention.id.in_(ids)).values(stored_at=NOON - ago))

    return at


def found(db):
    with db.reading() as session:
        return surges(session, NOON)


def test_ten_in_an_hour_where_there_are_none_is_a_surge_and_nine_are_not(heard, db):
    heard(9, timedelta(minutes=10))
    assert found(db) == []
    heard(1, timedelta(minutes=59))
    assert found(db) == [Surge("leak", 10, 0.0)]


def test_three_times_the_usual_for_this_hour_of_the_week_is_a_surge(heard, db):
    heard(12, timedelta(minutes=10))
    for week in (1, 2, 3, 4):
        heard(4, timedelta(weeks=week, minutes=30))
    assert found(db) == [Surge("leak", 12, 4.0)]
    heard(1, timedelta(weeks=1, minutes=31))
    assert found(db) == []


def test_other_hours_and_older_posts_do_not_count_as_usual(heard, db):
    heard(10, timedelta(minutes=5))
    heard(30, timedelta(hours=2))
    heard(30, timedelta(weeks=5, minutes=5))
    assert found(db) == [Surge("leak", 10, 0.0)]


def test_what_was_set_aside_is_no_surge(hear, heard, db):
    heard(9, timedelta(minutes=5))
    hear(*(post(f"Win a Tindra prize! The leaks giveaway {n} bit.ly/x", author=f"ad{n}") for n in range(5)))
    assert found(db) == []
