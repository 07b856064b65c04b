"""Reads a draft before it is posted in public: who it says we are, what it asks for, what it gives away."""

from dataclasses import dataclass

from bot.reply_check.asks import asked_in_public
from bot.reply_check.gives_away import given_away
from bot.reply_check.introduction import Introduction, introduction
from bot.reply_check.length import X_LIMIT, x_length
from bot.reply_check.private import places
from bot.reply_check.reading import sentences
from bot.reply_check.us import Us
from bot.reply_check.words import words_for

LONGEST = 10_000
"""What stands after so many characters is not read: no place we answer in takes more."""


@dataclass(frozen=True)
class Finding:
    """What the check found in one draft."""

    asks_in_public: bool
    """It asks the customer for personal data where everyone can read the answer."""
    invites_private: bool
    """It invites the customer to a private message."""
    introduces: bool
    """It says name, company and role of the writer."""
    gives_away: list[str]
    """Personal data in it, as exact substrings of the draft."""
    problems: list[str]
    """One sentence each, for the writer."""
    stops: list[str]
    """Those problems with which the draft must not be posted."""


def check_reply(
    text: str, language: str | None, us: Us, *, platform: str | None = None, introduction_needed: bool = True
) -> Finding:
    """The findings on a draft `text` in `language` (a two-letter code).

    Without a pack for that language every pack is tried, and a problem seen by any of them counts.
    `platform` "x" adds X's length limit. Without `introduction_needed` a missing introduction is no problem:
    the writer has already said who they are. Never raises on any text.
    """
    draft = text[:LONGEST]
    packs = words_for(language)
    asked: list[str] = []
    invites = False
    said: list[Introduction] = []
    for words in packs:
        read = sentences(draft, words.abbreviations)
        asked += asked_in_public(read, words)
        invites = invites or places(read, words).invites
        said.append(introduction(draft, words, us))
    best = max(said, key=lambda one: one.name + one.company + one.role)
    given = given_away(draft, packs, us)

    stops = []
    if asked:
        stops.append(_asks(list(dict.fromkeys(asked)), invites))
    if introduction_needed and not best.complete:
        stops.append(_introduce(best))
    stops += [f"Take out the {one.kind} “{one.text}”, because everyone can read it here." for one in given]
    problems = list(stops)
    if platform == "x" and (length := x_length(text)) > X_LIMIT:
        over = length - X_LIMIT
        problems.append(f"X counts {length} characters here, so shorten it by {over} to fit into {X_LIMIT}.")
    return Finding(
        asks_in_public=bool(asked),
        invites_private=invites,
        introduces=best.complete,
        gives_away=[one.text for one in given],
        problems=problems,
        stops=stops,
    )


def _asks(names: list[str], invites: bool) -> str:
    what = _listed([f"the {name}" for name in names])
    private = "a private message"
    move = f"say that it belongs in {private}" if invites else f"ask for it in {private} instead"
    return f"This asks for {what} where everyone can read the answer; {move}."


def _introduce(said: Introduction) -> str:
    are = "is" if len(said.missing) == 1 else "are"
    return f"Say who you are: your {_listed(said.missing)} {are} not there yet."


def _listed(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
