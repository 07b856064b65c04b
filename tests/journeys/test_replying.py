"""Replying over Slack: what is new is read first, presence on the card, a lead's word, Facebook."""

import json
import time
from dataclasses import replace

import pytest
from slack_bolt import BoltRequest
from sqlalchemy import select

from handlers.slack import slack_app
from models.reply import Reply
from tests.far_network import far_network
from tests.journeys.acts import hear
from tests.people import ANA, BO, GRY, post
from tests.slack import LEADS, eventually, running, settings_for, words
from tests.slack_limits import assert_message, assert_view

ASKS = "Hi Mia, I'm Ana, customer care at Tindra. What's your order number?"
GOOD = "Hi Mia, I'm Ana, customer care at Tindra. Sorry about the mess! Which cup do you use?"
COMMENT = "122104_998877"


@pytest.fixture
def facebook():
    with far_network() as network:
        yield network


@pytest.fixture
def program(slack, facebook, tmp_path, book):
    settings = replace(
        settings_for(slack.url, f"sqlite:///{tmp_path / 'reply.db'}"),
        facebook_page_token="page-token",
        facebook_api_url=facebook.url,
    )
    with running(settings, book) as parts:
        yield parts


def claimed(program, slack, user=ANA, **fields):
    """Case 1 is the person's; returns the sheet with its buttons."""
    hear(program, post(conversation="c1", **fields))
    slack.card(1)
    slack.command(user, "/claim", "1")
    return slack.private(user, "It is yours")


def opened(slack, sheet, user=ANA):
    slack.click(user, sheet, "reply")
    return slack.view("Reply · case 1")


def dispatch(program, payload):
    """A request from Slack, as it comes from a client that the local Slack does not play."""
    app = slack_app(program.settings, program.services)
    response = app.dispatch(BoltRequest(body=payload, mode="socket_mode"))
    return json.loads(response.body) if response.body else {}


def newest(slack, kind, callback=None):
    """The newest request of that kind that the local Slack sent us."""
    sent = (e.get("detail") for e in reversed(slack.log()))
    return next(
        d
        for d in sent
        if isinstance(d, dict)
        and d.get("type") == kind
        and (callback is None or d["view"]["callback_id"] == callback)
    )


def test_sending_stops_for_what_is_new_and_one_more_press_goes_on(program, slack):
    sheet = claimed(program, slack)
    modal = opened(slack, sheet)
    assert_view(modal)
    hear(program, post("Now it smokes as well!", conversation="c1"))
    slack.submit(ANA, draft=GOOD)
    stopped = slack.view("Reply · case 1", having="New since you began")
    assert_view(stopped)
    assert "Now it smokes as well!" in words(stopped)
    slack.submit(ANA, draft=GOOD)
    assert "Good to go" in words(slack.view("Post · case 1"))


def test_the_card_shows_who_is_writing_until_they_are_done_or_close_the_window(program, slack):
    sheet = claimed(program, slack)
    opened(slack, sheet)
    eventually(lambda: "<@UANA> is writing a reply" in words(slack.card(1)))
    assert_message(slack.card(1))
    slack.close(ANA)
    eventually(lambda: "is writing" not in words(slack.card(1)))

    opened(slack, sheet)
    slack.submit(ANA, draft=GOOD)
    slack.view("Post · case 1")
    slack.command(BO, "/case", "1")
    seen = eventually(lambda: "<@UBO> is looking" in words(slack.card(1)) and slack.card(1))
    assert "<@UANA> is writing a reply" in words(seen)
    slack.click(GRY, slack.card(1), "reply")  # a lead is told that somebody writes already
    theirs = slack.view("Reply · case 1", having="<@UANA> is writing a reply in this case just now")
    assert_view(theirs)
    slack.close(GRY)
    opened(slack, sheet)
    slack.submit(ANA, draft=GOOD)
    slack.view("Post · case 1")
    slack.submit(ANA, account="own", url="https://x.com/ana/status/1")
    eventually(lambda: "is writing" not in words(slack.card(1)))
    with program.office.db.reading() as session:
        [reply] = session.scalars(select(Reply))
    assert (reply.account, reply.url) == ("own", "https://x.com/ana/status/1")


def test_findings_come_while_one_types_and_the_draft_is_kept(program, slack):
    sheet = claimed(program, slack)
    modal = opened(slack, sheet)
    field = next(b for b in modal["blocks"] if b["block_id"] == "draft")
    assert field["dispatch_action"]
    view = {**modal, "state": {"values": {"draft": {"reply_typed": {"value": ASKS}}}}}
    typed = {
        "type": "block_actions",
        "user": {"id": ANA},
        "container": {"type": "view", "view_id": modal["id"]},
        "trigger_id": "1.2.3",
        "view": view,
        "actions": [{"type": "plain_text_input", "action_id": "reply_typed", "block_id": "draft"}],
    }
    dispatch(program, typed)
    shown = slack.view("Reply · case 1", having="mend this first")
    assert_view(shown)
    assert "order number" in words(shown)
    updates = [e for e in slack.log() if "views.update" in json.dumps(e)]
    dispatch(program, {**typed, "view": {**view, "private_metadata": shown["private_metadata"]}})
    time.sleep(0.3)
    assert [e for e in slack.log() if "views.update" in json.dumps(e)] == updates  # nothing new: no flicker
    slack.close(ANA)
    modal = opened(slack, sheet)
    assert next(b for b in modal["blocks"] if b["block_id"] == "draft")["element"]["initial_value"] == ASKS


def test_a_lead_lets_exactly_one_text_be_posted(program, slack):
    sheet = claimed(program, slack)
    opened(slack, sheet)
    slack.submit(ANA, draft=ASKS)
    slack.view("Reply · case 1", having="Ask a lead to allow it")
    slack.submit(ANA, draft=ASKS, why="the number is on the shop's public receipt")
    asked = slack.view("Reply · case 1", having="A lead was asked")
    assert_view(asked)

    # The same submission again asks nobody twice.
    dispatch(program, newest(slack, "view_submission", "reply_check"))
    requests = eventually(lambda: [m for m in slack.messages(LEADS) if "asks to post" in words(m)])
    assert len(requests) == 1
    assert_message(requests[0])
    assert "public receipt" in words(requests[0])
    assert "order number" in words(requests[0])

    slack.click(BO, requests[0], "overrule_allow")
    slack.private(BO, "Only a lead", channel=LEADS)
    slack.click(GRY, requests[0], "overrule_allow")
    slack.direct(ANA, "lets you post your reply in case 1")
    decided = eventually(
        lambda: next((m for m in slack.messages(LEADS) if "allowed it at" in words(m)), None)
    )
    assert "overrule_allow" not in words(decided)
    slack.submit(ANA, draft=ASKS)
    ready = slack.view("Post · case 1", having="A lead lets this be posted")
    assert_view(ready)
    slack.command(GRY, "/case", "1")
    assert "overruled the check" in words(slack.private(GRY, "overruled the check"))


def test_a_comment_on_facebook_is_answered_by_the_page_once(program, slack, facebook):
    facebook.answer(f"/v24.0/{COMMENT}/comments", {"id": "122104_5"})
    sheet = claimed(program, slack, source="facebook", external_id=COMMENT, url=None)
    opened(slack, sheet)
    slack.submit(ANA, draft=GOOD)
    modal = slack.view("Post · case 1")
    assert modal["submit"]["text"] == "Post now"
    assert "sends this reply to Facebook" in words(modal)
    slack.submit(ANA)
    slack.view("On its way")
    slack.direct(ANA, "is on Facebook: <https://www.facebook.com/122104_5|open it>")
    said = dispatch(program, newest(slack, "view_submission", "reply_post"))
    assert "This was done already" in json.dumps(said)
    assert len(facebook.requests) == 1


def test_facebook_in_trouble_is_never_asked_twice_and_the_employee_looks(program, slack, facebook):
    trouble = {"error": {"message": "Please retry", "code": 2, "is_transient": True}}
    facebook.answer(f"/v24.0/{COMMENT}/comments", trouble, 500)
    sheet = claimed(program, slack, source="facebook", external_id=COMMENT, url=None)
    opened(slack, sheet)
    slack.submit(ANA, draft=GOOD)
    slack.view("Post · case 1")
    slack.submit(ANA)
    slack.direct(ANA, "may or may not be on Facebook")
    slack.click(ANA, sheet, "reply")
    assert "Facebook did not say" in words(slack.view("Reply · case 1", having="did not say"))
    slack.submit(ANA, there="no")
    slack.view("Draft")
    assert len(facebook.requests) == 1


def test_a_window_left_open_while_the_case_moved_on_gives_the_draft_back(program, slack):
    sheet = claimed(program, slack)
    opened(slack, sheet)
    program.services.desk.release(1, by=GRY)
    program.services.desk.claim(1, by=BO)
    slack.submit(ANA, draft=GOOD)
    said = slack.view("Not done")
    assert_view(said)
    assert "has case 1; only they or a lead reply in it. Your draft is kept:" in words(said)
    assert "Which cup do you use?" in words(said)


def test_a_click_that_slack_no_longer_waits_for_is_a_sentence(program, slack):
    sheet = claimed(program, slack)
    slack.click(ANA, sheet, "reply")
    slack.view("Reply · case 1")
    late = newest(slack, "block_actions")
    dispatch(program, {**late, "trigger_id": "0.0.expired"})
    slack.private(ANA, "Slack did not wait for the window to open")


def test_i_posted_it_twice_counts_once(program, slack):
    sheet = claimed(program, slack)
    opened(slack, sheet)
    slack.submit(ANA, draft=GOOD)
    slack.view("Post · case 1")
    hear(program, post("Anybody there?", conversation="c1"))
    slack.submit(ANA)
    told = words(slack.private(ANA, "Your reply is on record"))
    assert "New since you began" in told  # it is out, so it counts; and what is new is told
    assert "Anybody there?" in told
    dispatch(program, newest(slack, "view_submission", "reply_posted"))
    with program.office.db.reading() as session:
        [reply] = session.scalars(select(Reply))
        assert reply.account == "company"
    events = [e.what for e in program.services.desk.view(1).events]
    assert events.count("reply") == 1
