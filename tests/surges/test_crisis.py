"""A crisis at an alarm: hours, level, people, holding answer, and its end."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.answers.form import Draft
from bot.answers.holding import holding_first
from bot.answers.keeping import Answers
from bot.away import Away
from bot.blocks.surge import alarm_message, called_message
from bot.blocks.switches import switched
from bot.surges.crisis import Crises, Plan
from bot.surges.knowing import surge_view
from bot.switches import Switches
from bot.waiting import Waiting
from models.errors import NotAllowed
from models.outbox import Outbox
from models.people import Person
from models.surge import Surge
from models.switch import ALL, Switch
from tests.people import ANA, BO, CARLA, DAG, GRY, playbook
from tests.slack_limits import assert_message

OFFICE = {"days": {day: ["09:00", "17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}}
TINA = "UTINA"


@pytest.fixture
def book():
    common = {
        "time_zone": "Europe/Copenhagen",
        "hours": OFFICE,
        "targets": {"first_response": "8h", "resolution": "16h"},
    }
    return playbook(
        queues=[
            {"name": "nordic", "channel": "mentions-nordic", "languages": ["da"]} | common,
            {"name": "everyone", "channel": "mentions"} | common,
        ],
        training={
            "levels": [
                {"level": 1, "name": "everyday", "kinds": ["complaint", "question", "other"]},
                {"level": 2, "name": "severe", "severity": 2, "courses": ["severe"]},
            ],
            "trained": {ANA: 2, BO: 1},
        },
        leads=[
            {"name": "Gry", "slack": GRY, "digest_at": "08:30", "time_zone": "Europe/Copenhagen"},
            {"name": "Tina", "slack": TINA, "digest_at": "08:30", "time_zone": "Europe/Copenhagen"},
        ],
        surges={"crisis": {"level": 2, "call_in": ["Carla", "Dag"]}},
    )


@pytest.fixture
def crises(surges, known, writes):
    """Nine people write about leaks, and the alarm was raised."""
    writes(9)
    surges.look()
    return Crises(surges.office)


def plan(**changes):
    given: dict[str, Any] = {"why": "gaskets burst", "queues": [ALL], "level": 2}
    return Plan(**(given | changes))


def sent(db, begins):
    with db.reading() as session:
        rows = session.scalars(select(Outbox).where(Outbox.key.startswith(begins)).order_by(Outbox.id))
        return {row.key: row for row in rows}


def drawn(office):
    """The alarm and the message to those called in, as things are now."""
    with office.db.reading() as session:
        view = surge_view(office, session, session.get_one(Surge, 1))
        for text, blocks in (called_message(view, "surge_called:1:U"), alarm_message(view, "surge:1")):
            assert_message({"text": text, "blocks": blocks})
    return str(blocks)


def test_while_a_crisis_lasts_targets_run_round_the_clock_where_it_is(crises, desk, writes, clock):
    clock.now = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)  # an hour before the office closes
    crises.open(1, plan(queues=["everyone"]), by=GRY)
    due = desk.view(9).case.respond_by
    assert due < datetime(2026, 3, 11, 0, 0, tzinfo=UTC)
    Switches(desk.office).stand_down(1, by=GRY)
    assert desk.view(9).case.respond_by > datetime(2026, 3, 11, 6, 0, tzinfo=UTC)


def test_cases_about_it_need_the_level_and_others_do_not(crises, desk, writes, clock):
    writes(1, "The Tindra manual is missing a page")
    crises.open(1, plan(), by=GRY)
    with pytest.raises(NotAllowed, match=r"While the crisis about it lasts, case 9 needs level 2 \(severe\)"):
        desk.claim(9, by=BO)
    assert desk.claim(18, by=BO).case.owner == BO
    assert desk.claim(9, by=ANA).case.owner == ANA
    assert desk.claim(10, by=DAG).case.owner == DAG  # a specialist for it
    Switches(desk.office).stand_down(1, by=GRY)
    assert desk.claim(11, by=BO).case.owner == BO


def test_what_is_offered_and_counted_knows_the_level_too(crises, desk, db, clock):
    def takable():
        with db.reading() as session:
            waiting = Waiting(desk.office)
            count = waiting.count(session, Person(BO, lead=False), clock.now)
            return (
                count.takable,
                count.above_level,
                len(waiting.for_(session, Person(BO, lead=False), clock.now)),
            )

    assert takable() == (17, 0, 17)
    crises.open(1, plan(), by=GRY)
    assert takable() == (8, 9, 8)


def test_a_crisis_in_one_queue_leaves_the_level_of_the_others_alone(crises, desk):
    crises.open(1, plan(queues=["nordic"]), by=GRY)
    assert desk.claim(9, by=BO).case.owner == BO


def test_leads_and_those_whom_the_playbook_names_are_called_in_but_nobody_who_is_away(
    crises, office, clock, db
):
    Away(office).set(DAG, clock.now + timedelta(days=2), by=DAG)
    rows = crises.open(1, plan(), by=GRY)
    assert rows[0].called_in == [TINA, CARLA]
    assert [row.channel for row in sent(db, "surge_called").values()] == [TINA, CARLA]
    Switches(office).stand_down(1, by=TINA)
    told = sent(db, "notice:crisis_over")
    assert [row.channel for row in told.values()] == [TINA, CARLA]
    assert all("<@UTINA> stood it down" in row.payload["text"] for row in told.values())


def test_the_alarm_shows_the_crisis_and_who_stood_it_down(crises, office, clock):
    crises.open(1, plan(), by=GRY)
    during = drawn(office)
    assert "“gaskets burst”" in during
    assert "level 2 is needed" in during
    assert "stand_down" in during
    clock.pass_(minutes=80)
    Switches(office).stand_down(1, by=TINA)
    after = drawn(office)
    assert "<@UTINA> stood it down after 1 h 20 min" in after
    assert "surge_crisis" in after  # the surge itself still goes on


def test_a_crisis_with_an_end_ends_by_itself_and_everybody_is_told(crises, office, clock, db):
    crises.open(1, plan(until=clock.now + timedelta(hours=2), queues=["nordic", "everyone"]), by=GRY)
    clock.pass_(hours=2)
    assert "it ran its time" in drawn(office)
    Switches(office).end_due()
    assert [row.channel for row in sent(db, "notice:crisis_over").values()] == [TINA, CARLA, DAG]
    with db.reading() as session:
        assert session.scalars(select(Switch.live)).all() == [None, None]


def test_crisis_off_ends_it_too_and_the_list_shows_it(crises, office, book, clock):
    crises.open(1, plan(queues=["everyone"]), by=GRY)
    _, blocks = switched(Switches(office).now(), book, clock.now)
    assert "about Leaks (level 2)" in str(blocks)
    assert "stand_down" in str(blocks)
    Switches(office).crisis_off(by=GRY)
    assert Switches(office).now() == []
    with pytest.raises(NotAllowed, match="over already"):
        Switches(office).stand_down(1, by=GRY)


def test_a_crisis_that_was_stood_down_can_be_opened_again(crises, office):
    for why in ("gaskets", "gaskets, again"):
        crises.open(1, plan(why=why), by=GRY)
        assert f"“{why}”" in drawn(office)
        Switches(office).stand_down(1, by=GRY)


def test_where_a_crisis_is_on_for_all_queues_it_is_not_off_for_one(crises, office):
    crises.open(1, plan(), by=GRY)
    with pytest.raises(NotAllowed, match=r"not on for #mentions\. It is on for all queues"):
        Switches(office).crisis_off(by=GRY, queue="everyone")


def test_of_two_crises_of_surges_the_word_alone_ends_none(crises, surges, writes, office, clock):
    clock.pass_(minutes=16)
    writes(9, "Tindra what on earth is going on over there")
    surges.look()
    for number in (1, 2):
        crises.open(number, plan(), by=GRY)
    with pytest.raises(NotAllowed, match="Several crises are on here"):
        Switches(office).crisis_off(by=GRY)


def test_a_crisis_of_a_surge_and_one_without_stand_beside_each_other(crises, office):
    Switches(office).crisis_on(by=GRY, why="snow")
    crises.open(1, plan(), by=GRY)
    Switches(office).stand_down(1, by=GRY)
    assert [one.why for one in Switches(office).now()] == ["snow"]


def test_of_two_leads_who_open_it_at_once_one_does(crises, db):
    def attempt(by):
        try:
            crises.open(1, plan(), by=by)
        except NotAllowed as no:
            return str(no).replace(TINA, GRY)
        return "opened"

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(attempt, (GRY, TINA, GRY, TINA)))
    assert answers == [*[f"<@{GRY}> has opened a crisis about this already."] * 3, "opened"]
    with db.reading() as session:
        assert len(session.scalars(select(Switch)).all()) == 1


def test_only_leads_decide_and_every_refusal_says_why(crises, clock):
    for attempt, sentence in (
        (lambda: crises.open(1, plan(), by=ANA), "Only a lead"),
        (lambda: crises.no_surge(1, by=ANA), "Only a lead"),
        (lambda: Switches(crises.office).stand_down(1, by=ANA), "Only a lead"),
        (lambda: crises.open(1, plan(why=" "), by=GRY), "Say why"),
        (lambda: crises.open(1, plan(until=clock.now), by=GRY), "in the future"),
        (lambda: crises.open(1, plan(level=7), by=GRY), "no such level"),
        (lambda: crises.open(1, plan(answer=99), by=GRY), "was retired"),
        (lambda: crises.open(2, plan(), by=GRY), "no such surge"),
        (lambda: Switches(crises.office).stand_down(1, by=GRY), "over already"),
    ):
        with pytest.raises(NotAllowed, match=sentence):
            attempt()
    crises.open(1, plan(), by=GRY)
    with pytest.raises(NotAllowed, match="stand it down first"):
        crises.no_surge(1, by=GRY)
    Switches(crises.office).stand_down(1, by=GRY)
    crises.no_surge(1, by=GRY)
    for attempt in (lambda: crises.open(1, plan(), by=GRY), lambda: crises.no_surge(1, by=GRY)):
        with pytest.raises(NotAllowed, match="over"):
            attempt()


def test_the_holding_answer_comes_first_in_the_customers_language(crises, office, desk, writes):
    def answer(title, language):
        text = "I'm {me}, {role} at {company}. We are looking into it."
        return Answers(office).add(Draft(title, "leak", language, text, "it leaks", 30), by=GRY)

    named, danish, other = answer("Gaskets", "en"), answer("Gaskets", "da"), answer("Other", "en")
    crises.open(1, plan(answer=named.id), by=GRY)
    writes(1, "Min Tindra er utæt og der er vand over hele køkkenbordet, hvad gør jeg nu")
    writes(1, "The Tindra manual is missing a page")
    offered = {n: [s.answer.id for s in holding_first(office, desk.view(n), [])] for n in (9, 18, 19)}
    assert offered == {9: [named.id], 18: [danish.id], 19: []}
    assert other.id not in offered[9]
    Switches(office).stand_down(1, by=GRY)
    assert holding_first(office, desk.view(9), []) == []
