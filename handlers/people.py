"""What the workspace tells about its people."""

from typing import Any

from bot.people import People
from bot.workspace import member_of
from handlers.wiring import Handler


def changed(event: dict[str, Any], people: People) -> None:
    """Somebody's account changed; when it was deactivated, their cases are freed at once.

    https://docs.slack.dev/reference/events/user_change
    """
    if isinstance(event.get("user"), dict) and event["user"].get("id"):
        people.changed(member_of(event["user"]))


COMMANDS: dict[str, tuple[Handler, str, str]] = {}
ACTIONS: dict[str, Handler] = {}
VIEWS: dict[str, Handler] = {}
EVENTS: dict[str, Handler] = {"user_change": changed}
