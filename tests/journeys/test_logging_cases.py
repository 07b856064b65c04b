"""The two shortcuts: a case from a Slack message, and from a conversation. Dispatched as Slack sends them."""

import json

import pytest
from slack_bolt import BoltRequest

from handlers.slack import slack_app
from models.case import Case
from tests.journeys.acts import hear
from tests.people import ANA, BO, post
from tests.slack import MENTIONS, running, settings_for, words
from tests.slack_limits import assert_view

FILLED = {"kind": "complaint", "language": "en", "queue": "nordic"}
PASTED = {
    "type": "message",
    "user": BO,
    "ts": "1773144000.000200",
    "text": "Look: <https://x.com/mia_j/status/7000000001|x.com/mia_j> says her Tindra leaks &amp; drips",
}


@pytest.fixture
def here(slack, tmp_path, book):
    with running(settings_for(slack.url, f"sqlite:///{tmp_path / 'test.db'}"), book) as parts:
        yield parts


@pytest.fixture
def shortcut(here, slack):
    """Uses a shortcut: the local Slack has none, so the payload is ours and its trigger a command's."""

    def use(callback, user, message=None):
        slack.command(user, "/case", "help")
        command = next(e["detail"] for e in reversed(slack.log()) if e["kind"] == "slash_commands")
        payload = {
            "type": "message_action" if message else "shortcut",
            "callback_id": callback,
            "trigger_id": command_of(command)["trigger_id"],
            "team": {"id": "T0TINDRA", "domain": "tindra"},
            "user": {"id": user, "name": "x", "team_id": "T0TINDRA"},
            "token": "x",
            "action_ts": "1773144100.000100",
        }
        if message:
            payload |= {
                "channel": {"id": MENTIONS, "name": "mentions"},
                "message": message,
                "message_ts": message["ts"],
                "response_url": command_of(command)["response_url"],
            }
        dispatch(here, payload)

    return use


def test_a_message_becomes_a_case_in_the_chosen_queue_once(here, slack, shortcut):
    shortcut("make_case", ANA, PASTED)
    view = slack.view("Make a case of this")
    assert_view(view)
    assert initial(view) == {
        "text": "Look: https://x.com/mia_j/status/7000000001 says her Tindra leaks & drips",
        "link": "https://x.com/mia_j/status/7000000001",
        "author": "mia_j",
        "kind": "complaint",
        "language": "en",
        "queue": "everyone",
    }
    sent = initial(view) | FILLED
    slack.submit(ANA, **sent)
    slack.view("Case 1", having="It is case 1 now. `/claim 1` takes it.")
    card = slack.card(1, "C0NORDIC")
    assert "leaks &amp; drips" in words(card)
    assert "· Slack · <https://x.com/mia_j/status/7000000001|Open the link>" in words(card)

    again(here, slack)  # the same submission
    shortcut("make_case", BO, PASTED)  # the same message, by somebody else
    slack.view("Already a case", having="This is case 1 already")
    assert len(slack.cards(1, "C0NORDIC")) == 1
    assert cases(here) == 1


def test_two_people_with_the_form_open_make_one_case(here, slack, shortcut):
    shortcut("make_case", ANA, PASTED)
    mine = slack.view("Make a case of this")
    shortcut("make_case", BO, PASTED)
    slack.submit(BO, **(initial(mine) | FILLED))
    slack.view("Case 1")
    here.services.desk.claim(1, by=BO)
    again(here, slack)
    assert cases(here) == 1


def test_a_shortcut_on_a_card_names_its_case(here, slack, shortcut):
    hear(here, post())
    shortcut("make_case", ANA, slack.card(1))
    slack.view("Already a case", having="This is case 1 already")


def test_a_message_with_personal_data_is_withheld_on_its_card(here, slack, shortcut):
    shortcut("make_case", ANA, PASTED | {"text": "Tindra leaks, call me +45 20 12 34 56"})
    sent = initial(slack.view("Make a case of this")) | FILLED
    slack.submit(ANA, **sent)
    shown = words(slack.card(1, "C0NORDIC"))
    assert "Withheld here" in shown
    assert "20 12 34 56" not in shown
    assert "<https://tindra.slack.com/archives/C0MENTIONS/p1773144000000200|Open the link>" in shown


def test_a_forwarded_mail_and_a_shared_message_are_read(here, slack, shortcut):
    mail = {
        "filetype": "email",
        "subject": "My kettle",
        "plain_text": "It leaks.",
        "from": [{"address": "mia@example.com", "name": "Mia Jensen"}],
    }
    shortcut("make_case", ANA, PASTED | {"text": "", "ts": "1.1", "files": [mail]})
    filled = initial(slack.view("Make a case of this", having="My kettle"))
    assert (filled["text"], filled["author"], filled.get("link")) == (
        "My kettle\n\nIt leaks.",
        "Mia Jensen",
        None,
    )
    shared = {"text": "It leaks again", "from_url": "https://tindra.slack.com/archives/C1/p1"}
    shortcut("make_case", ANA, PASTED | {"text": "fyi", "ts": "1.2", "attachments": [shared]})
    filled = initial(slack.view("Make a case of this", having="leaks again"))
    assert (filled["text"], filled["link"]) == ("fyi\n\nIt leaks again", shared["from_url"])
    shortcut("make_case", ANA, PASTED | {"text": "x" * 9000, "ts": "1.3"})
    assert_view(slack.view("Make a case of this", having="xxx"))


def test_a_conversation_becomes_a_case_once(here, slack, shortcut):
    shortcut("log_conversation", ANA)
    view = slack.view("Log a conversation")
    assert_view(view)
    assert initial(view) == {}
    said = {"place": "phone", "text": "Her lid broke", "author": "Mia Jensen", **FILLED}
    slack.submit(ANA, **(said | {"link": "x.com/mia"}))
    assert "link" in slack.view("errors")["errors"]
    slack.submit(ANA, **(said | {"text": "Her lid broke, call +45 20 12 34 56"}))
    assert "Leave out personal data" in slack.view("errors")["errors"]["text"]
    slack.submit(ANA, **said)
    slack.view("Case 1", having="It is case 1 now")
    assert "by phone" in words(slack.card(1, "C0NORDIC"))
    again(here, slack)
    assert cases(here) == 1

    shortcut("log_conversation", BO)
    slack.view("Log a conversation")
    slack.submit(BO, **(said | {"text": "It broke again"}))
    slack.view("Case 1", having="it joined that one")


# Helpers.


def command_of(detail):
    return detail.get("payload", detail)


def initial(view):
    """What the form is filled with, by block id."""
    filled = {}
    for block in view["blocks"]:
        element = block.get("element") or {}
        value = element.get("initial_value") or (element.get("initial_option") or {}).get("value")
        if value:
            filled[block["block_id"]] = value
    return filled


def dispatch(program, payload):
    bolt = slack_app(program.settings, program.services)
    bolt.dispatch(BoltRequest(body=json.loads(json.dumps(payload)), mode="socket_mode"))
    bolt.listener_runner.listener_executor.shutdown(wait=True)  # every listener has run


def again(program, slack):
    """The last submission arrives a second time."""
    payload = next(e for e in reversed(slack.log()) if e["kind"] == "interactive")
    dispatch(program, payload["detail"])


def cases(program):
    with program.office.db.reading() as session:
        return session.query(Case).count()
