"""Reading what people type after a command."""

import difflib
import re

from models.errors import NotAllowed

_NUMBER = re.compile(r"(?:case\s*)?#?(\d{1,10})", re.IGNORECASE)
_MEMBER = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")

_CHANNEL = re.compile(r"<#[CG][A-Z0-9]+\|([^>]*)>")
_PLACE = re.compile(r"<#([CG][A-Z0-9]+)(?:\|([^>]*))?>")
_LINK = re.compile(r"<((?:https?://|mailto:)[^|>]+)(?:\|[^>]*)?>")


def case_number(text: str) -> int:
    """`3`, `#3` or `case 3`. Raises NotAllowed with what would be right."""
    found = _NUMBER.fullmatch(text.strip())
    if not text.strip():
        raise NotAllowed("Which case? Write its number behind it, as in `/case 12`.")
    if not found:
        raise NotAllowed(f"“{bare(text.strip(), 40)}” is not a case number. Write it as in `/claim 12`.")
    return row_id(found[1])


def bare(text: str, limit: int = 20) -> str:
    """What somebody typed, to be shown to them again: short, and with nothing in it that Slack acts on."""
    return re.sub(r"&(?:lt|gt|amp);|[`<>&]", "", text[: limit * 2])[:limit]


def row_id(text: object) -> int:
    """A number that we gave out ourselves, as a button brings it back. Raises NotAllowed."""
    if not str(text).isdecimal():
        raise NotAllowed("This button is out of date. `/case` shows the present state.")
    number = int(str(text))
    if number >= 2**31:
        raise NotAllowed(f"There is no case {number}.")
    return number


def member(text: str) -> str:
    """A person as Slack sends them. Raises NotAllowed."""
    found = _MEMBER.search(text)
    if not found:
        raise NotAllowed("Name a person with @, as in `/case handover 12 @ana`.")
    return found[1]


def addressed(text: str) -> tuple[str, str]:
    """Whom something is said to, and what: `<@UBO> which hose fits?`. Raises NotAllowed."""
    found = _MEMBER.match(text.strip())
    if not found:
        raise NotAllowed(
            "Name a person with @ (or a channel) first, as in `/case ask 12 @bo which hose fits?`."
        )
    return found[1], text.strip()[found.end() :].strip()


def addressed_channel(text: str) -> tuple[str, str, str] | None:
    """A channel that something is said to: its id, its name, and what; None when it begins otherwise."""
    found = _PLACE.match(text.strip())
    if not found:
        return None
    return found[1], found[2] or "a channel", text.strip()[found.end() :].strip()


def members(text: str) -> list[str]:
    """All people named in a text."""
    return [found[1] for found in _MEMBER.finditer(text)]


def as_typed(text: str) -> str:
    """Text as Slack sends it, back as somebody wrote it: links bare, channels as #name, people as <@ID>.

    https://docs.slack.dev/messaging/formatting-message-text#retrieving-messages
    """
    text = _MEMBER.sub(r"<@\1>", text)
    text = _CHANNEL.sub(r"#\1", text)
    text = _LINK.sub(lambda found: found[1].removeprefix("mailto:"), text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def nearest(word: str, words: list[str]) -> str:
    """The known word that `word` was most likely meant to be."""
    return next(iter(difflib.get_close_matches(word.lower(), words, n=1, cutoff=0.5)), "help")
