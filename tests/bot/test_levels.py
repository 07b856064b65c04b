"""Who may claim what: levels, certificates, and a lead's one-time leave."""

import pytest
from sqlalchemy import select

from bot.levels import Levels
from bot.training import Training
from config.courses import courses
from models.errors import NotAllowed
from models.outbox import Outbox
from tests.people import ANA, BO, CARLA, GRY, playbook, post

RULES = {
    "levels": [
        {"level": 1, "name": "questions and praise", "kinds": ["question", "praise"],
         "courses": ["introducing", "privacy"]},
        {"level": 2, "name": "complaints", "kinds": ["complaint"], "courses": ["tone", "tools"]},
        {"level": 3, "name": "severe cases", "severity": 2},
    ],
    "trained": {BO: 2},
}  # fmt: skip
QUESTION = "Which filter fits my Tindra One? Where can I buy it?"


@pytest.fixture
def book():
    return playbook(training=RULES)


@pytest.fixture
def training(office) -> Training:
    return Training(office)


@pytest.fixture
def complaint(hear) -> int:
    return hear(post())[0].case_id


def test_a_claim_above_ones_level_says_what_would_allow_it_and_who_can_take_it(desk, complaint):
    with pytest.raises(NotAllowed) as no:
        desk.claim(complaint, by=ANA)
    said = str(no.value)
    assert f"Case {complaint} needs level 2 (complaints); you have level 0." in said
    for key in ("introducing", "privacy", "tone", "tools"):
        assert courses()[key].title in said
    assert f"<@{BO}>" in said
    assert desk.view(complaint).case.stage == "waiting"


def test_a_level_without_courses_is_not_promised_for_passing_those_below(hear, desk):
    [severe] = hear(post("My lawyer will hear of this: the Tindra caught fire and my daughter is burnt"))
    with pytest.raises(NotAllowed, match="in `/training`; level 3 itself is given by a lead"):
        desk.claim(severe.case_id, by=ANA)


def test_a_waiting_case_above_ones_level_can_not_be_dismissed_either(desk, complaint):
    with pytest.raises(NotAllowed, match=r"needs level 2 \(complaints\); you have level 0"):
        desk.dismiss(complaint, by=ANA, because="ad")
    with pytest.raises(NotAllowed, match=r"needs level 2 \(complaints\); you have level 0"):
        desk.to_dismiss(complaint, by=ANA)  # nor is its window opened
    assert desk.to_dismiss(complaint, by=BO).case.id == complaint
    assert desk.view(complaint).case.stage == "waiting"
    assert desk.dismiss(complaint, by=BO, because="no_reply").case.stage == "dismissed"


def test_passing_the_courses_gives_the_level(desk, hear, training, complaint):
    [question] = hear(post(QUESTION, author="other"))
    for key in ("introducing", "privacy"):
        training.passed(key, by=ANA)
    assert training.standing(ANA).level == 1
    assert desk.claim(question.case_id, by=ANA).case.owner == ANA
    with pytest.raises(NotAllowed, match="you have level 1"):
        desk.claim(complaint, by=ANA)
    for key in ("tone", "tools"):
        training.passed(key, by=ANA)
    assert desk.claim(complaint, by=ANA).case.owner == ANA


def test_a_level_without_courses_is_given_by_nobody_but_the_playbook(training):
    for key in courses():
        training.passed(key, by=ANA)
    assert training.standing(ANA).level == 2


def test_a_certificate_runs_out_after_a_reminder(training, clock, db):
    for key in ("introducing", "privacy"):
        training.passed(key, by=ANA)
    clock.pass_(days=334)
    assert training.remind_expiring() == 0
    clock.pass_(days=2)
    assert (training.remind_expiring(), training.remind_expiring()) == (2, 0)
    with db.reading() as session:
        told = session.scalars(select(Outbox).where(Outbox.kind == "notice")).all()
    assert {row.channel for row in told} == {ANA}
    clock.pass_(days=30)
    assert training.standing(ANA).level == 0


def test_a_course_passed_again_in_time_needs_no_reminder(training, clock):
    training.passed("tone", by=ANA)
    clock.pass_(days=300)
    training.passed("tone", by=ANA)
    clock.pass_(days=40)
    assert training.remind_expiring() == 0


def test_a_lead_lets_somebody_take_one_case(desk, office, complaint, hear):
    [other] = hear(post("My Tindra leaks too", author="other"))
    with pytest.raises(NotAllowed, match="Only a lead"):
        Levels(office).allow(complaint, ANA, by=BO)
    Levels(office).allow(complaint, ANA, by=GRY)
    assert desk.claim(complaint, by=ANA).case.owner == ANA
    assert "allow" in [e.what for e in desk.view(complaint).events]
    with pytest.raises(NotAllowed, match="needs level 2"):
        desk.claim(other.case_id, by=ANA)


def test_a_severe_case_needs_the_level_for_severe_cases_and_is_claimed_first_by_who_has_it(desk, hear):
    [ordinary] = hear(post())
    [severe] = hear(post("@TindraCare there is smoke coming out of my machine, it is broken", author="other"))
    with pytest.raises(NotAllowed, match=r"needs level 3 \(severe cases\); you have level 2"):
        desk.claim(severe.case_id, by=BO)
    assert desk.claim_next(by=BO).case.id == ordinary.case_id
    assert desk.claim_next(by=GRY).case.id == severe.case_id


def test_a_specialist_may_claim_cases_of_their_topic(desk, complaint):
    assert desk.claim(complaint, by=CARLA).case.owner == CARLA


def test_a_case_is_not_handed_to_somebody_below_its_level(desk, complaint, hand_over):
    desk.claim(complaint, by=BO)
    with pytest.raises(NotAllowed, match="needs level 2"):
        hand_over(complaint, by=BO, to=ANA)
    assert desk.view(complaint).case.owner == BO


def test_where_nothing_may_be_taken_the_case_nearest_to_reach_is_explained(desk, hear):
    hear(post("My lawyer will hear of this: the Tindra caught fire and my daughter is burnt", author="a"))
    hear(post(author="b"), post(QUESTION, author="c"))
    with pytest.raises(NotAllowed, match=r"Case 3 needs level 1 .*; you have level 0"):
        desk.claim_next(by=ANA)
    for number in (2, 3):
        desk.claim(number, by=BO)
    with pytest.raises(NotAllowed, match="Case 1 needs level 3"):
        desk.claim_next(by=BO)


def test_the_most_urgent_is_the_most_urgent_that_i_may_take(desk, training, complaint, hear):
    [question] = hear(post(QUESTION, author="other"))
    with pytest.raises(NotAllowed, match="needs level 1"):
        desk.claim_next(by=ANA)
    for key in ("introducing", "privacy"):
        training.passed(key, by=ANA)
    assert desk.claim_next(by=ANA).case.id == question.case_id


def test_a_course_taught_face_to_face_is_recorded_for_several_people_by_a_lead(training):
    with pytest.raises(NotAllowed, match="Only a lead"):
        training.record("tone", [ANA], by=BO)
    training.record("tone", [ANA, CARLA], by=GRY)
    assert "tone" in training.standing(ANA).until
    assert {one.member for one in training.team(by=GRY)} == {ANA, BO, CARLA}
    with pytest.raises(NotAllowed, match="There is no course"):
        training.record("juggling", [ANA], by=GRY)


def test_a_quiz_is_graded_against_the_course(training):
    quiz = courses()["tone"].quiz
    right = [q.right for q in quiz]
    assert training.grade("tone", "en", right) == []
    assert training.grade("tone", "en", [None, *right[1:]]) == [0]
    assert training.grade("tone", "en", []) == list(range(len(quiz)))
