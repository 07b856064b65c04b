"""Opening a window for whoever clicked or typed, and drawing it anew."""

from typing import Any

import structlog
from slack_bolt import Args
from slack_sdk.errors import SlackApiError

from models.errors import NotAllowed

log = structlog.get_logger()
NOT_THAT_WINDOW = ("hash_conflict", "not_found", "view_not_found")
"""Slack's answers when the window was drawn anew or closed meanwhile: what we would draw is out of date.
https://docs.slack.dev/reference/methods/views.update#errors"""
TOO_LATE = ("expired_trigger_id", "trigger_expired", "invalid_trigger_id")
"""Slack's answers to a view that came more than three seconds after the click.
https://docs.slack.dev/reference/methods/views.open#errors"""
OPEN_ALREADY = ("exchanged_trigger_id", "trigger_exchanged")
"""Its answers to a second delivery of the click: the first one opened the window."""


def open_window(args: Args, view: dict[str, Any]) -> None:
    try:
        args.client.views_open(trigger_id=str(args.body["trigger_id"]), view=view)
    except SlackApiError as error:
        why = str(error.response.get("error"))
        if why in OPEN_ALREADY:
            log.info("window is open already", why=why)
            return
        if why not in TOO_LATE:
            raise
        raise NotAllowed("Slack did not wait for the window to open. Please press it once more.") from None


def redraw_window(args: Args, view: dict[str, Any], *, wins: bool = False) -> None:
    known = args.body["view"]
    try:
        args.client.views_update(view_id=known["id"], hash=None if wins else known.get("hash"), view=view)
    except SlackApiError as error:
        if str(error.response.get("error")) not in NOT_THAT_WINDOW:
            raise
        log.info("window moved on", why=error.response.get("error"))
