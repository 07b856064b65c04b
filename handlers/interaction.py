"""What names an interaction, so that its copies are known."""

import json
from hashlib import sha256
from typing import Any


def interaction_id(body: dict[str, Any]) -> str:
    """The same for each delivery of a click, command or window; empty for an event, which has none.

    A click's or command's is its `trigger_id`. A window's is made of the window as it was drawn and of what
    was filled in: when our acknowledgement comes late Slack keeps the window open ("We had some trouble
    connecting. Try again?"), and whoever then presses the button once more submits the same with another
    `trigger_id`. Drawn anew, a window has another `hash`.
    https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
    """
    if body.get("type") != "view_submission":
        return str(body.get("trigger_id") or "")[:120]
    view = body["view"]
    drawn = [view.get(name) for name in ("id", "hash", "callback_id", "private_metadata")]
    filled = (view.get("state") or {}).get("values")
    who = (body.get("user") or {}).get("id")
    whole = json.dumps([who, drawn, filled], sort_keys=True)
    return f"window:{sha256(whole.encode()).hexdigest()}"
