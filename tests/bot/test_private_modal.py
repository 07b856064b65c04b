"""The windows of a private message hold whatever a customer or a colleague writes, within Slack's limits."""

import json

import pytest

from bot.blocks.private_modal import private_modal, private_unknown_modal
from bot.blocks.reply_modals import Ways, ready_modal
from bot.private_replies import PrivateDraft
from tests.people import ANA, playbook, post
from tests.slack_limits import assert_view

HOSTILE = "My Tindra leaks <!channel> & *bold* " + "ünfassbar lang 🫖 " * 900
PAGE = {"facebook": {"page_id": "122104"}}
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def book():
    return playbook(sources=PAGE)


@pytest.fixture
def view(hear, desk):
    hear(post(HOSTILE, source="facebook", external_id="5001_9", author="<!here> Mia", author_name=None))
    desk.claim(1, by=ANA)
    return desk.view(1)


def test_the_window_holds_anything(view):
    draft = PrivateDraft(
        view=view,
        mention=view.to_answer,
        text=HOSTILE,
        stops=[f"Mend “{HOSTILE[:80]}”."] * 5,
        advice=["<!here>"],
    )
    modal = private_modal(draft, HOSTILE, answer={"url": "https://hooks.slack.example/" + "x" * 200})
    assert_view(modal)
    shown = json.dumps(modal["blocks"][:-1])
    assert "<!channel>" not in shown
    assert "<!here>" not in shown


def test_the_question_whether_it_is_there_holds_too(view):
    assert_view(private_unknown_modal(2**31 - 1, 2**31 - 1))


def test_the_reply_window_says_that_one_may_write_in_private(view):
    window = ready_modal(view, Ways(reply=1, text="Hi"), answer={})
    assert_view(window)
    assert "`/case private 1`" in json.dumps(window)
