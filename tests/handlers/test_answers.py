"""Where an answer goes: on a message, on Home, and from a modal that was opened there."""

import json

from slack_sdk import WebClient

from handlers.wiring import answer_to
from tests.people import ANA

CLIENT = WebClient()
URL = "https://hooks.slack.com/actions/T0/1/x"


def click(**more):
    return {"type": "block_actions", "user": {"id": ANA}, **more}


def test_a_click_on_home_is_answered_by_a_direct_message():
    at_slack = click(container={"type": "view", "view_id": "V1"}, view={"type": "home", "blocks": []})
    in_the_local_one = click(container={"type": "message", "channel_id": ""}, response_url=URL)
    for body in (at_slack, in_the_local_one):
        answer = answer_to(CLIENT, body)
        assert (answer.direct, answer.url) == (ANA, None)


def test_a_click_on_a_private_message_draws_it_anew_though_slack_sends_no_message_along():
    container = {"type": "message", "message_ts": "1.2", "channel_id": "C1", "is_ephemeral": True}
    answer = answer_to(CLIENT, click(container=container, response_url=URL))
    assert (answer.direct, answer.url, answer.replace) == (None, URL, True)


def test_a_click_on_a_card_is_answered_beside_it():
    container = {"type": "message", "message_ts": "1.2", "channel_id": "C1", "is_ephemeral": False}
    message = {"blocks": [{"block_id": "card:1|head"}]}
    answer = answer_to(CLIENT, click(container=container, message=message, response_url=URL))
    assert (answer.direct, answer.url, answer.replace) == (None, URL, False)


def test_a_modal_opened_on_home_answers_there_too():
    home = answer_to(CLIENT, click(container={"type": "view"}, view={"type": "home"}))
    kept = json.dumps({"case": 1, "answer": home.remembered})
    submitted = {"type": "view_submission", "user": {"id": ANA}, "view": {"private_metadata": kept}}
    assert answer_to(CLIENT, submitted) == home
