"""Who is who in the Slack workspace, and where the bot can write."""

from dataclasses import dataclass
from http.client import HTTPException

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.slack_errors import WORDS, Refused, what_happened


class Unreachable(Exception):
    """Slack did not say: try later, or go by what is known."""


@dataclass(frozen=True)
class Member:
    """A person or a bot. `left`: their account is deactivated."""

    id: str
    name: str
    bot: bool = False
    left: bool = False


@dataclass(frozen=True)
class Workspace:
    """Asks Slack, at https://docs.slack.dev/reference/methods/users.info."""

    slack: WebClient

    def __call__(self, member: str) -> Member | None:
        """None: there is no such person. Raises Unreachable."""
        try:
            return member_of(dict(self.slack.users_info(user=member)["user"]))
        except SlackApiError as error:
            if error.response.get("error") in ("user_not_found", "user_not_visible"):
                return None
            raise Unreachable(str(error.response.get("error"))) from error
        except (OSError, HTTPException, SlackClientError) as error:
            raise Unreachable(type(error).__name__) from error


@dataclass(frozen=True)
class Channels:
    """Asks Slack, at https://docs.slack.dev/reference/methods/conversations.info."""

    slack: WebClient

    def why_closed(self, channel: str) -> str | None:
        """Why the bot can't write in a channel (its id); None: it can, or Slack does not say."""
        try:
            found = self.slack.conversations_info(channel=channel)["channel"]
        except (SlackClientError, OSError, HTTPException) as error:
            happened = what_happened(error)
            gone = isinstance(happened, Refused) and happened.why == WORDS["channel_not_found"]
            return WORDS["channel_not_found"] if gone else None
        if found.get("is_archived"):
            return WORDS["is_archived"]
        return None if found.get("is_member", True) else WORDS["not_in_channel"]


def member_of(user: dict[str, object]) -> Member:
    """From Slack's user object, as answers and events have it."""
    profile = user.get("profile")
    profile = profile if isinstance(profile, dict) else {}
    name = user.get("real_name") or profile.get("real_name") or user.get("name") or ""
    return Member(
        str(user["id"]),
        str(name),
        # Slackbot is the one bot that Slack does not mark as one.
        bot=bool(user.get("is_bot")) or user["id"] == "USLACKBOT",
        left=bool(user.get("deleted")),
    )
