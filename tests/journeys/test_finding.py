"""Looking for cases and noting things on them, as employees do it in Slack."""

import json

import pytest

from tests.journeys.acts import hear
from tests.people import ANA, BO, CARLA, post
from tests.slack import eventually, find_action, running, settings_for, words


@pytest.fixture
def here(slack, tmp_path, book):
    with running(settings_for(slack.url, f"sqlite:///{tmp_path / 'test.db'}"), book) as parts:
        yield parts


def test_a_case_is_claimed_from_the_list_of_what_waits(here, slack):
    hear(here, post(author="one"), post("Which Tindra filter fits? Where can I buy it?", author="two"))
    slack.card(2)
    slack.command(ANA, "/case", "queue xyz")
    slack.private(ANA, "There are: nordic, everyone")
    slack.command(ANA, "/case", "queue nordic")
    slack.private(ANA, "Nothing is waiting in nordic")
    slack.command(ANA, "/case", "queue everyone")
    waiting = slack.private(ANA, "2 cases wait in everyone")
    slack.click(ANA, waiting, "claim")
    slack.private(ANA, "It is yours")
    assert here.services.desk.view(1).case.owner == ANA
    slack.command(BO, "/case", "queue")
    slack.private(BO, "1 case waits")


def test_words_are_found_in_posts_and_notes(here, slack):
    hear(here, post("My Tindra leaks & drips <b>", author="one"))
    slack.card(1)
    slack.command(ANA, "/case", "find")
    slack.view("Find cases")
    slack.submit(ANA, words="  ")
    assert slack.view("errors")["errors"] == {"words": "Write what to look for."}
    slack.submit(ANA, words="kettle")
    slack.private(ANA, "Nothing has “kettle” in it")
    slack.command(ANA, "/case", "find kettle")
    slack.private(ANA, "Nothing has “kettle” in it")
    slack.command(ANA, "/case", "find DRIPS &amp; &lt;b&gt;")
    assert "*Case 1*" in words(slack.private(ANA, "1 case with"))


def test_a_note_by_command_and_by_menu(here, slack):
    hear(here, post())
    card = slack.card(1)
    slack.command(BO, "/case", "note 1 She &lt;really&gt; prefers <https://a.example/x|a.example/x>")
    slack.private(BO, "Your note is with case 1")
    slack.command(BO, "/case", "note abc")
    slack.private(BO, "is not a case number")
    slack.command(BO, "/case", "note 7")
    slack.private(BO, "There is no case 7")

    slack.click(CARLA, card, "case_menu", "note 1")
    slack.view("Note · case 1")
    slack.submit(CARLA, text=" \n ")
    assert slack.view("errors")["errors"] == {"text": "A note needs words."}
    slack.submit(CARLA, text="the valve again")
    slack.private(CARLA, "Your note is with case 1")
    slack.command(ANA, "/claim", "1")
    sheet = slack.private(ANA, "It is yours")
    assert "the valve again" in words(sheet)
    _, menu = find_action(sheet, "case_menu")
    assert "note 1" in [option["value"] for option in menu["options"]]
    slack.command(ANA, "/case", "1")
    shown = words(slack.private(ANA, "noted"))
    assert "She &lt;really&gt; prefers https://a.example/x" in shown
    eventually(lambda: "<@UANA> has it" in words(slack.card(1)))
    outside = json.dumps([m for m in slack.messages() if not m.get("ephemeral_to")])
    assert "the valve again" not in outside
