"""What Slack sends of a command, a click, a choice and a submitted window: each is another interaction."""

import itertools
import json
from typing import Any

from tests.people import ANA
from tests.slack import MENTIONS

Payload = dict[str, Any]
_numbers = itertools.count(1)


def command(text: str, user: str = ANA, name: str = "/case") -> Payload:
    return {
        "command": name,
        "text": text,
        "user_id": user,
        "team_id": "T0LOCAL",
        "channel_id": MENTIONS,
        "trigger_id": f"{next(_numbers)}.1.typed",
    }


def click(action_id: str, value: object, user: str = ANA, **more: Any) -> Payload:
    action = {"action_id": action_id, "block_id": "card:1|do", "type": "button", "value": str(value)}
    return {
        "type": "block_actions",
        "user": {"id": user},
        "team": {"id": "T0LOCAL"},
        "trigger_id": f"{next(_numbers)}.1.clicked",
        "channel": {"id": MENTIONS},
        "container": {"type": "message", "message_ts": "1.0"},
        "message": {"ts": "1.0", "blocks": []},
        "actions": [action],
        **more,
    }


def chosen(action_id: str, value: str, user: str = ANA, **more: Any) -> Payload:
    payload = click(action_id, value, user, **more)
    payload["actions"][0] |= {"type": "static_select", "selected_option": {"value": value}}
    return payload


def window(callback_id: str, meta: dict[str, Any], user: str = ANA, **values: Any) -> Payload:
    number = next(_numbers)
    return {
        "type": "view_submission",
        "user": {"id": user},
        "team": {"id": "T0LOCAL"},
        "trigger_id": f"{number}.1.submitted",
        "view": {
            "id": f"V{number}",
            "type": "modal",
            "callback_id": callback_id,
            "private_metadata": json.dumps(meta),
            "state": {"values": {block: {"value": _filled(value)} for block, value in values.items()}},
        },
    }


def _filled(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {"type": "plain_text_input", "value": value}


def option(value: object) -> dict[str, Any]:
    return {"type": "static_select", "selected_option": {"value": str(value)}}


def person(member: str) -> dict[str, Any]:
    return {"type": "users_select", "selected_user": member}
