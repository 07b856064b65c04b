"""Waiting for the customer, promising, crisis mode and a day's hours, as people do it in Slack."""

import pytest

from tests.journeys.acts import hear, sheet_of
from tests.people import ANA, GRY, post
from tests.slack import LEADS, eventually, words
from tests.slack_limits import assert_message, assert_view

ASKS = "I'm Ana, customer care at Tindra. Sorry about that! Which machine do you have?"
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def card_with(slack, number, having):
    return eventually(lambda: card if having in words(card := slack.card(number)) else None)


def test_a_question_to_the_customer_stops_the_clock_and_go_on_starts_it(program, slack):
    hear(program, post(conversation="c1"))
    slack.card(1)
    slack.command(ANA, "/claim", "1")
    slack.private(ANA, "It is yours")
    slack.command(ANA, "/case", "wait 1")
    assert slack.private(ANA, "has had no answer yet")

    replies = program.services.replies
    replies.posted_by_hand(replies.check(1, ASKS, by=ANA).reply, by=ANA, url=None)
    assert_message(card_with(slack, 1, "waiting for the customer since"))
    slack.command(ANA, "/case", "wait 1")
    assert slack.private(ANA, "waits for the customer already")
    slack.click(ANA, slack.card(1), "checklist")
    sheet = sheet_of(slack, ANA, 1, "the clock stands still")
    assert_message(sheet)
    slack.click(ANA, sheet, "word_continue", "1")
    assert "The clock goes on" in words(sheet_of(slack, ANA, 1, "The clock goes on"))
    slack.command(ANA, "/case", "wait 1")
    assert "The clock stands still until" in words(sheet_of(slack, ANA, 1, "The clock stands still until"))

    hear(program, post("It is the Tindra One, bought last year", conversation="c1"))
    eventually(lambda: "waiting for the customer" not in words(slack.card(1)))
    slack.command(ANA, "/case", "continue 1")
    assert slack.private(ANA, "doesn't wait for the customer")


def test_a_promise_is_typed_or_chosen_and_kept(program, slack):
    hear(program, post())
    slack.card(1)
    slack.command(ANA, "/claim", "1")
    slack.private(ANA, "It is yours")
    slack.command(ANA, "/case", "promise 1 some day")
    assert slack.private(ANA, "as in `/case promise 12 tomorrow noon`")
    slack.command(ANA, "/case", "promise 1 tomorrow noon")
    assert_message(sheet_of(slack, ANA, 1, "Promised:"))
    slack.command(ANA, "/case", "promise 1")
    assert_view(slack.view("Promise"))
    slack.submit(ANA, hour="16:00")
    assert "16:00" in words(sheet_of(slack, ANA, 1, "16:00"))
    slack.command(ANA, "/case", "promise 1 kept")
    sheet_of(slack, ANA, 1, "Well done.")
    slack.command(ANA, "/case", "promise 1 kept")
    assert slack.private(ANA, "Nothing is promised")


def test_leads_switch_crisis_mode_and_hours_and_everybody_can_see_it(program, slack):
    hear(program, post())
    slack.card(1)
    slack.command(ANA, "/case", "crisis on leaks burst")
    assert slack.private(ANA, "Only a lead can switch this")
    slack.command(GRY, "/case", "crisis on nordic for 4h leaks burst")
    assert slack.private(GRY, "Crisis mode is on")
    told = eventually(lambda: next((m for m in slack.messages(LEADS) if "crisis mode" in words(m)), None))
    assert "on for #mentions-nordic, until" in words(told)
    slack.command(GRY, "/case", "hours nordic closed tomorrow")
    listed = slack.private(GRY, "is closed on")
    assert_message(listed)
    slack.command(GRY, "/case", "hours nordic sometimes")
    assert slack.private(GRY, "Write it as `/case hours nordic closed today`")
    slack.command(GRY, "/case", "hours southern closed today")
    assert slack.private(GRY, "There is no queue “southern”")
    slack.click(GRY, listed, "word_hours")
    eventually(lambda: "is closed on" not in words(slack.private(GRY, "Switch off")))

    slack.command(ANA, "/case", "crisis")
    listed = slack.private(ANA, "leaks burst")
    slack.click(ANA, listed, "word_crisis")
    assert slack.private(ANA, "Only a lead can switch this")
    slack.click(GRY, slack.private(GRY, "Switch off"), "word_crisis")
    assert slack.private(GRY, "Crisis mode is off")
    slack.command(GRY, "/case", "crisis")
    slack.click(GRY, slack.private(GRY, "Nothing is switched"), "crisis")
    view = slack.view("Crisis mode")
    assert_view(view)
    slack.submit(GRY, why=" ", until="18:00")
    assert slack.view("errors")["errors"] == {"why": "Say why: everybody will ask."}
    slack.submit(GRY, why="smoke", until="whenever")
    slack.submit(GRY, why="smoke", until="tomorrow 9:00")
    assert "all queues" in words(slack.private(GRY, "“smoke”"))


def test_a_lead_changes_a_days_hours_in_a_window(program, slack):
    slack.command(GRY, "/case", "hours")
    listed = slack.private(GRY, "Nothing is switched")
    slack.click(ANA, listed, "hours")
    assert slack.private(ANA, "Only a lead can switch this")
    slack.click(GRY, listed, "hours")
    assert_view(slack.view("A day's hours"))
    for wrong in ("sometimes", "closed 08:00-20:00"):
        slack.submit(GRY, queue="nordic", hours=wrong)
        assert "Write closed" in slack.view("errors")["errors"]["hours"]
    slack.submit(GRY, queue="nordic", hours="08:00-12:00, 13:00 - 20:00")
    assert slack.private(GRY, "#mentions-nordic* is open 08:00-12:00, 13:00-20:00")
    slack.click(GRY, slack.private(GRY, "is open 08:00-12:00"), "hours")
    slack.view("A day's hours")
    slack.submit(GRY, queue="nordic", hours="usual")
    eventually(lambda: "is open" not in words(slack.private(GRY, "Nothing is switched")))
