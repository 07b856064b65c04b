"""A case has verbs: who may do what, when, and what is left behind."""

from datetime import timedelta

import pytest

from models.case import Case
from models.checklist import Checklist
from models.errors import NotAllowed
from models.mention import Mention
from models.moves import MOVES, STAGES
from models.people import BOT, Person
from tests.people import ANA, BO, GRY, NOON, playbook, post

Ana, Bo, Lead = Person(ANA), Person(BO), Person(GRY, lead=True)
HOUR = timedelta(hours=1)


@pytest.fixture
def case() -> Case:
    return opened("complaint")


def opened(kind: str) -> Case:
    mention = Mention.from_post(post(), stored_at=NOON)
    mention.shown, mention.reason, mention.kind, mention.topic = True, "test", kind, "leak"
    mention.language, mention.brand, mention.queue, mention.personal_data = "en", "Tindra", "everyone", []
    case = Case.open(mention, at=NOON, respond_by=NOON + HOUR, resolve_by=NOON + 24 * HOUR)
    case.id = 3
    return case


def checklist(case: Case) -> Checklist:
    return Checklist(playbook().checklist, case.kind, case.ticked, case.private)


def test_a_claimed_case_cannot_be_claimed_again(case):
    case.claim(by=Ana, at=NOON)
    with pytest.raises(NotAllowed, match="<@UANA> has case 3"):
        case.claim(by=Bo, at=NOON)
    assert case.owner == ANA


def test_claiming_my_own_case_says_that_i_have_it(case):
    case.claim(by=Ana, at=NOON)
    with pytest.raises(NotAllowed, match="You already have case 3"):
        case.claim(by=Ana, at=NOON)


def test_only_the_owner_or_a_lead_releases(case):
    case.claim(by=Ana, at=NOON)
    with pytest.raises(NotAllowed, match="only they or a lead"):
        case.release(by=Bo, at=NOON)
    case.release(by=Lead, at=NOON)
    assert (case.stage, case.owner) == ("waiting", None)


def test_resolving_names_the_first_missing_step(case):
    case.claim(by=Ana, at=NOON)
    case.tick("helps", by=Ana, at=NOON)
    with pytest.raises(NotAllowed, match="Missing: “I said my name, my company and my role”, and 3 more"):
        case.resolve(by=Ana, at=NOON, checklist=checklist(case))
    assert case.stage == "claimed"


def test_a_case_with_every_required_step_ticked_is_resolved(case):
    case.claim(by=Ana, at=NOON)
    for step in ("helps", "introduced", "wrote_back", "next_step", "solved"):
        case.tick(step, by=Ana, at=NOON)
    case.resolve(by=Ana, at=NOON + HOUR, checklist=checklist(case))
    assert (case.stage, case.closed_at) == ("resolved", NOON + HOUR)


def test_an_ad_that_nobody_answered_is_dismissed_and_not_resolved():
    ad = opened("ad")
    ad.claim(by=Ana, at=NOON)
    with pytest.raises(NotAllowed, match="an ad that nobody answered"):
        ad.resolve(by=Ana, at=NOON, checklist=checklist(ad))
    ad.dismiss(by=Ana, at=NOON, because="ad")
    assert ad.stage == "dismissed"


def test_a_question_takes_the_short_way(case):
    question = opened("question")
    question.claim(by=Ana, at=NOON)
    for step in ("helps", "introduced", "solved"):
        question.tick(step, by=Ana, at=NOON)
    question.resolve(by=Ana, at=NOON, checklist=checklist(question))
    assert question.stage == "resolved"


def test_a_question_that_needs_private_data_takes_the_long_way():
    question = opened("question")
    question.claim(by=Ana, at=NOON)
    question.needs_private_data(by=Ana, at=NOON)
    assert [s.key for s in checklist(question).missing] == [
        "helps",
        "introduced",
        "wrote_back",
        "next_step",
        "solved",
    ]


def test_a_tick_counts_once_and_can_be_taken_back(case):
    case.claim(by=Ana, at=NOON)
    assert case.tick("helps", by=Ana, at=NOON)
    assert not case.tick("helps", by=Ana, at=NOON)
    assert case.untick("helps", by=Ana, at=NOON)
    assert case.ticked == []


def test_a_case_must_be_claimed_before_its_steps_are_ticked(case):
    with pytest.raises(NotAllowed, match="Claim it first"):
        case.tick("helps", by=Ana, at=NOON)


def test_a_customer_who_writes_again_gets_the_same_owner(case):
    case.claim(by=Ana, at=NOON)
    for step in ("helps", "introduced", "wrote_back", "next_step", "solved"):
        case.tick(step, by=Ana, at=NOON)
    case.resolve(by=Ana, at=NOON, checklist=checklist(case))
    again = Mention.from_post(post("still leaking"), stored_at=NOON)
    case.join(again, at=NOON + HOUR)
    assert (case.stage, case.owner, case.closed_at) == ("claimed", ANA, None)


def test_a_dismissed_case_waits_again_when_the_customer_writes_again(case):
    case.dismiss(by=Ana, at=NOON, because="no_reply")
    case.join(Mention.from_post(post("hello?"), stored_at=NOON), at=NOON)
    assert (case.stage, case.closed_because) == ("waiting", None)


def test_a_dismissal_needs_one_of_the_reasons(case):
    with pytest.raises(NotAllowed, match="A reason is needed"):
        case.dismiss(by=Ana, at=NOON, because="i do not feel like it")
    assert case.stage == "waiting"


def test_only_a_lead_reopens(case):
    case.dismiss(by=Ana, at=NOON, because="ad")
    with pytest.raises(NotAllowed, match="Only a lead"):
        case.reopen(by=Ana, at=NOON)
    case.reopen(by=Lead, at=NOON)
    assert case.stage == "waiting"


def test_a_promise_lies_in_the_future(case):
    case.claim(by=Ana, at=NOON)
    with pytest.raises(NotAllowed, match="future"):
        case.promise(NOON, by=Ana, at=NOON)


def test_every_move_leaves_one_line_in_the_timeline(case):
    case.claim(by=Ana, at=NOON)
    case.escalate(by=Ana, at=NOON, why="needs a technician")
    case.accept(by=Bo, at=NOON)
    case.offer(ANA, by=Bo, at=NOON)
    case.take_over(by=Ana, at=NOON)
    case.release(by=Ana, at=NOON)
    assert [(e.what, e.actor) for e in case.events] == [
        ("open", BOT.id),
        ("claim", ANA),
        ("escalate", ANA),
        ("accept", BO),
        ("offer", BO),
        ("take_over", ANA),
        ("release", ANA),
    ]


def test_every_move_in_the_table_joins_known_stages():
    for name, move in MOVES.items():
        assert set(move.from_) <= set(STAGES), name
        assert move.to in STAGES, name


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(
    ("move", "do"),
    [
        ("claim", lambda c: c.claim(by=Ana, at=NOON)),
        ("release", lambda c: c.release(by=Lead, at=NOON)),
        ("escalate", lambda c: c.escalate(by=Lead, at=NOON)),
        ("accept", lambda c: c.accept(by=Lead, at=NOON)),
        ("send_back", lambda c: c.send_back(by=Lead, at=NOON, why=None)),
        ("dismiss", lambda c: c.dismiss(by=Lead, at=NOON, because="ad")),
        ("reopen", lambda c: c.reopen(by=Lead, at=NOON)),
    ],
)
def test_a_move_outside_the_table_changes_nothing(stage, move, do):
    case = opened("complaint")
    case.stage, before = stage, len(case.events)
    if stage in MOVES[move].from_:
        do(case)
        assert (case.stage, len(case.events)) == (MOVES[move].to, before + 1)
    else:
        with pytest.raises(NotAllowed):
            do(case)
        assert (case.stage, len(case.events)) == (stage, before)


def test_an_answer_is_overdue_from_its_target_on_until_somebody_answers(case):
    assert not case.is_overdue(NOON + HOUR - timedelta(seconds=1))
    assert case.is_overdue(NOON + HOUR)
    case.answered(by=Ana, at=NOON + HOUR, where="by hand")
    assert not case.is_overdue(NOON + 2 * HOUR)
