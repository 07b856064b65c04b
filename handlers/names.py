"""The name by which a colleague introduces themselves."""

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.desk import Desk

log = structlog.get_logger()


def first_name(client: WebClient, desk: Desk, user: str) -> str | None:
    """As Slack knows it, asked once and remembered; None when Slack does not say."""
    name = desk.name_of(user)
    if name is None:
        try:
            profile = client.users_info(user=user)["user"]
            name = str(profile.get("real_name") or profile.get("name") or "")
            desk.remember_name(user, name)
        except (SlackApiError, OSError) as error:
            # Whatever is to be shown must still be shown; the name in it is a convenience.
            log.warning("name not found", user=user, why=str(error))
    return next(iter((name or "").split()), None)
