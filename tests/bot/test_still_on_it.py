"""Accepted and not resolved in time; and how a case ended, for those who started it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.escalation_clock import EscalationClock
from bot.notes import Notes
from bot.still_on_it import StillOnIt
from models.errors import NotAllowed
from models.escalation import Escalation
from models.outbox import Outbox
from tests.people import ANA, BO, CARLA, DAG, EVA, GRY, playbook, post


def person(name, slack, **more):
    about = {"name": name, "slack": slack, "topics": ["leak"], "languages": ["en"]}
    return {**about, "time_zone": "Europe/Amsterdam", **more}


@pytest.fixture
def book():
    return playbook(
        specialists=[person("Carla", CARLA), person("Dag", DAG), person("Eva", EVA)],
        escalation={"acknowledge_within": "30m", "resolve_within": "4h"},
    )


@pytest.fixture
def tick(office) -> EscalationClock:
    return EscalationClock(office)


@pytest.fixture
def still(office) -> StillOnIt:
    return StillOnIt(office)


@pytest.fixture
def case(hear, desk, escalations) -> int:
    """Ana claimed it, Bo got it from nowhere and escalated; Carla accepted."""
    number = hear(post())[0].case_id
    desk.claim(number, by=ANA)
    desk.release(number, by=ANA)
    desk.claim(number, by=BO)
    escalations.escalate(number, by=BO, why=None)
    escalations.accept(1, by=CARLA)
    return number


def rows(db):
    with db.reading() as session:
        found = session.scalars(select(Escalation).order_by(Escalation.id)).all()
    return [(row.specialist, row.state) for row in found]


def reminders(db):
    with db.reading() as session:
        found = session.scalars(select(Outbox).where(Outbox.kind == "unresolved").order_by(Outbox.id))
        return [(row.channel, row.payload.get("under")) for row in found]


def told(db, to):
    with db.reading() as session:
        of = select(Outbox).where(Outbox.kind == "notice", Outbox.channel == to).order_by(Outbox.id)
        return [row.payload["text"] for row in session.scalars(of)]


def test_whoever_accepted_is_asked_how_it_goes_once(case, tick, clock, db):
    clock.pass_(hours=3, minutes=59)
    assert tick.look() == 0
    clock.pass_(minutes=1)
    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(lambda _: tick.look(), range(3))) == 1
    assert reminders(db) == [(CARLA, "escalation:1")]


def test_after_a_second_such_time_the_line_begins_anew_without_them(case, tick, clock, db, desk):
    clock.pass_(hours=4)
    tick.look()
    clock.pass_(hours=4)
    assert (tick.look(), tick.look()) == (1, 0)
    assert rows(db) == [(CARLA, "unresolved"), (DAG, "asked")]
    view = desk.view(case)
    assert view.case.stage == "escalated"
    assert "not resolved in time by <@UCARLA>" in [e.why for e in view.events]
    assert "Case 1, which <@UCARLA> accepted, is not resolved: <@UDAG> is asked." in told(db, "care-leads")
    # She is not next in line either: the others are, then the lead.
    for _ in range(2):
        clock.pass_(minutes=30)
        tick.look()
    assert [who for who, _ in rows(db)] == [CARLA, DAG, EVA, GRY]


def test_still_on_it_until_then(case, still, tick, clock, db, desk):
    clock.pass_(hours=4)
    tick.look()
    still.goes_on(1, clock.now + timedelta(days=2), by=CARLA)
    assert (desk.view(case).events[-1].what, desk.view(case).events[-1].actor) == ("still_on_it", CARLA)
    clock.pass_(days=1, hours=23)
    assert tick.look() == 0
    clock.pass_(hours=1)
    assert tick.look() == 1
    # Asked again, as a message of its own: whoever reads it is told that it is there.
    assert len(reminders(db)) == 2
    assert rows(db) == [(CARLA, "accepted")]


def test_still_on_it_is_for_who_has_it_and_for_a_time_that_comes(case, still, clock, desk):
    with pytest.raises(NotAllowed, match="next 30 days"):
        still.goes_on(1, clock.now, by=CARLA)
    with pytest.raises(NotAllowed, match="next 30 days"):
        still.goes_on(1, clock.now + timedelta(days=31), by=CARLA)
    with pytest.raises(NotAllowed, match="<@UCARLA> has case 1"):
        still.goes_on(1, clock.now + timedelta(days=1), by=BO)
    desk.release(case, by=CARLA)
    with pytest.raises(NotAllowed, match="moved on"):
        still.goes_on(1, clock.now + timedelta(days=1), by=CARLA)


def test_handed_on_the_next_in_line_is_asked_or_who_is_named(case, still, escalations, db):
    turn = still.hand_on(1, to=None, by=CARLA, note="Not the pump after all")
    assert turn.member == DAG
    escalations.accept(2, by=DAG)
    assert still.hand_on(2, to=EVA, by=DAG, note=None).member == EVA
    assert [who for who, _ in rows(db)] == [CARLA, DAG, EVA]


def test_nobody_is_asked_about_a_case_that_went_another_way(case, tick, clock, db, desk):
    desk.release(case, by=CARLA)
    clock.pass_(days=1)
    assert tick.look() == 0
    assert reminders(db) == []


def test_a_promise_puts_the_question_off(case, tick, clock, db, desk):
    desk.promise(case, "next_step", clock.now + timedelta(hours=20), by=CARLA)
    clock.pass_(hours=19)
    assert tick.look() == 0
    clock.pass_(hours=1)
    assert tick.look() == 1
    assert len(reminders(db)) == 1


def test_without_a_time_in_the_playbook_nobody_asks(hear, desk, escalations, tick, clock, office, db):
    rules = office.playbook.escalation.model_copy(update={"resolve_within": None})
    quiet = office.playbook.model_copy(update={"escalation": rules})
    object.__setattr__(office, "playbook", quiet)
    number = hear(post())[0].case_id
    escalations.escalate(number, by=GRY, why=None)
    escalations.accept(1, by=CARLA)
    clock.pass_(days=30)
    assert tick.look() == 0


def test_those_who_started_it_hear_once_how_it_ended(case, desk, office, db):
    for step in ("helps", "introduced", "wrote_back", "next_step", "solved"):
        desk.tick(case, step, by=CARLA)
    Notes(office).add(case, "New pump sent <!here>", by=CARLA)
    desk.resolve(case, by=CARLA)
    for member in (ANA, BO):
        [words] = [words for words in told(db, member) if "is resolved" in words]
        assert "resolved by <@UCARLA>" in words
        assert "it is solved" in words
        assert "New pump sent &lt;!here&gt;" in words
    assert not [words for words in told(db, CARLA) if "is resolved" in words]


def test_they_hear_too_when_it_needed_no_reply(case, desk, db):
    desk.dismiss(case, by=CARLA, because="duplicate")
    assert any("needs no reply: it is a duplicate · <@UCARLA>" in words for words in told(db, BO))


def test_a_case_that_was_never_escalated_ends_without_such_a_message(hear, desk, db):
    number = hear(post())[0].case_id
    desk.claim(number, by=ANA)
    desk.release(number, by=ANA)
    desk.dismiss(number, by=BO, because="duplicate")
    assert told(db, ANA) == []
