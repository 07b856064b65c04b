"""Which posts are looked at again, and when: as rarely as it takes, and when it costs least."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.listening import Listener
from bot.rechecking import Rechecking
from bot.sources import Batch, Spent
from bot.sources.x_client import build_x_client
from bot.sources.x_recheck import XRecheck
from models.mention import Mention
from tests.far_network import far_network
from tests.people import ANA, playbook, post
from tests.sources.conftest import brand, tweet
from tests.sources.test_x_recheck import TWEETS, missing

MORNING = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
LAST_HOUR = datetime(2026, 3, 10, 23, 20, tzinfo=UTC)
ID = 1_900_000_000_000_000_000


@pytest.fixture
def book():
    budget = {"per_post": 0.005, "monthly": 1}
    return playbook(sources={"x": {"budget": budget, "recheck": {"every": "7d", "within": "30d"}}})


@pytest.fixture
def heard(listener, office, clock):
    """A post that search brought, and that was paid for; `at` is now."""

    def heard(n=0, text="My Tindra leaks", at=None, **more):
        clock.now = at or clock.now
        one = post(text, external_id=str(ID + n), author=f"a{n}", created_at=clock.now, **more)
        spent = (Spent("x", "search", clock.now, frozenset({one.external_id})),)
        listener.take("x-search", Batch([one], spent=spent))
        with office.db.reading() as session:
            return session.query(Mention).filter_by(external_id=one.external_id).one()

    return heard


@pytest.fixture
def due(office):
    return lambda most=100: [int(one) - ID for one in Rechecking(office).due(most)]


def look(office, listener, *numbers):
    """They were looked at, and paid for."""
    ids = frozenset(str(ID + n) for n in numbers)
    spent = (Spent("x", "recheck", office.clock(), ids),)
    listener.take("x-recheck", Batch([], spent=spent, looked_for=tuple(("x", one) for one in ids)))


def test_posts_of_open_cases_are_due_each_hour_and_closed_ones_in_the_last_hour_of_the_day(
    heard, due, desk, clock, office, listener
):
    heard(1, at=MORNING)
    closed = heard(2)
    desk.dismiss(closed.case_id, by=ANA, because="no_reply")
    assert due() == [1]
    look(office, listener, 1)
    assert due() == []
    clock.pass_(minutes=59)
    assert due() == []
    clock.pass_(minutes=1)
    assert due() == [1]
    clock.now = LAST_HOUR
    assert sorted(due()) == [1, 2]
    look(office, listener, 1, 2)
    assert due() == []


def test_later_looks_at_closed_cases_follow_the_playbook(heard, due, desk, clock, office, listener):
    closed = heard(1, at=LAST_HOUR)
    desk.dismiss(closed.case_id, by=ANA, because="no_reply")
    look(office, listener, 1)
    days = [day for day in range(1, 40) if _due_after(day, due, clock, office, listener)]
    assert days == [7, 14, 21, 28]


def _due_after(day, due, clock, office, listener):
    clock.now = LAST_HOUR + timedelta(days=day)
    found = due()
    if found:
        look(office, listener, *found)
    return found


def test_a_used_budget_leaves_only_what_was_paid_for_today(heard, due, clock, office, listener):
    heard(1, at=MORNING)
    clock.pass_(hours=24)
    heard(2)
    listener.take(
        "x-search", Batch([], spent=(Spent("x", "search", clock(), frozenset(map(str, range(300)))),))
    )
    assert due() == [2]


def test_no_more_are_looked_at_than_the_budget_pays(heard, due, clock, office, listener):
    for n in range(5):
        heard(n, at=MORNING)
    clock.pass_(hours=24)
    spent = Spent("x", "search", clock(), frozenset(map(str, range(193))))  # and 5 before: 2 are left
    listener.take("x-search", Batch([], spent=(spent,)))
    assert len(due()) == 2


def test_open_cases_come_first_and_then_what_was_looked_at_longest_ago(
    heard, due, desk, clock, office, listener
):
    for n in range(4):
        mention = heard(n, at=MORNING)
        if n < 3:
            desk.dismiss(mention.case_id, by=ANA, because="no_reply")
    look(office, listener, 0)
    clock.now = LAST_HOUR + timedelta(days=7)
    look(office, listener, 1)
    clock.now = LAST_HOUR + timedelta(days=14)
    assert due(3) == [3, 2, 0]


def test_what_is_gone_replayed_or_no_post_of_x_is_not_looked_at(heard, due, listener, clock):
    heard(1, at=MORNING)
    listener.take("replay", Batch([post("My Tindra leaks", external_id=str(ID + 2))]))
    listener.take("x-search", Batch([post("My Tindra leaks", external_id="abc")]))
    listener.take("forum", Batch([post("My Tindra leaks", external_id=str(ID + 3), source="rss")]))
    assert due() == [1]


def test_without_a_recheck_nothing_is_due(heard, due, office):
    heard(1, at=MORNING)
    object.__setattr__(office, "playbook", playbook(sources={"x": {"recheck": None}}))
    assert due() == []
    object.__setattr__(office, "playbook", playbook())
    assert due() == []


def test_from_x_to_the_case_a_deleted_post_goes_and_an_edited_one_changes(
    office, listener: Listener, clock, desk
):
    clock.now = MORNING
    deleted, edited, newer = (tweet(clock.now, n, text=f"@Tindra my lamp {n} leaks") for n in range(3))
    history = {"edit_history_tweet_ids": [edited["id"], newer["id"]]}
    newer = newer | history | {"text": "@Tindra my lamp leaks, call 20 34 56 78"}
    posts = [
        post(row["text"], external_id=row["id"], author=f"a{n}") for n, row in enumerate((deleted, edited))
    ]
    listener.take("x-search", Batch(posts))
    desk.claim(2, by=ANA)
    with far_network() as network:
        network.answer(TWEETS, {"data": [edited | history], "errors": [missing(deleted["id"])]})
        network.answer(TWEETS, {"data": [newer]})
        client = build_x_client("token", api_url=network.url)
        source = XRecheck(client, [brand()], clock, Rechecking(office).due)
        clock.pass_(hours=1)
        listener.poll(source)
    with office.db.reading() as session:
        first, second = session.query(Mention).order_by(Mention.id)
    assert (first.gone_because, first.text) == ("deleted", "")
    assert (second.external_id, second.text) == (newer["id"], newer["text"])
    assert second.edited_at is not None
    assert second.personal_data == ["20 34 56 78"]
    assert second.checked_at == clock()
