"""A picture in the thread of a message of ours.

Of the three calls that it takes only the last shows it to anybody, so a try that broke off before that is
simply made again. When nobody knows whether the last one was heard, the file is looked for by its name first.
https://docs.slack.dev/messaging/working-with-files#upload
"""

from collections.abc import Callable
from dataclasses import dataclass

import requests
from slack_sdk import WebClient

from bot.slack_places import LOOKED_AT

TIMEOUT = 10


@dataclass(frozen=True)
class Picture:
    """A PNG that is drawn when it is needed. `name` is its own: it is how the file is found again."""

    name: str
    title: str
    alt: str
    draw: Callable[[], bytes]


def share_picture(slack: WebClient, picture: Picture, channel: str, thread: str) -> None:
    """Uploads it into the thread. `channel` is an id. Raises what the client raises, and OSError."""
    data = picture.draw()
    place = slack.files_getUploadURLExternal(filename=picture.name, length=len(data), alt_txt=picture.alt)
    requests.post(str(place["upload_url"]), data=data, timeout=TIMEOUT).raise_for_status()
    slack.files_completeUploadExternal(
        files=[{"id": str(place["file_id"]), "title": picture.title}], channel_id=channel, thread_ts=thread
    )


def is_shared(slack: WebClient, picture: Picture, channel: str, thread: str) -> bool:
    """Whether it stands in the thread already. Raises what the client raises."""
    page = slack.conversations_replies(channel=channel, ts=thread, limit=LOOKED_AT)
    return any(
        one.get("name") == picture.name for message in page["messages"] for one in message.get("files") or []
    )
