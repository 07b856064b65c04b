"""Who is who in the Slack workspace."""

from dataclasses import dataclass
from http.client import HTTPException

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError


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
