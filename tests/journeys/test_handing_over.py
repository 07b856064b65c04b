"""Handing a case over in Slack: by command and by modal, with the colleague's yes or no."""

import pytest

from tests.journeys.acts import hear, sheet_of
from tests.people import ANA, BO, CARLA, post
from tests.slack import eventually, running, settings_for, words
from tests.slack_limits import assert_message, assert_view

QUESTION = "Which Tindra filter fits my kettle? Where can I buy it?"


@pytest.fixture
def here(slack, tmp_path, book):
    with running(settings_for(slack.url, f"sqlite:///{tmp_path / 'test.db'}"), book) as parts:
        yield parts


def test_a_case_changes_hands_with_a_yes(here, slack):
    hear(here, post(QUESTION))
    slack.click(ANA, slack.card(1), "claim")
    sheet = slack.private(ANA, "It is yours")
    slack.click(ANA, sheet, "case_menu", "handover 1")
    assert_view(slack.view("Hand over · case 1"))
    slack.submit(ANA, to=BO, note="You know filters")
    slack.private(ANA, "<@UBO> is asked to take over case 1")
    asked = slack.direct(BO, "asks you to take over case 1")
    assert_message(asked)
    assert "You know filters" in words(asked)
    eventually(lambda: "waiting for <@UBO>'s yes" in words(slack.card(1)))

    slack.click(BO, asked, "handover_yes")
    sheet_of_bo = slack.direct(BO, "You took it over. It is yours.")
    assert_message(sheet_of_bo)
    eventually(lambda: "<@UBO> has it" in words(slack.card(1)))
    slack.direct(ANA, "<@UBO> took over case 1")
    # The sheet that Ana still has says how things are now.
    slack.click(ANA, sheet, "resolve")
    slack.private(ANA, "<@UBO> has case 1")


def test_a_no_comes_with_its_reason_and_a_yes_too_late_is_told_so(here, slack):
    hear(here, post(QUESTION))
    slack.command(ANA, "/claim", "1")
    slack.private(ANA, "It is yours")
    slack.command(ANA, "/case", "handover 1 <@UBO>")
    slack.click(BO, slack.direct(BO, "asks you to take over"), "handover_no")
    slack.view("No, I can't")
    slack.submit(BO, why="On my way home")
    slack.direct(ANA, "it stays with you: “On my way home”")
    slack.direct(BO, "You said that you can't take it")

    slack.command(ANA, "/case", "handover 1 <@UCARLA>")
    asked = slack.direct(CARLA, "asks you to take over")
    slack.command(ANA, "/case", "keep 1")
    sheet_of(slack, ANA, 1, having="It stays where it is")
    slack.click(CARLA, asked, "handover_yes")
    slack.direct(CARLA, "<@UANA> keeps case 1 after all")
    assert here.services.desk.view(1).case.owner == ANA


@pytest.mark.parametrize(
    ("to", "sentence"),
    [("U0POST", "<@U0POST> is a bot"), ("UNOBODY", "no such person"), (ANA, "That is you")],
)
def test_who_can_not_have_a_case_is_refused(to, sentence, here, slack):
    hear(here, post(QUESTION))
    slack.command(ANA, "/claim", "1")
    slack.private(ANA, "It is yours")
    slack.command(ANA, "/case", f"handover 1 <@{to}>")
    slack.private(ANA, sentence)
    assert here.services.desk.view(1).case.offered_to is None
