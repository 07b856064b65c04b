"""What a Slack message says that somebody makes a case of: pasted, shared, or a forwarded mail."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from handlers.words import as_typed

_LINK = re.compile(r"https?://[^\s<>|\"]+")
_X_AUTHOR = re.compile(r"https?://(?:www\.|mobile\.)?(?:x|twitter)\.com/(\w{1,15})/status/\d+")
_CARD = re.compile(r"card:(\d+)\|")


@dataclass(frozen=True)
class Said:
    """The words, the first link in them, and who said it as far as the message shows."""

    text: str
    link: str
    author: str


def said_in(message: dict[str, Any]) -> Said:
    """Reads a message of a `message_action`; whatever is missing in it is empty."""
    parts = dict.fromkeys(as_typed(part).strip() for part in _parts(message))
    text = "\n\n".join(part for part in parts if part)
    found = _LINK.search(text) or _LINK.search(" ".join(_addresses(message)))
    link = found[0].rstrip(".,;:!?)") if found else ""
    theirs = _X_AUTHOR.match(link)
    return Said(text, link, _sender(message) or (theirs[1] if theirs else ""))


def card_number(message: dict[str, Any]) -> int | None:
    """The case whose card the message is."""
    blocks = message.get("blocks") or [{}]
    found = _CARD.match(str(blocks[0].get("block_id") or ""))
    return int(found[1]) if found else None


# Helpers.


def _parts(message: dict[str, Any]) -> Iterator[str]:
    yield str(message.get("text") or "")
    for attachment in message.get("attachments") or []:
        yield str(attachment.get("text") or attachment.get("fallback") or "")
    for mail in _mails(message):
        yield str(mail.get("subject") or mail.get("title") or "")
        yield str(mail.get("plain_text") or mail.get("preview_plain_text") or "")


def _addresses(message: dict[str, Any]) -> Iterator[str]:
    for attachment in message.get("attachments") or []:
        for key in ("original_url", "from_url", "title_link"):
            yield str(attachment.get(key) or "")


def _sender(message: dict[str, Any]) -> str:
    """The one who wrote a forwarded mail. Never the colleague who posted the message."""
    for mail in _mails(message):
        for sender in mail.get("from") or []:
            return str(sender.get("name") or sender.get("address") or "")
    return ""


def _mails(message: dict[str, Any]) -> list[dict[str, Any]]:
    """https://docs.slack.dev/reference/objects/file-object: an email is a file."""
    return [file for file in message.get("files") or [] if file.get("filetype") == "email"]
