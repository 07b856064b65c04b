"""What became of a post of ours on a platform: it is there, it is not, or nobody can tell."""

from dataclasses import dataclass

import requests
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError


@dataclass(frozen=True)
class PostedReply:
    """A post of ours."""

    id: str
    url: str


class Refused(Exception):
    """The platform has definitely not posted it; the text is one sentence for a person."""


class Unknown(Exception):
    """Nobody can tell whether the platform posted it; the text is one sentence for a person."""


def never_sent(error: requests.RequestException) -> bool:
    """Whether the connection was never made, so that the platform can't have heard anything."""
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    return isinstance(error, requests.ConnectTimeout) or isinstance(
        reason, NewConnectionError | ConnectTimeoutError
    )
