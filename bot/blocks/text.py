"""Small pure helpers for text that goes to Slack."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from models.people import named

Block = dict[str, object]

TEXT_LIMIT = 3000
"""Slack: characters in one text object of a section."""

_PERSON = re.compile(r"&lt;@([UW][A-Z0-9]+)&gt;")
_OPENING_MARK = re.compile(r"(?<!\w)[*_~`]+(?=\S)")

LANGUAGES = {
    "da": "Danish",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "ja": "Japanese",
    "nl": "Dutch",
    "no": "Norwegian",
    "pt": "Portuguese",
    "sv": "Swedish",
    "zh": "Chinese",
}
LOGGED = {"slack": "Slack", "phone": "by phone", "in_person": "in person", "elsewhere": "elsewhere"}
"""Where employees heard what they log themselves."""
SOURCES = {
    "x": "X",
    "facebook": "Facebook",
    "rss": "the web",
    "bluesky": "Bluesky",
    "mastodon": "Mastodon",
    **LOGGED,
}


def escape(text: str) -> str:
    """Customer text as data: Slack's three control characters escaped, so that nothing pings or links.

    https://docs.slack.dev/messaging/formatting-message-text#escaping
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escape_but_people(text: str) -> str:
    """For a colleague's own words and our sentences: only `<@ID>` keeps its meaning; nothing else pings."""
    return _PERSON.sub(r"<@\1>", escape(text))


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, cut at a word where there is one, with an ellipsis."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    word = cut.rfind(" ")
    return (cut[:word] if word > limit // 2 else cut).rstrip() + "…"


def quoted(text: str, limit: int) -> str:
    """Escaped and as a quotation, each line; escaping may lengthen it, so it is cut before."""
    lines = shorten(text, limit).replace("\r\n", "\n").split("\n")
    return "\n".join(f">{unformatted(escape(line))}" for line in lines)


def unformatted(text: str) -> str:
    """Keeps Slack's marks (*bold*, _italic_, ~struck~, `code`) from acting on a customer's words.

    Slack has no escape character for them, so a word joiner, which shows nothing, follows each mark that
    could open a format: one at the beginning of a word. `snake_case` and `2*3` stay as they are.
    """
    return _OPENING_MARK.sub("\\g<0>\u2060", text)


def local(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone))


def clock_time(at: datetime, zone: str, now: datetime) -> str:
    """`14:02` today, `21 Nov 14:02` on other days, in the zone of the reader's queue."""
    there, today = local(at, zone), local(now, zone)
    return f"{there:%H:%M}" if there.date() == today.date() else f"{there.day} {there:%b %H:%M}"


def handle(author: str, limit: int) -> str:
    """`@mia_j`; a plain name, as Facebook and feeds give it, stays a name. Safe to show."""
    at = "" if " " in author else "@"
    return f"{at}{unformatted(escape(shorten(author, limit)))}"


def language_name(code: str) -> str:
    return LANGUAGES.get(code, "language unknown" if code == "unknown" else code)


def source_name(source: str) -> str:
    return SOURCES.get(source, source)


def span_words(seconds: float) -> str:
    """`40 min`, `3 h 20 min`, `2 days`; at least `1 min`."""
    minutes = max(1, int(seconds // 60))
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        hours, rest = divmod(minutes, 60)
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{minutes // (24 * 60)} days"


def plain(text: str, limit: int = 75) -> dict[str, object]:
    return {"type": "plain_text", "text": shorten(text, limit), "emoji": True}


def mrkdwn(text: str) -> dict[str, object]:
    return {"type": "mrkdwn", "text": shorten(text, TEXT_LIMIT)}


def section(block_id: str, text: str, **more: object) -> Block:
    return {"type": "section", "block_id": block_id, "text": mrkdwn(text), **more}


def header(block_id: str, text: str) -> Block:
    return {"type": "header", "block_id": block_id, "text": plain(text, 150)}


def customer_section(block_id: str, text: str) -> Block:
    """A section with a customer's words in it: `verbatim`, so that Slack links and parses nothing of its own.

    https://docs.slack.dev/reference/block-kit/composition-objects/text-object
    """
    return {"type": "section", "block_id": block_id, "text": {**mrkdwn(text), "verbatim": True}}


def context(block_id: str, *texts: str) -> Block:
    return {"type": "context", "block_id": block_id, "elements": [mrkdwn(t) for t in texts]}


def actions(block_id: str, *elements: dict[str, object]) -> Block:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def button(action_id: str, label: str, value: object, *, style: str | None = None) -> dict[str, object]:
    out: dict[str, object] = {
        "type": "button",
        "action_id": action_id,
        "text": plain(label),
        "value": str(value),
    }
    if style:
        out["style"] = style
    return out


def option(label: str, value: object) -> dict[str, object]:
    return {"text": plain(label), "value": str(value)}


def overflow(action_id: str, options: list[dict[str, object]]) -> dict[str, object]:
    return {"type": "overflow", "action_id": action_id, "options": options}


def select(action_id: str, placeholder: str, options: list[dict[str, object]]) -> dict[str, object]:
    return {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": plain(placeholder),
        "options": options,
    }


def person(member: str | None) -> str:
    """A person as Slack shows them: by their present name."""
    return named(member)
