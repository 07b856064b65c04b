"""Claimed and then forgotten: the owner is reminded once, and later the case is free again."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.idle import Idle
from models.case import Case
from models.outbox import Outbox
from tests.people import ANA, BO, GRY, NOON, playbook, post

RULES = {"remind_after": "4h", "release_after": "8h"}
TARGETS = {"first_response": "1h", "resolution": "1d"}


@pytest.fixture
def book():
    return playbook(idle=RULES)


@pytest.fixture
def idle(office) -> Idle:
    return Idle(office)


@pytest.fixture
def case(hear, desk) -> int:
    """Ana's, since noon."""
    number = hear(post(conversation="c1"))[0].case_id
    desk.claim(number, by=ANA)
    return number


def told(db):
    with db.reading() as session:
        rows = session.scalars(select(Outbox).where(Outbox.kind == "notice").order_by(Outbox.id)).all()
    return [(row.channel, row.payload["text"]) for row in rows]


def test_an_idle_owner_is_reminded_once(idle, case, clock, db, desk):
    clock.pass_(hours=3, minutes=59)
    assert idle.look() == 0
    clock.pass_(minutes=1)
    assert (idle.look(), idle.look()) == (1, 0)
    [(who, words)] = told(db)
    assert who == ANA
    assert f"Case {case} has waited for you since 13:00" in words  # noon in UTC is 13:00 in Copenhagen
    assert desk.view(case).case.owner == ANA


def test_what_stays_idle_is_released_with_its_history_and_told_once(idle, case, clock, db, desk):
    desk.tick(case, "helps", by=ANA)
    clock.pass_(hours=4)
    idle.look()
    clock.pass_(hours=4)
    assert (idle.look(), idle.look()) == (1, 0)
    view = desk.view(case)
    assert (view.case.stage, view.case.owner, view.case.ticked) == ("waiting", None, ["helps"])
    assert [(e.actor, e.what, e.why) for e in view.events][-1] == ("bot", "release", "idle")
    _, owner, leads = told(db)
    assert (owner[0], leads[0]) == (ANA, "care-leads")
    assert f"Case {case} waits for somebody again" in owner[1]
    assert f"<@{ANA}>" in leads[1]
    assert desk.claim(case, by=BO).case.owner == BO


def test_a_case_found_long_after_its_time_is_released_without_a_reminder_first(idle, case, clock, db, desk):
    clock.pass_(days=3)
    assert (idle.look(), idle.look()) == (1, 0)
    assert desk.view(case).case.stage == "waiting"
    assert [who for who, _ in told(db)] == [ANA, "care-leads"]


def test_acting_begins_the_count_anew_and_each_idleness_has_its_own_reminder(idle, case, clock, db, desk):
    clock.pass_(hours=4)
    assert idle.look() == 1
    desk.tick(case, "helps", by=ANA)
    clock.pass_(hours=3)
    assert idle.look() == 0
    clock.pass_(hours=1)
    assert (idle.look(), idle.look()) == (1, 0)
    assert [who for who, _ in told(db)] == [ANA, ANA]
    assert desk.view(case).case.owner == ANA


def test_whoever_gets_the_case_has_the_whole_time(idle, case, clock, db, hand_over):
    clock.pass_(hours=7)
    idle.look()
    hand_over(case, by=ANA, to=BO)
    clock.pass_(hours=3)
    assert idle.look() == 0
    clock.pass_(hours=1)
    assert idle.look() == 1
    assert told(db)[-1][0] == BO


def test_neither_the_customer_nor_a_lead_acts_for_the_owner(idle, case, clock, hear, desk):
    clock.pass_(hours=3)
    hear(post("still leaking", conversation="c1", created_at=clock.now))
    desk.tick(case, "helps", by=GRY)
    clock.pass_(hours=1)
    assert idle.look() == 1


def test_a_case_is_not_released_before_its_promise(idle, case, clock, db, desk):
    desk.promise(case, "next_step", NOON + timedelta(hours=20), by=ANA)
    clock.pass_(hours=19)
    assert (idle.look(), idle.look()) == (1, 0)  # reminded
    assert desk.view(case).case.owner == ANA
    clock.pass_(hours=1)
    assert idle.look() == 1
    assert desk.view(case).case.stage == "waiting"


def test_a_case_that_came_back_to_its_owner_counts_from_then(idle, case, clock, hear, desk):
    for step in ("helps", "introduced", "wrote_back", "solved"):
        desk.tick(case, step, by=ANA)
    desk.promise(case, "next_step", NOON + timedelta(hours=1), by=ANA)
    desk.resolve(case, by=ANA)
    clock.pass_(days=2)
    assert idle.look() == 0  # resolved: nothing to do
    hear(post("It leaks again", conversation="c1", created_at=clock.now))
    assert idle.look() == 0
    clock.pass_(hours=4)
    assert idle.look() == 1
    assert desk.view(case).case.owner == ANA


def test_waiting_and_escalated_cases_are_nobodys_to_be_idle_with(idle, case, clock, desk, hear, escalations):
    [other] = hear(post("My Tindra leaks too", author="other"))
    assert other.case_id != case
    escalations.escalate(case, by=ANA, why="hard")
    clock.pass_(days=1)
    assert idle.look() == 0


def test_a_case_claimed_before_acts_were_counted_counts_from_its_claim(idle, case, clock, db):
    with db.transaction() as session:
        session.get_one(Case, case).touched_at = None
    clock.pass_(hours=4)
    assert (idle.look(), idle.look()) == (1, 0)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestInQueueHours:
    """Open Tuesday 08:00 to 14:00 in Copenhagen, and Thursday."""

    @pytest.fixture
    def book(self):
        hours = {"days": {"tue": ["08:00", "14:00"], "thu": ["08:00", "20:00"]}}
        queue = {"name": "all", "channel": "mentions", "time_zone": "Europe/Copenhagen"}
        return playbook(idle=RULES, queues=[{**queue, "hours": hours, "targets": TARGETS}])

    def test_only_hours_in_which_the_queue_is_open_count(self, idle, case, clock, desk):
        clock.now = datetime(2026, 3, 12, 9, 59, tzinfo=UTC)  # Thursday 10:59: 1 h on Tuesday, 2 h 59 today
        assert idle.look() == 0
        clock.pass_(minutes=1)
        assert idle.look() == 1
        clock.pass_(hours=3, minutes=59)
        assert idle.look() == 0
        clock.pass_(minutes=1)
        assert idle.look() == 1
        assert desk.view(case).case.stage == "waiting"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestWithoutIdleInThePlaybook:
    @pytest.fixture
    def book(self):
        return playbook()

    def test_a_case_stays_with_its_owner(self, idle, case, clock, desk):
        clock.pass_(days=300)
        assert idle.look() == 0
        assert desk.view(case).case.owner == ANA
