"""What Slack delivers out of order, or after its case moved on, leaves what is true."""

from models.case import Case
from tests.handlers.happened import escalated, offered
from tests.handlers.interactions import CLAIM, TICK
from tests.handlers.payloads import click, command, option, window
from tests.handlers.stage import Stage, at_home
from tests.people import ANA, BO, CARLA, DAG


def case_of(stage: Stage, number: int = 1) -> Case:
    return stage.parts.services.desk.view(number).case


def moves(stage: Stage) -> list[str]:
    return [event.what for event in stage.parts.services.desk.view(1).events][1:]


def test_a_step_taken_back_before_its_tick_arrives_ends_ticked_once(stage):
    untick = click("tick", "1 helps undo")
    for step in (CLAIM, untick, TICK, untick, TICK):
        stage(step)
    assert (case_of(stage).ticked, moves(stage)) == (["helps"], ["claim", "tick"])


def test_claim_and_release_in_any_order_leave_what_the_last_new_one_said(stage):
    release = command("release 1")
    for step in (release, CLAIM, release, CLAIM, release):
        stage(step)
    # The first release was refused, so its copy is the one that counts; then both are known.
    assert (case_of(stage).stage, moves(stage)) == ("waiting", ["claim", "release"])


def test_a_window_submitted_after_its_case_was_closed_changes_nothing(stage):
    stage(CLAIM)
    stage(window("dismiss", {"case": 1}, reason=option("no_reply")))
    closed = stage.everything()
    late = window(
        "promise", {"case": 1, "step": ""}, day={"selected_date": "2026-03-12"}, hour=option("10:00")
    )
    assert "Case 1 is dismissed" in stage(late)
    assert "Case 1 is dismissed" in stage(window("escalate", {"case": 1}, why="the pump"))
    assert "Case 1 is dismissed" in stage(window("handover", {"case": 1}, to={"selected_user": BO}))
    assert stage.everything() | {"employees": 0} == closed | {"employees": 0}, "Slack was asked who Bo is"


def test_who_accepts_after_somebody_else_was_asked_does_not_get_the_case(stage, slack):
    for step in (CLAIM, escalated, window("send_on", {"escalation": 1}, CARLA, to={"selected_user": DAG})):
        stage(step)
    before = stage.everything()
    stage(at_home("accept", 1, CARLA))
    after = stage.everything()
    assert after | {"outbox": 0} == before | {"outbox": 0}
    assert slack.direct(CARLA, "Case 1 was answered already: sent on")


def test_a_specialist_s_yes_delivered_after_they_sent_it_back_takes_nothing(stage):
    accept = click("accept", 1, CARLA)
    stage(CLAIM)
    stage(escalated)
    stage(accept)
    stage(command("release 1", CARLA))
    stage(click("claim", 1))
    stage(escalated)
    stage(accept)
    assert case_of(stage).stage == "escalated"


def test_a_colleague_s_yes_after_the_offer_was_taken_back_takes_nothing(stage):
    for step in (CLAIM, offered, command("keep 1"), click("handover_yes", 1, BO)):
        stage(step)
    assert case_of(stage).owner == ANA
