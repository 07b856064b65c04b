"""From a customer's post to a solved case, and what happens when they write again."""

import re
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from tests.journeys.acts import hear, sheet_of
from tests.people import ANA, BO, post
from tests.slack import eventually, words
from tests.slack_limits import assert_message, assert_view

FIRST = "1987303767481618104"
ASKS = "Hi Mia, what's your order number?"
GOOD = "Hi Mia, I'm Ana, customer care at Tindra. Sorry about the mess! Please send us a private message."
WHERE = "https://x.com/TindraCare/status/7000000099"


def test_a_case_from_its_card_to_resolved_and_back_when_the_customer_writes_again(program, slack):
    hear(program, post(external_id=FIRST, conversation=FIRST))
    card = slack.card(1)
    assert_message(card)

    slack.command(ANA, "/claim", "1")
    sheet = slack.private(ANA, "It is yours")
    assert_message(sheet)

    # Reply: the check stops a draft that asks for an order number, and lets the good one through.
    slack.click(ANA, sheet, "reply")
    modal = slack.view("Reply · case 1")
    assert_view(modal)
    assert "My Tindra leaks" in words(modal)
    assert "I'm Ana, customer care at Tindra" in words(modal)
    slack.submit(ANA, draft=ASKS)
    stopped = slack.view("Reply · case 1")
    assert_view(stopped)
    assert "order number" in words(stopped).split('"input"')[0]
    assert initial(stopped, "draft") == ASKS

    slack.submit(ANA, draft=GOOD)
    ready = slack.view("Post · case 1")
    assert_view(ready)
    intent, invite = links(ready)
    assert parse_qs(urlsplit(intent).query) == {"in_reply_to": [FIRST], "text": [GOOD]}
    invitation, _, private = parse_qs(urlsplit(invite).query)["text"][0].rpartition(" ")
    assert "so that your details stay between us" in invitation
    assert private.startswith("https://x.com/messages/compose?recipient_id=42&")
    slack.submit(ANA, url=WHERE)
    assert_message(slack.private(ANA, "Your reply is on record"))
    eventually(lambda: "answered" in words(slack.card(1)))

    # Steps: Done ticks the next one, the menu any other, and takes one back.
    slack.click(ANA, sheet_of(slack, ANA, 1), "tick")
    ticked = sheet_of(slack, ANA, 1, having="*Next:* I said my name")
    assert ":white_check_mark: a reply helps here  _<@UANA>" in words(ticked)
    slack.click(ANA, ticked, "tick_other", option(ticked, "wrote_back"))
    ticked = sheet_of(slack, ANA, 1, having=":white_check_mark: they wrote back")
    slack.click(ANA, ticked, "tick_other", option(ticked, "wrote_back"))
    undone = sheet_of(slack, ANA, 1, having=":white_large_square: they wrote back")
    assert_message(undone)

    slack.click(ANA, slack.card(1), "resolve")
    refused = slack.private(ANA, "can't be resolved yet")
    assert "Missing: “I said my name, my company and my role”, and 3 more after it" in words(refused)

    for step in ("I said my name", "they wrote back"):
        now = sheet_of(slack, ANA, 1, having=f"*Next:* {step}")
        slack.click(ANA, now, "tick")

    # The promise: a past time is refused, a future one is kept with the step.
    slack.click(ANA, sheet_of(slack, ANA, 1, having="*Next:* I told them"), "tick")
    modal = slack.view("Promise · case 1")
    assert_view(modal)
    slack.submit(ANA, day="2020-01-01", hour="09:00")
    assert "later" in slack.view("errors")["errors"]["day"]
    day = datetime.now(ZoneInfo("Europe/Copenhagen")) + timedelta(days=2)
    slack.submit(ANA, day=f"{day:%Y-%m-%d}", hour="10:00")
    promised = sheet_of(slack, ANA, 1, having="Promised:")
    assert f"{day.day} {day:%b} 10:00" in words(promised)

    slack.click(ANA, promised, "tick")
    done = sheet_of(slack, ANA, 1, having="Everything required is done")
    slack.click(ANA, done, "resolve")
    slack.private(ANA, "Case 1 is resolved")
    resolved = eventually(lambda: closed(slack.card(1)))
    assert_message(resolved)
    assert "reply" not in actions(resolved)
    assert len(slack.cards(1)) == 1

    # The customer writes again: the same case, the same owner, told in person; nobody else can take it.
    hear(program, post("It leaks again!", conversation=FIRST))
    told = slack.direct(ANA, "The customer of case 1 wrote again")
    assert_message(told)
    again = eventually(lambda: reopened(slack.card(1)))
    assert_message(again)
    assert "It leaks again!" in words(again)
    slack.command(BO, "/claim", "1")
    slack.private(BO, "<@UANA> has case 1")
    slack.command(ANA, "/case", "1")
    assert_message(slack.private(ANA, "gave it back to its owner"))
    slack.command(ANA, "/case", "mine")
    assert_message(slack.private(ANA, "Your cases"))


# Helpers.


def closed(card):
    return card if "Resolved by <@UANA>" in words(card) else None


def reopened(card):
    return card if "<@UANA> has it" in words(card) else None


def initial(view, block_id):
    return next(b for b in view["blocks"] if b.get("block_id") == block_id)["element"]["initial_value"]


def links(view):
    """The addresses of X's own page for posting, in their order."""
    return re.findall(r"<(https://x\.com/intent/post\?[^|>]+)\|", words(view))


def option(message, step):
    """The value in the menu of steps that belongs to `step`."""
    elements = (e for block in message["blocks"] for e in block.get("elements", []))
    menu = next(e for e in elements if e.get("action_id") == "tick_other")
    return next(o["value"] for o in menu["options"] if step in o["value"].split())


def actions(message):
    return [e.get("action_id") for block in message["blocks"] for e in block.get("elements", [])]
