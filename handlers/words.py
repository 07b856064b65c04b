"""Reading what people type after a command."""

import difflib
import re

from models.errors import NotAllowed

_NUMBER = re.compile(r"(?:case\s*)?#?(\d{1,10})", re.IGNORECASE)
_MEMBER = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")


def case_number(text: str) -> int:
    """`3`, `#3` or `case 3`. Raises NotAllowed with what would be right."""
    found = _NUMBER.fullmatch(text.strip())
    if not found:
        shown = text.strip()[:40].replace("`", "").replace("<", "").replace(">", "")
        raise NotAllowed(f"“{shown}” is not a case number. Write it as in `/claim 12`.")
    return int(found[1])


def member(text: str) -> str:
    """A person as Slack sends them. Raises NotAllowed."""
    found = _MEMBER.search(text)
    if not found:
        raise NotAllowed("Name a person with @, as in `/case handover 12 @ana`.")
    return found[1]


def members(text: str) -> list[str]:
    """All people named in a text."""
    return [found[1] for found in _MEMBER.finditer(text)]


def nearest(word: str, words: list[str]) -> str:
    """The known word that `word` was most likely meant to be."""
    return next(iter(difflib.get_close_matches(word.lower(), words, n=1, cutoff=0.5)), "help")
