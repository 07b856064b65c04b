"""Where a message of ours stands in Slack, when nobody knows whether it was posted."""

from slack_sdk import WebClient

LOOKED_AT, PAGES = 200, 10
"""Messages in one page of a channel's history, newest first, and how many pages are looked through."""
SLACK = 2 * 3600
"""Seconds by which our clock and Slack's may differ: a clock may have been set wrong, and right again."""


class Places:
    """Ids of channels by their names, asked for once: Slack lists channels only 20 times a minute."""

    def __init__(self, slack: WebClient) -> None:
        self._slack = slack
        self._ids: dict[str, str] = {}

    def id_of(self, channel: str) -> str | None:
        """`channel` is a name, a channel id, or a member id for a direct message; None: there is none."""
        if channel not in self._ids:
            found = _channel_id(self._slack, channel)
            if found is None:
                return None
            self._ids[channel] = found
        return self._ids[channel]

    def forget(self, channel: str) -> None:
        """It may be another one by now."""
        self._ids.pop(channel, None)


def find_message(
    slack: WebClient, places: Places, key: str, channel: str, since: float, thread: str | None = None
) -> tuple[str, str] | None:
    """Channel id and ts of the message whose block ids begin with `key`, posted after `since` (Unix time).

    `channel` is a name, a channel id, or a member id for a direct message; with `thread` (its first message's
    ts) only that thread is looked through. None: it is not there. Raises what the client raises: then nothing
    is known yet.
    """
    place = places.id_of(channel)
    if place is None:
        return None
    cursor = None
    for _ in range(PAGES):
        oldest = f"{since - SLACK:.6f}"
        if thread:
            page = slack.conversations_replies(
                channel=place, ts=thread, oldest=oldest, limit=LOOKED_AT, cursor=cursor
            )
        else:
            page = slack.conversations_history(channel=place, oldest=oldest, limit=LOOKED_AT, cursor=cursor)
        for message in page["messages"]:
            ids = (str(block.get("block_id", "")) for block in message.get("blocks") or [])
            if any(block_id.startswith(f"{key}|") for block_id in ids):
                return place, str(message["ts"])
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            break
    return None


def _channel_id(slack: WebClient, channel: str) -> str | None:
    if channel[:1] in "UW" and channel.isupper():
        return str(slack.conversations_open(users=channel)["channel"]["id"])
    cursor = None
    while True:
        page = slack.conversations_list(
            types="public_channel,private_channel", exclude_archived=True, limit=1000, cursor=cursor
        )
        for one in page["channels"]:
            if channel in (one["name"], one["id"]):
                return str(one["id"])
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return None
