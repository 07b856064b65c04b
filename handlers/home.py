"""The Home tab: published when somebody opens it; its buttons are those of the other features."""

from typing import Any

from bot.home import Homes
from handlers.wiring import Handler


def opened(event: dict[str, Any], user: str, homes: Homes) -> None:
    """The event comes for the app's messages too; only the Home tab is drawn."""
    if event.get("tab", "home") == "home":
        homes.opened(user)


COMMANDS: dict[str, tuple[Handler, str, str]] = {}
ACTIONS: dict[str, Handler] = {}
VIEWS: dict[str, Handler] = {}
EVENTS: dict[str, Handler] = {"app_home_opened": opened}
