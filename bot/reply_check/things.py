"""The personal data that a sentence speaks of."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.reply_check.words import FILLER, Words

PERHAPS = "personal details"
"""The name of what may be personal data and has no name of its own."""


@dataclass(frozen=True)
class Wanted:
    """Something personal in a sentence."""

    name: str
    start: int
    end: int


def things_in(text: str, words: Words) -> list[Wanted]:
    """What is personal in the sentence; of two that overlap, the longer."""
    found = [Wanted(name, m.start(), m.end()) for name, p in words.data.items() for m in p.finditer(text)]
    return _apart(found)


def perhaps_in(text: str, words: Words) -> list[Wanted]:
    """What may be personal."""
    return _apart([Wanted(PERHAPS, m.start(), m.end()) for m in words.perhaps.finditer(text)])


def without(things: Iterable[Wanted], text: str) -> str:
    """The text at its old length, with the things made of FILLER."""
    for thing in things:
        text = text[: thing.start] + FILLER * (thing.end - thing.start) + text[thing.end :]
    return text


def _apart(found: list[Wanted]) -> list[Wanted]:
    kept: list[Wanted] = []
    for thing in sorted(found, key=lambda t: (t.start - t.end, t.start)):
        if all(thing.end <= other.start or thing.start >= other.end for other in kept):
            kept.append(thing)
    return sorted(kept, key=lambda t: t.start)
