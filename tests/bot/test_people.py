"""People who left: nothing waits for them."""

import pytest
from sqlalchemy import select

from bot.escalation_clock import EscalationClock
from bot.people import AT_ONCE, People
from bot.workspace import Member, Unreachable
from models.employee import Employee
from models.escalation import Escalation
from models.outbox import Outbox
from tests.people import ANA, BO, CARLA, DAG, post


@pytest.fixture
def gone(workspace):
    """Bo's account is deactivated."""

    def leave(member=BO):
        workspace[member] = Member(member, "Bo Lindqvist", left=True)

    return leave


def leads_told(db) -> list[str]:
    with db.reading() as session:
        rows = session.scalars(select(Outbox).where(Outbox.kind == "notice", Outbox.channel == "care-leads"))
        return [row.payload["text"] for row in rows]


def test_the_cases_of_somebody_who_left_wait_again_and_leads_hear_of_it_once(
    hear, desk, people, gone, clock, db
):
    hear(post(author="one"), post(author="two"), post(author="three"))
    for number in (1, 2):
        desk.claim(number, by=BO)
    desk.claim(3, by=ANA)
    assert people.check() == 0
    gone()
    assert people.check() == 0, "asked a moment ago"
    clock.pass_(minutes=11)
    assert people.check() == 2
    assert [desk.view(n).case.owner for n in (1, 2, 3)] == [None, None, ANA]
    assert desk.view(1).events[-1].why == "<@UBO>'s account was deactivated"
    clock.pass_(minutes=11)
    assert people.check() == 0
    assert leads_told(db) == [":wave: <@UBO>'s account was deactivated. Cases 1, 2 wait for somebody again."]


def test_a_resolved_case_that_comes_back_to_somebody_who_left_is_freed(hear, desk, people, gone, clock):
    [mention] = hear(post("Where can I buy a Tindra kettle?", conversation="c"))
    desk.claim(mention.case_id, by=BO)
    for step in ("helps", "introduced", "solved"):
        desk.tick(mention.case_id, step, by=BO)
    desk.resolve(mention.case_id, by=BO)
    people.seen(Member(BO, "Bo", left=True))
    hear(post("And in Ghent, Tindra?", conversation="c"))
    assert desk.view(mention.case_id).case.owner == BO
    assert people.check() == 1
    assert desk.view(mention.case_id).case.stage == "waiting"


def test_an_offer_to_somebody_who_left_is_taken_back(hear, desk, handovers, people, gone, db):
    hear(post())
    desk.claim(1, by=ANA)
    handovers.ask(1, BO, by=ANA)
    gone()
    people.seen(Member(BO, "Bo", left=True))
    case = desk.view(1).case
    assert (case.owner, case.offered_to) == (ANA, None)
    with db.reading() as session:
        told = session.scalars(select(Outbox).where(Outbox.channel == ANA)).all()
    assert "so case 1 stays with you" in told[-1].payload["text"]


def test_a_request_to_a_specialist_who_left_goes_to_the_next_at_once(
    hear, desk, escalations, people, clock, db
):
    hear(post())
    escalations.escalate(1, by=ANA, why=None)
    with db.reading() as session:
        assert session.scalars(select(Escalation.specialist)).all() == [CARLA]
    people.seen(Member(CARLA, "Carla", left=True))
    EscalationClock(escalations.office).look()
    with db.reading() as session:
        assert session.scalars(select(Escalation.specialist).order_by(Escalation.id)).all() == [CARLA, DAG]


def test_slack_is_asked_gently(hear, desk, office, clock):
    asked = []

    def look(member):
        asked.append(member)
        return Member(member, member)

    people = People(office, look)
    hear(*(post(author=f"customer{n}") for n in range(AT_ONCE + 5)))
    for number in range(1, AT_ONCE + 6):
        desk.claim(number, by=f"U{number:03}")
    people.check()
    assert len(asked) == AT_ONCE
    people.check()
    people.check()
    assert len(asked) == len(set(asked)) == AT_ONCE + 5


def test_a_slack_that_does_not_answer_frees_nothing(hear, desk, office):
    def silent(member):
        raise Unreachable("timeout")

    hear(post())
    desk.claim(1, by=BO)
    assert People(office, silent).check() == 0
    assert desk.view(1).case.owner == BO


def test_somebody_who_came_back_can_have_cases_again(people, workspace, db):
    people.seen(Member(BO, "Bo", left=True))
    assert people.known_to_have_left(BO)
    people.must_be_able_to_have_cases(BO)
    assert not people.known_to_have_left(BO)
    with db.reading() as session:
        assert session.get_one(Employee, BO).left_at is None
