"""On the way to a specialist, on both databases: turns, nights, questions, sending on, and who is away."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.asking_back import AskingBack
from bot.away import Away, Gone
from bot.escalating import Escalations
from bot.escalation_clock import EscalationClock
from bot.notes import Notes
from bot.switches import Switches
from models.case import Case
from models.errors import NotAllowed
from models.escalation import Escalation
from models.outbox import Outbox
from tests.people import ANA, BO, CARLA, DAG, EVA, GRY, NOON, playbook, post

NIGHT = datetime(2026, 3, 10, 22, 0, tzinfo=UTC)
MORNING = datetime(2026, 3, 11, 7, 0, tzinfo=UTC)  # 08:00 in Amsterdam
DAYTIME = {"days": {day: ["08:00", "16:00"] for day in ("mon", "tue", "wed", "thu", "fri")}}


def person(name, slack, **more):
    about = {"name": name, "slack": slack, "topics": ["leak"], "languages": ["en"]}
    return {**about, "time_zone": "Europe/Amsterdam", "hours": DAYTIME, **more}


@pytest.fixture
def book():
    return playbook(
        specialists=[person("Carla", CARLA), person("Dag", DAG), person("Eva", EVA, hours=None, topics=[])],
        escalation={"acknowledge_within": "30m", "chains": {"leak": [{"ask": ["Carla", "Dag"]}]}},
    )


@pytest.fixture
def tick(office) -> EscalationClock:
    return EscalationClock(office)


@pytest.fixture
def away(office) -> Away:
    return Away(office)


@pytest.fixture
def asking(office) -> AskingBack:
    return AskingBack(office)


@pytest.fixture
def case(hear, desk) -> int:
    """A leak, Ana's."""
    number = hear(post())[0].case_id
    desk.claim(number, by=ANA)
    return number


@pytest.fixture
def asked(case, escalations) -> int:
    """Ana asks for help; Carla is asked."""
    escalations.escalate(case, by=ANA, why="the pump seal?")
    return 1


def rows(db):
    """Everybody asked, in order: (who, state)."""
    with db.reading() as session:
        found = session.scalars(select(Escalation).order_by(Escalation.id)).all()
    return [(row.specialist, row.state) for row in found]


def told(db, to):
    with db.reading() as session:
        of = select(Outbox).where(Outbox.kind == "notice", Outbox.channel == to).order_by(Outbox.id)
        return [row.payload["text"] for row in session.scalars(of)]


def thread(db, number):
    """What stands in the thread of a specialist's message."""
    with db.reading() as session:
        found = session.scalars(select(Outbox).where(Outbox.kind == "notice").order_by(Outbox.id)).all()
    return [row.payload["text"] for row in found if row.payload.get("under") == f"escalation:{number}"]


def get(db, number) -> Escalation:
    with db.reading() as session:
        return session.get_one(Escalation, number)


def make_severe(db, number):
    with db.transaction() as session:
        session.execute(update(Case).where(Case.id == number).values(severity=3))


# Turns, and clocks.


def test_equals_are_asked_in_turns(hear, escalations, db):
    numbers = [m.case_id for m in hear(*(post(author=f"c{n}") for n in range(4)))]
    for number in numbers:
        escalations.escalate(number, by=GRY, why=None)
    assert [who for who, _ in rows(db)] == [CARLA, DAG, CARLA, DAG]


def test_two_cases_escalated_at_the_same_moment_ask_two_equals(hear, escalations, db):
    numbers = [m.case_id for m in hear(*(post(author=f"c{n}") for n in range(4)))]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: escalations.escalate(number, by=GRY, why=None), numbers))
    assert sorted(who for who, _ in rows(db)) == [CARLA, CARLA, DAG, DAG]


def test_two_clocks_at_once_ask_the_next_in_line_once(asked, tick, clock, db):
    clock.pass_(minutes=30)
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: tick.look(), range(4)))
    assert sum(done) == 1
    assert rows(db) == [(CARLA, "passed on"), (DAG, "asked")]


def test_a_deadline_that_passed_while_the_program_stood_still_is_done_once(asked, tick, clock, db):
    clock.pass_(days=1, hours=1)
    assert (tick.look(), tick.look()) == (1, 0)
    assert rows(db) == [(CARLA, "passed on"), (DAG, "asked")]
    assert get(db, 2).acknowledge_by == clock.now + timedelta(minutes=30)


def test_who_is_asked_is_on_record(asked, case, tick, clock, desk):
    clock.pass_(minutes=30)
    tick.look()
    moves = [(e.actor, e.what, e.why) for e in desk.view(case).events[-4:]]
    assert moves == [
        (ANA, "escalate", "the pump seal?"),
        ("bot", "ask", "<@UCARLA>"),
        ("bot", "escalate", "no answer from <@UCARLA>"),
        ("bot", "ask", "<@UDAG>"),
    ]


# Nights.


def test_at_night_nobody_is_asked_and_in_the_morning_one_is_once(case, escalations, tick, clock, db, desk):
    clock.now = NIGHT
    _, turn = escalations.escalate(case, by=ANA, why=None)
    assert (turn.member, turn.at) == (CARLA, MORNING)
    assert rows(db) == [(CARLA, "waits")]
    view = desk.view(case)
    assert (view.case.stage, view.asked, view.pending.ask_at) == ("escalated", CARLA, MORNING)
    assert "from 11 Mar 08:00 on" in view.events[-1].why
    with db.reading() as session:
        assert session.scalars(select(Outbox).where(Outbox.kind == "escalation")).all() == []
    clock.now = MORNING - timedelta(minutes=1)
    assert tick.look() == 0
    clock.now = MORNING
    assert (tick.look(), tick.look()) == (1, 0)
    assert rows(db) == [(CARLA, "asked")]
    assert get(db, 1).acknowledge_by == MORNING + timedelta(minutes=30)


def test_what_gathered_at_night_is_shared_out_in_the_morning(hear, escalations, tick, clock, db):
    clock.now = NIGHT
    for number in [m.case_id for m in hear(*(post(author=f"c{n}") for n in range(4)))]:
        escalations.escalate(number, by=GRY, why=None)
    clock.now = MORNING
    assert tick.look() == 4
    assert sorted(who for who, _ in rows(db)) == [CARLA, CARLA, DAG, DAG]


def test_a_case_that_waits_for_the_morning_and_becomes_severe_is_asked_at_once(
    case, escalations, tick, clock, db
):
    clock.now = NIGHT
    escalations.escalate(case, by=ANA, why=None)
    make_severe(db, case)
    assert (tick.look(), tick.look()) == (1, 0)
    assert rows(db) == [(CARLA, "asked")]
    assert get(db, 1).acknowledge_by == NIGHT + timedelta(minutes=30)


def test_in_a_crisis_nobody_waits_for_the_morning(case, escalations, tick, clock, db, office):
    clock.now = NIGHT
    escalations.escalate(case, by=ANA, why=None)
    Switches(office).crisis_on(by=GRY, why="a recall")
    assert tick.look() == 1
    assert rows(db) == [(CARLA, "asked")]


def test_a_severe_case_is_asked_at_night(case, escalations, clock, db):
    clock.now = NIGHT
    make_severe(db, case)
    escalations.escalate(case, by=ANA, why=None)
    assert rows(db) == [(CARLA, "asked")]


def test_a_deadline_in_the_morning_comes_near_when_the_case_becomes_severe(
    case, escalations, tick, clock, db
):
    clock.now = datetime(2026, 3, 10, 14, 50, tzinfo=UTC)  # ten minutes before Carla goes home
    escalations.escalate(case, by=ANA, why=None)
    assert get(db, 1).acknowledge_by == MORNING + timedelta(minutes=20)
    make_severe(db, case)
    assert (tick.look(), tick.look()) == (1, 0)
    assert get(db, 1).acknowledge_by == clock.now + timedelta(minutes=30)


def test_what_waits_for_the_morning_is_taken_back_by_who_escalated(case, escalations, clock, db, desk):
    clock.now = NIGHT
    escalations.escalate(case, by=ANA, why=None)
    with pytest.raises(NotAllowed, match="<@UANA> escalated it; only they or a lead"):
        escalations.take_back(case, by=BO)
    escalations.take_back(case, by=ANA)
    assert desk.view(case).case.stage == "waiting"
    assert desk.claim(case, by=BO).case.owner == BO
    with pytest.raises(NotAllowed, match="nothing to take back"):
        escalations.take_back(case, by=ANA)


def test_who_is_asked_already_is_not_taken_back_from(asked, case, escalations):
    with pytest.raises(NotAllowed, match="<@UCARLA> is asked already"):
        escalations.take_back(case, by=ANA)


# Away.


def test_who_is_away_is_not_asked_and_is_again_when_back(hear, escalations, away, db):
    away.set(CARLA, NOON + timedelta(days=2), by=CARLA)
    one, two = (m.case_id for m in hear(post(author="a"), post(author="b")))
    escalations.escalate(one, by=GRY, why=None)
    assert away.end(CARLA, by=CARLA)
    escalations.escalate(two, by=GRY, why=None)
    assert [who for who, _ in rows(db)] == [DAG, CARLA]


def test_an_absence_ends_by_itself(case, escalations, away, clock, db):
    away.set(CARLA, NOON + timedelta(hours=1), by=CARLA)
    assert away.of(CARLA) is not None
    clock.pass_(hours=1)
    assert away.of(CARLA) is None
    escalations.escalate(case, by=ANA, why=None)
    assert rows(db) == [(CARLA, "asked")]


def test_who_goes_away_while_asked_is_passed_over_at_once(asked, tick, away, clock, db, desk, case):
    away.set(CARLA, NOON + timedelta(days=2), by=CARLA)
    assert tick.look() == 1
    assert rows(db) == [(CARLA, "passed on"), (DAG, "asked")]
    assert "<@UCARLA> is away" in [e.why for e in desk.view(case).events]


def test_a_case_that_waits_for_who_goes_away_meanwhile_goes_to_the_other(
    case, escalations, tick, away, clock, db
):
    clock.now = NIGHT
    escalations.escalate(case, by=ANA, why=None)
    away.set(CARLA, MORNING + timedelta(days=2), by=CARLA)
    clock.now = MORNING
    tick.look()
    assert rows(db) == [(DAG, "asked")]


def test_when_all_are_away_the_lead_is_asked_and_nobody_waits_for_the_morning(case, escalations, away, db):
    for member in (CARLA, DAG):
        away.set(member, NOON + timedelta(days=2), by=member)
    escalations.escalate(case, by=ANA, why=None)
    assert rows(db) == [(GRY, "asked")]


def test_leads_say_it_for_others_who_hear_of_it_and_nobody_else_may(away, db):
    with pytest.raises(NotAllowed, match="Only a lead"):
        away.set(BO, NOON + timedelta(days=2), by=ANA)
    away.set(BO, NOON + timedelta(days=2), by=GRY, why="on a <!channel> fair")
    [words] = told(db, BO)
    assert "<@UGRY> set you away until 12 Mar 13:00" in words
    gone = away.of(BO)
    assert (gone.by, gone.why) == (GRY, "on a <!channel> fair")
    assert "on a &lt;!channel&gt; fair" in away.sentence(gone)


def test_said_again_the_newest_counts_and_one_end_ends_all(away, clock):
    away.set(BO, NOON + timedelta(days=9), by=BO)
    away.set(BO, NOON + timedelta(days=2), by=BO)
    assert away.of(BO).until == NOON + timedelta(days=2)
    assert (away.end(BO, by=BO), away.end(BO, by=BO)) == (True, False)
    assert away.of(BO) is None


@pytest.mark.parametrize(
    ("until", "words"),
    [
        (NOON, "over already"),
        (NOON - timedelta(days=1), "over already"),
        (NOON + timedelta(days=400), "year"),
    ],
)
def test_an_absence_lies_ahead_and_within_a_year(away, until, words):
    with pytest.raises(NotAllowed, match=words):
        away.set(BO, until, by=BO)


class Said:
    """Statuses as Slack would tell them."""

    def __init__(self, *members):
        self.members, self.asked = members, []

    def refresh(self, members):
        self.asked.extend(members)

    def of(self, member, at):
        return Gone(member, None, None, None) if member in self.members else None


def test_a_slack_status_counts_as_away_and_is_read_when_somebody_is_asked(case, office, db):
    statuses = Said(CARLA)
    Escalations(office, statuses).escalate(case, by=ANA, why=None)
    assert rows(db) == [(DAG, "asked")]
    assert {CARLA, DAG, GRY} <= set(statuses.asked)
    with pytest.raises(NotAllowed, match="<@UCARLA> is away, as their Slack status says"):
        Escalations(office, statuses).send_on(1, to=CARLA, by=DAG)


# A question first.


def test_a_question_goes_to_who_escalated_and_the_answer_into_the_thread(
    asked, case, asking, tick, clock, db, desk
):
    assert asking.ask(1, "Which pump? <!here>", by=CARLA) == ANA
    with db.reading() as session:
        [message] = session.scalars(select(Outbox).where(Outbox.kind == "asked_back")).all()
    assert message.channel == ANA
    clock.pass_(minutes=29)
    assert tick.look() == 0
    asking.answer(1, "The E61 & the old seal", by=ANA)
    assert thread(db, 1) == ["<@UANA> answers: “The E61 &amp; the old seal”"]
    assert get(db, 1).acknowledge_by == clock.now + timedelta(minutes=30)
    events = [(e.actor, e.what, e.why) for e in desk.view(case).events[-2:]]
    assert events == [
        (CARLA, "ask_back", "<@UANA>: Which pump? <!here>"),
        (ANA, "answer_back", "<@UCARLA>: The E61 & the old seal"),
    ]
    assert rows(db) == [(CARLA, "asked")]


def test_while_a_question_is_open_no_deadline_runs_for_who_asked_it(asked, asking, tick, clock, db):
    clock.pass_(minutes=25)
    asking.ask(1, "Which pump?", by=CARLA)
    clock.pass_(minutes=10)
    assert tick.look() == 0
    assert rows(db) == [(CARLA, "questioned")]


def test_only_who_was_asked_answers_and_once(asked, asking, db):
    asking.ask(1, "Which pump?", by=CARLA)
    with pytest.raises(NotAllowed, match="<@UANA> was asked"):
        asking.answer(1, "No idea", by=BO)
    asking.answer(1, "The E61", by=GRY)
    with pytest.raises(NotAllowed, match="no longer open"):
        asking.answer(1, "The E61", by=ANA)


@pytest.mark.parametrize(
    ("question", "by", "words"),
    [("Which pump?", BO, "<@UCARLA> was asked"), ("  ", CARLA, "needs words"), ("x" * 1001, CARLA, "1,000")],
)
def test_questions_that_can_not_be_asked_are_refused(asked, asking, question, by, words, db):
    with pytest.raises(NotAllowed, match=words):
        asking.ask(1, question, by=by)
    assert rows(db) == [(CARLA, "asked")]


def test_a_second_question_waits_for_the_first_answer(asked, asking):
    asking.ask(1, "Which pump?", by=CARLA)
    with pytest.raises(NotAllowed, match="has not answered your first question"):
        asking.ask(1, "Which year?", by=CARLA)
    asking.answer(1, "The E61", by=ANA)
    asking.ask(1, "Which year?", by=CARLA)


def test_an_open_question_does_not_keep_anybody_from_accepting(asked, case, asking, escalations, desk, db):
    asking.ask(1, "Which pump?", by=CARLA)
    escalations.accept(1, by=CARLA)
    assert desk.view(case).case.owner == CARLA
    with pytest.raises(NotAllowed, match="no longer open"):
        asking.answer(1, "The E61", by=ANA)


def test_a_question_to_the_bot_or_to_who_is_away_goes_to_the_lead(hear, escalations, asking, away):
    one, two = (m.case_id for m in hear(post(author="a"), post(author="b")))
    escalations.escalate(one, by="bot", why=None)
    escalations.escalate(two, by=ANA, why=None)
    away.set(ANA, NOON + timedelta(days=1), by=ANA)
    assert asking.ask(1, "Which pump?", by=CARLA) == GRY
    assert asking.ask(2, "Which pump?", by=DAG) == GRY


def test_a_question_that_nobody_answers_is_reminded_of_and_then_the_case_waits_again(
    asked, case, asking, tick, clock, db, desk
):
    asking.ask(1, "Which pump?", by=CARLA)
    clock.pass_(minutes=30)
    assert (tick.look(), tick.look()) == (1, 0)
    assert "<@UCARLA> still waits for your answer" in told(db, ANA)[-1]
    clock.pass_(minutes=30)
    assert (tick.look(), tick.look()) == (1, 0)
    assert desk.view(case).case.stage == "waiting"
    assert rows(db) == [(CARLA, "sent back")]
    assert "nobody answered" in thread(db, 1)[-1]
    assert "nobody answered" in told(db, "care-leads")[-1]


# Not mine: send to …


def test_somebody_named_is_asked_in_the_specialists_stead(asked, case, escalations, db, desk):
    turn = escalations.send_on(1, to=EVA, by=CARLA, note="Electrics, not the pump")
    assert turn.member == EVA
    assert rows(db) == [(CARLA, "sent on"), (EVA, "asked")]
    assert get(db, 2).why == "the pump seal?\n<@UCARLA>: Electrics, not the pump"
    assert get(db, 2).asked_by == ANA
    assert "<@UCARLA> sent case 1 on to <@UEVA>." in told(db, ANA)
    whys = [e.why for e in desk.view(case).events if e.what == "escalate"]
    assert whys[-1] == "not theirs: to <@UEVA>. Electrics, not the pump"
    with pytest.raises(NotAllowed, match="answered already: sent on"):
        escalations.accept(1, by=CARLA)
    escalations.accept(2, by=EVA)
    assert desk.view(case).case.owner == EVA


def test_a_case_is_not_sent_round_in_circles(asked, escalations, away, db):
    escalations.send_on(1, to=EVA, by=CARLA)
    for to, words in (
        (CARLA, "<@UCARLA> was asked about case 1 already"),
        (EVA, "That is you"),
        (ANA, "<@UANA> escalated case 1"),
    ):
        with pytest.raises(NotAllowed, match=words):
            escalations.send_on(2, to=to, by=EVA)
    away.set(DAG, NOON + timedelta(days=1), by=DAG, why="ill")
    with pytest.raises(NotAllowed, match=r"<@UDAG> is away until 11 Mar 13:00 \(ill\)"):
        escalations.send_on(2, to=DAG, by=EVA)
    with pytest.raises(NotAllowed, match="<@UEVA> was asked"):
        escalations.send_on(2, to=DAG, by=BO)
    assert rows(db) == [(CARLA, "sent on"), (EVA, "asked")]


def test_who_was_named_and_says_nothing_is_followed_by_the_rest_of_the_line(
    asked, escalations, tick, clock, db
):
    escalations.send_on(1, to=EVA, by=CARLA)
    clock.pass_(minutes=30)
    tick.look()
    clock.pass_(minutes=30)
    tick.look()
    assert rows(db) == [(CARLA, "sent on"), (EVA, "passed on"), (DAG, "passed on"), (GRY, "asked")]


def test_who_is_named_at_night_is_asked_in_the_morning(case, escalations, tick, clock, db):
    clock.now = NIGHT
    escalations.escalate(case, by=ANA, why=None, to=DAG)
    assert rows(db) == [(DAG, "waits")]
    clock.now = MORNING
    tick.look()
    assert rows(db) == [(DAG, "asked")]


# What is new meanwhile.


def test_what_is_new_comes_into_the_specialists_thread(asked, case, hear, office, db):
    Notes(office).add(case, "The serial is TD-7", by=BO)
    hear(post("And now my Tindra smells burnt"))
    assert thread(db, 1) == [
        "<@UBO> noted on case 1: “The serial is TD-7”",
        "The customer of case 1 wrote again: it stands above now.",
    ]
    # Ana has it no longer in hand, but it was hers: she hears of both.
    assert any("wrote again" in words for words in told(db, ANA))


def test_once_accepted_the_specialist_reads_it_in_the_thread_alone(asked, case, escalations, hear, db):
    escalations.accept(1, by=CARLA)
    before = len(told(db, CARLA))
    hear(post("And now my Tindra smells burnt"))
    assert len(told(db, CARLA)) == before + 1
    assert thread(db, 1) == ["The customer of case 1 wrote again: it stands above now."]


def test_ones_own_note_comes_into_no_thread(asked, case, office, db):
    Notes(office).add(case, "Looking at it", by=CARLA)
    assert thread(db, 1) == []
