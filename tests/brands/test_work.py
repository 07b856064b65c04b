"""Work on a case goes by its brand's playbook: checklist, company, specialists, leads, and their channel."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.answers.form import Draft
from bot.answers.keeping import Answers
from bot.answers.using import AnswerUses
from bot.desk import Desk
from bot.escalation_clock import EscalationClock
from bot.idle import Idle
from bot.pausing import Pauses
from bot.reply_check.us import Us
from bot.waiting import Waiting
from models.errors import NotAllowed
from models.escalation import Escalation
from models.handover import Handover
from models.overrule import mark
from tests.brands.conftest import COFFEE, OWN, TEA, kinds_in, told
from tests.people import ANA, BO, CARLA, DAG, EVA, GRY, NOON, post, written

GOOD = "Hi Mia, I'm Ana, customer care at {}. Sorry about the mess! Please send us a private message."


def test_each_brand_s_case_has_the_checklist_of_its_brand(desk, tea, coffee):
    assert [step.key for step in desk.view(tea).checklist.steps] == ["helps", "packet"]
    assert "wrote_back" in [step.key for step in desk.view(coffee).checklist.steps]
    desk.claim(tea, by=ANA)
    with pytest.raises(NotAllowed, match="no longer on the checklist"):
        desk.tick(tea, "wrote_back", by=ANA)
    with pytest.raises(NotAllowed, match="I offered a new packet"):
        desk.resolve(tea, by=ANA)
    desk.tick(tea, "packet", by=ANA)
    assert desk.resolve(tea, by=ANA).case.stage == "resolved"


def test_a_reply_introduces_the_brand_s_company_and_no_other(desk, replies, tea, coffee):
    for number, right, wrong in ((tea, "Fjordly Tea", "Tindra"), (coffee, "Tindra", "Fjordly Tea")):
        desk.claim(number, by=ANA)
        assert replies.check(number, GOOD.format(wrong), by=ANA).stops == [
            f"Say that you write for {right}: this customer does not write to {wrong}."
        ]
        assert replies.check(number, GOOD.format(right), by=ANA).stops == []


def test_brands_of_one_company_may_use_each_other_s_names(load):
    book = load({"leads_channel": "tea-leads"})
    assert {"Tindra", "Fjordly"} <= set(Us.of(book, TEA).names)
    assert Us.of(load(), COFFEE).names == ("Tindra", "TindraCare")


def test_an_approved_answer_is_filled_with_the_brand_s_company_and_link(desk, office, tea, coffee):
    text = "Hi {customer}, I'm {me} from {company}: please write to us at {link} and we will help you."
    answer = Answers(office).add(
        Draft("A leak", "leak", "en", text, "It leaks everywhere", 30), by=GRY
    )  # fmt: skip
    filled = [AnswerUses(office).filled(answer.id, desk.view(one), me="Ana").text for one in (tea, coffee)]
    assert "from Fjordly Tea: " in filled[0]
    assert "from Tindra: " in filled[1]


def test_the_brand_s_specialists_are_asked_and_then_its_leads(desk, escalations, tea, coffee):
    line = {one: [turn.member for turn in escalations.line(one, by=GRY)[1]] for one in (tea, coffee)}
    assert line[tea] == [BO, EVA]
    assert line[coffee][:2] == [CARLA, DAG]
    assert EVA not in line[coffee]


@pytest.mark.parametrize("verb", ["dismiss", "release", "hand over"])
def test_a_lead_of_a_brand_acts_on_its_cases_and_on_no_other(desk, handovers, tea, coffee, verb):
    acts = {
        "dismiss": lambda one, who: desk.dismiss(one, by=who, because="ad"),
        "release": lambda one, who: desk.release(one, by=who),
        "hand over": lambda one, who: handovers.ask(one, BO, by=who),
    }
    for one in (tea, coffee):
        desk.claim(one, by=ANA)
    acts[verb](tea, EVA)
    with pytest.raises(NotAllowed):
        acts[verb](coffee, EVA)
    acts[verb](coffee, GRY)


def test_a_lead_of_the_main_playbook_acts_on_every_brand_s_cases(desk, tea):
    desk.claim(tea, by=ANA)
    desk.dismiss(tea, by=GRY, because="ad")
    desk.reopen(tea, by=GRY)
    assert desk.view(tea).case.stage == "waiting"


def test_a_reply_that_the_check_stops_is_put_before_the_brand_s_leads(desk, replies, tea, db):
    desk.claim(tea, by=ANA)
    asks = GOOD.format("Tindra")
    read = replies.check(tea, asks, by=ANA)
    known = [mark(stop) for stop in read.stops]
    assert replies.check(tea, asks, by=ANA, why="our own test", known=known).asked
    assert "overrule" in kinds_in(db, "tea-leads")
    assert "overrule" not in kinds_in(db, "care-leads")
    assert replies.overruling.decide(1, True, by=EVA).state == "allowed"


def test_what_is_overdue_is_told_to_the_leads_of_its_brand(targets, tea, coffee, clock, db):
    clock.pass_(hours=2)
    assert targets.miss_targets() == 2
    assert [f"Case {tea} in #mentions-tea" in one for one in told(db, "tea-leads")] == [True]
    assert [f"Case {coffee} in #mentions" in one for one in told(db, "care-leads")] == [True]


class TestTheirOwnTimes:
    @pytest.fixture
    def book(self, load):
        own = {
            "idle": {"remind_after": "1h", "release_after": "2h"},
            "handover": {"answer_within": "30m"},
            "promises": {"remind_before": "3h"},
            "waiting_for_customer": {"remind_after": "1d"},
            "escalation": {"acknowledge_within": "10m"},
        }
        return load(OWN | own, idle={"remind_after": "4h", "release_after": "8h"})

    @pytest.fixture
    def both(self, desk, tea, coffee) -> tuple[int, int]:
        """Ana has both cases."""
        for one in (tea, coffee):
            desk.claim(one, by=ANA)
        return tea, coffee

    def test_a_case_is_idle_by_its_brand_s_times(self, desk, office, both, clock):
        clock.pass_(hours=3)
        assert Idle(office).look() == 1
        assert [desk.view(one).case.owner for one in both] == [None, ANA]

    def test_a_colleague_has_the_brand_s_time_to_answer(self, handovers, both, db):
        for one in both:
            handovers.ask(one, BO, by=ANA)
        with db.reading() as session:
            rows = session.execute(select(Handover.case_id, Handover.answer_by)).all()
        assert {number: by - NOON for number, by in rows} == {
            both[0]: timedelta(minutes=30),
            both[1]: timedelta(hours=2),
        }

    def test_a_promise_is_recalled_by_the_brand_s_time(self, desk, targets, both, clock, db):
        for one in both:
            desk.promise(one, None, NOON + timedelta(hours=5), by=ANA)
        clock.pass_(hours=2, minutes=30)
        assert targets.remind_promises() == 1
        assert f"case {both[0]} was promised" in told(db, ANA)[-1]

    def test_a_customer_is_waited_for_by_the_brand_s_time(self, office, both, clock, db):
        pauses = Pauses(office)
        for one in both:
            office.change(
                one,
                lambda session, case, at: case.answered(by=office.person(ANA), at=at, where="by hand"),
            )
            pauses.wait(one, by=ANA)
        clock.pass_(hours=30)
        assert pauses.remind() == 1
        assert f"The customer of case {both[0]} has not written" in told(db, ANA)[-1]

    def test_a_specialist_has_the_brand_s_time_to_say_yes(self, escalations, both, clock, db):
        for one in both:
            escalations.escalate(one, by=ANA, why="it leaks")
        with db.reading() as session:
            rows = session.execute(select(Escalation.case_id, Escalation.acknowledge_by)).all()
        assert {number: by - NOON for number, by in rows} == {
            both[0]: timedelta(minutes=10),
            both[1]: timedelta(minutes=30),
        }
        clock.pass_(minutes=15)
        assert EscalationClock(escalations.office).look() == 1


def test_a_conversation_logged_into_a_brand_s_queue_is_that_brand_s(listener, desk):
    said = post("They called about the packet, which leaks", source="phone", external_id="call-1")
    logged = listener.log(said, kind="complaint", language="en", queue="tea", by=ANA)
    assert desk.view(logged.case).case.brand == TEA
    assert "packet" in [step.key for step in desk.view(logged.case).checklist.steps]


class TestTheirOwnLevels:
    @pytest.fixture
    def book(self, load):
        def levels(*kinds: str):
            return {
                "levels": [
                    {"level": 1, "name": "others", "courses": ["tone"]},
                    {"level": 2, "name": "complaints", "kinds": list(kinds), "courses": ["tools"]},
                ],
                "trained": {BO: 1},
            }

        return load(OWN | {"training": levels("praise")}, training=levels("complaint"))

    def test_who_may_claim_what_is_the_brand_s_to_say(self, desk, tea, coffee):
        with pytest.raises(NotAllowed, match=r"needs level 2 \(complaints\); you have level 1"):
            desk.claim(coffee, by=BO)
        assert desk.claim(tea, by=BO).case.owner == BO

    def test_claim_without_a_number_brings_what_the_brands_allow(self, desk, coffee, tea):
        assert desk.claim_next(by=BO).case.id == tea
        with pytest.raises(NotAllowed, match=f"Case {coffee} needs level 2"):
            desk.claim_next(by=BO)

    def test_leads_may_take_all_of_their_brands(self, desk, office, coffee, tea, clock):
        found = {}
        for who in (GRY, EVA, ANA):
            with office.db.reading() as session:
                found[who] = set(Waiting(office).for_(session, office.person(who), clock.now))
        assert found == {GRY: {coffee, tea}, EVA: {tea}, ANA: set()}


def test_cases_of_a_brand_that_left_the_playbook_go_on_by_the_main_one(office, tea, load):
    left = load(brands=written()["brands"], queues=written()["queues"])
    steps = Desk(replace(office, playbook=left)).view(tea).checklist.steps
    assert "wrote_back" in [step.key for step in steps]
