"""The ledger of what reading costs: exact, once a day for each post, and within the budget."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.blocks.home import home
from bot.doctor_cost import cost_finding
from bot.home import Homes
from bot.ledger import Ledger, ledger_lines, month_of, record
from bot.sources import Batch, Spent
from models.outbox import Outbox
from models.paid_read import PaidDay, PaidPost
from tests.people import ANA, GRY, playbook, post
from tests.slack_limits import assert_view

BUDGET = {"per_post": 0.005, "monthly": 1, "currency": "USD"}
"""200 posts."""


@pytest.fixture
def book():
    return playbook(sources={"x": {"budget": BUDGET}})


@pytest.fixture
def take(listener, clock):
    """Takes in a batch that cost something, as a source hands it over."""

    def take(count, kind="search", first=0, at=None, posts=()):
        ids = frozenset(str(number) for number in range(first, first + count))
        spent = (Spent("x", kind, at or clock(), ids),) if ids else ()
        return listener.take(f"x-{kind}", Batch(list(posts), {"n": first}, spent=spent))

    return take


def month(office):
    with office.db.reading() as session:
        return month_of(session, office.playbook, office.clock())


def days(office):
    with office.db.reading() as session:
        rows = session.scalars(select(PaidDay).order_by(PaidDay.day, PaidDay.kind))
        return [(f"{row.day:%m-%d}", row.kind, row.posts, row.micros) for row in rows]


def told(office):
    with office.db.reading() as session:
        rows = session.scalars(select(Outbox).where(Outbox.channel == "care-leads").order_by(Outbox.id))
        return [row.payload["text"] for row in rows]


def test_each_post_is_counted_once_a_day_by_whatever_it_was_read(office, take, clock):
    take(10)
    take(10, first=5)  # five of them again
    take(12, kind="mentions", first=5)  # ten of them again
    assert days(office) == [("03-10", "mentions", 2, 10_000), ("03-10", "search", 15, 75_000)]
    clock.pass_(hours=24)
    take(3, kind="recheck")
    assert days(office)[-1] == ("03-11", "recheck", 3, 15_000)
    assert str(month(office)) == "20 posts read in March, about USD 0.10 of 1.00 (10 %)"


def test_a_post_counts_on_the_day_on_which_it_was_read(office, take, clock):
    take(1, kind="stream", at=datetime(2026, 3, 9, 23, 59, 59, tzinfo=UTC))
    take(1, kind="stream")
    assert [(day, posts) for day, _, posts, _ in days(office)] == [("03-09", 1), ("03-10", 1)]


def test_what_was_read_is_counted_with_what_was_stored_or_not_at_all(office, listener, clock):
    broken = post("Tindra leaks", metrics={"likes": object()})
    spent = (Spent("x", "search", clock(), frozenset({"1"})),)
    with pytest.raises(Exception, match="object"):
        listener.take("x-search", Batch([broken], {"n": 1}, spent=spent))
    assert days(office) == []
    listener.take("x-search", Batch([post("Tindra leaks")], {"n": 1}, spent=spent))
    assert days(office) == [("03-10", "search", 1, 5_000)]


def test_two_that_read_the_same_posts_at_once_count_them_once(office, clock):
    ids = frozenset(str(number) for number in range(600))
    ready = threading.Barrier(2)
    failures: list[Exception] = []

    def read(kind):
        ready.wait()
        try:
            spent = [Spent("x", kind, clock(), ids)]
            office.transact(lambda session: record(office, session, spent))
        except Exception as error:  # noqa: BLE001
            failures.append(error)

    both = [threading.Thread(target=read, args=(kind,)) for kind in ("search", "mentions")]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert failures == []
    assert month(office).posts == 600


def test_what_was_paid_for_is_remembered_for_days_and_not_for_ever(office, take, clock):
    for _ in range(6):
        take(4)
        clock.pass_(hours=24)
    with office.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(PaidPost)) == 12
    assert month(office).posts == 24


def test_leads_are_told_once_at_80_and_once_at_100_per_cent(office, take, clock):
    take(159)
    assert told(office) == []
    take(1, first=159)
    [near] = told(office)
    assert near.startswith(":money_with_wings: X: 160 posts read in March, about USD 0.80 of 1.00 (80 %).")
    take(10, first=160)
    assert len(told(office)) == 1
    assert Ledger(office).left() == 30
    take(35, first=170)
    assert Ledger(office).left() == 0
    [_, used] = told(office)
    assert "only direct mentions are read until the month ends" in used
    take(5, first=205, kind="mentions")
    assert len(told(office)) == 2


def test_a_jump_over_both_marks_is_told_once(office, take):
    take(200)
    assert len(told(office)) == 1
    assert "only direct mentions are read" in told(office)[0]


def test_a_new_month_has_its_own_budget(office, take, clock):
    take(200)
    clock.now = datetime(2026, 4, 1, 0, 0, tzinfo=UTC)
    assert Ledger(office).left() == 200
    take(170)
    assert str(month(office)).startswith("170 posts read in April")
    assert len(told(office)) == 2


def test_without_a_budget_posts_are_counted_only(office, take):
    free = playbook(sources={"x": {}})
    object.__setattr__(office, "playbook", free)
    take(1_000)
    assert Ledger(office).left() is None
    assert told(office) == []
    assert str(month(office)) == "1,000 posts read in March"
    [finding] = cost_finding(office)
    assert (finding.state, finding.words) == (
        "note",
        "1,000 posts read in March; no bound: sources.x.budget in the playbook sets one",
    )


@pytest.mark.parametrize(
    ("budget", "left"),
    [({"monthly": 0}, 0), ({"per_post": 0, "monthly": 5}, None), ({"per_post": 0.01}, None)],
)
def test_odd_budgets(office, budget, left, take):
    object.__setattr__(office, "playbook", playbook(sources={"x": {"budget": budget}}))
    take(2)
    assert Ledger(office).left() == left
    assert str(month(office))


def test_the_doctor_and_the_terminal_say_what_was_read(office, take):
    take(100)
    [fine] = cost_finding(office)
    assert (fine.state, fine.words) == ("ok", "100 posts read in March, about USD 0.50 of 1.00 (50 %)")
    take(100, kind="stream", first=100)
    [bad] = cost_finding(office)
    assert bad.state == "bad"
    assert "only direct mentions are read until the month ends" in bad.words
    with office.db.reading() as session:
        lines = list(ledger_lines(session, office.playbook, office.clock()))
    assert lines == [
        "2026-03-10  search         100 posts  USD 0.50",
        "2026-03-10  stream         100 posts  USD 0.50",
        "X: 200 posts read in March, about USD 1.00 of 1.00 (100 %)",
    ]


def test_a_leads_home_has_it_in_one_line_and_others_homes_have_not(office, take):
    take(100)
    homes = Homes(office)
    with office.db.reading() as session:
        blocks = home(homes.view(session, GRY))
        others = home(homes.view(session, ANA))
    assert_view({"type": "home", "blocks": blocks})
    assert "X: 100 posts read in March, about USD 0.50 of 1.00 (50 %)" in str(blocks)
    assert "USD" not in str(others)


def test_where_x_is_not_read_nothing_is_said(office, tmp_path: Path):
    object.__setattr__(office, "playbook", playbook())
    assert list(cost_finding(office)) == []
    with office.db.reading() as session:
        assert "posts read" not in str(home(Homes(office).view(session, GRY)))
