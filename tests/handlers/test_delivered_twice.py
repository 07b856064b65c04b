"""Slack may deliver a click or a window twice: the second one changes nothing."""

import json

import pytest
from slack_bolt import App, BoltRequest
from slack_sdk import WebClient
from sqlalchemy import func, select

from app import build
from handlers.features import register
from models.case import Case
from models.schema import metadata
from tests.people import ANA, GRY, post
from tests.slack import MENTIONS, settings_for


@pytest.fixture
def parts(slack, database_url, book, clock):
    parts = build(settings_for(slack.url, database_url), book, clock=clock)
    yield parts
    parts.works.delivery.stop()
    parts.office.db.close()


@pytest.fixture
def deliver(parts, slack):
    """Hands a payload to the program as Slack does, and waits until it was dealt with."""
    client = WebClient("xoxb-test", base_url=f"{slack.url}/api/")
    app = App(client=client, signing_secret="-", process_before_response=True)
    register(app, parts.services)

    def send(payload):
        answer = app.dispatch(BoltRequest(body=payload, mode="socket_mode"))
        assert answer.status == 200, payload

    return send


def click(action_id, value, user=ANA):
    return {
        "type": "block_actions",
        "user": {"id": user},
        "team": {"id": "T0LOCAL"},
        "trigger_id": f"click on {action_id} {value}",
        "channel": {"id": MENTIONS},
        "container": {"type": "message", "message_ts": "1.0"},
        "message": {"ts": "1.0", "blocks": []},
        "actions": [{"action_id": action_id, "block_id": "card:1|do", "type": "button", "value": value}],
    }


def window(callback_id, meta, user=ANA, **values):
    return {
        "type": "view_submission",
        "user": {"id": user},
        "team": {"id": "T0LOCAL"},
        "trigger_id": f"window {callback_id}",
        "view": {
            "id": f"V{callback_id}",
            "type": "modal",
            "callback_id": callback_id,
            "private_metadata": json.dumps(meta),
            "state": {"values": {block: {block: value} for block, value in values.items()}},
        },
    }


REASON = {"type": "static_select", "selected_option": {"value": "no_reply"}}
CLAIM, TICK = click("claim", "1"), click("tick", "1 helps")
TABLE = {  # what happened before, and what is delivered twice
    "claim": ((), CLAIM),
    "claim next": ((), click("claim_next", "-")),
    "tick": ((CLAIM,), TICK),
    "take a tick back": ((CLAIM, TICK), click("tick", "1 helps undo")),
    "release": ((CLAIM,), click("word_release", "1")),
    "resolve what is not done": ((CLAIM,), click("resolve", "1")),
    "dismiss": ((CLAIM,), window("dismiss", {"case": 1}, reason=REASON)),
    "reopen": (
        (CLAIM, window("dismiss", {"case": 1}, reason=REASON)),
        click("word_reopen", "1", GRY),
    ),
    "note": ((), window("note", {"case": 1}, text={"type": "plain_text_input", "value": "She rang."})),
    "checklist": ((CLAIM,), click("checklist", "1")),
}


def state(db):
    """How many rows each table has, and what the cases are."""
    with db.reading() as session:
        rows = {
            name: session.scalar(select(func.count()).select_from(table))
            for name, table in metadata.tables.items()
        }
        cases = [
            (c.stage, c.owner, sorted(c.ticked)) for c in session.scalars(select(Case).order_by(Case.id))
        ]
    return rows, cases


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_claim_that_arrives_again_after_the_case_was_given_back_takes_it_no_more(parts, deliver, hear):
    hear(post())
    deliver(CLAIM)
    deliver(click("word_release", "1"))
    released = state(parts.office.db)
    deliver(CLAIM)
    assert state(parts.office.db) == released
    deliver({**CLAIM, "trigger_id": "pressed once more"})
    assert parts.services.desk.view(1).case.owner == ANA


@pytest.mark.parametrize("what", TABLE)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_delivered_twice_counts_once(what, parts, deliver, hear):
    hear(post(), post(author="another", text="My Tindra leaks since I changed the filter, and it smells"))
    before, twice = TABLE[what]
    for payload in before:
        deliver(payload)
    untouched = state(parts.office.db)
    deliver(twice)
    once = state(parts.office.db)
    deliver(twice)
    assert state(parts.office.db) == once
    if what not in ("checklist", "resolve what is not done"):
        assert once != untouched, "the first one did something"
