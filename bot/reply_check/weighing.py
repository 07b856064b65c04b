"""Weighs the sentences of a draft by what was learned, beside the rules of `asks`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.reply_check.learned import HARMLESS, THING, Seen, Weights
from bot.reply_check.private import Place, Places
from bot.reply_check.reading import Sentence
from bot.reply_check.things import Wanted, perhaps_in, things_in
from bot.reply_check.words import FILLER, Words, read_over

_HARMLESS = re.compile(rf"{FILLER}+")
_CLAUSE = re.compile(r"[,;:()…–—]|\s-\s")
BEFORE = (
    "give",
    "others_give",
    "wants",
    "openers",
    "question_words",
    "hints",
    "mentions",
    "received",
    "negations",
    "breaks",
)
AFTER = ("tells", "tails", "promises", "closers", "negations_after", "breaks", "give")
"""Kinds of words, by their keys in `AskWords`, that are looked for before and after the thing."""


@dataclass(frozen=True)
class Weighed:
    """A sentence that speaks of something personal, or perhaps so, not kept private."""

    index: int
    """Its place in the draft."""
    things: list[Wanted]
    seen: Seen

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(thing.name for thing in self.things))


def open_sentences(draft: list[Sentence], words: Words, where: Places) -> list[Weighed]:
    """The sentences that could ask for something in public."""
    found = []
    for index, sentence in enumerate(draft):
        text = read_over(words.not_data, sentence.text)
        certain = things_in(text, words)
        things = certain or perhaps_in(text, words)
        in_the_open = [
            one for one in things if not where.keeps_private(index, one.start, one.end, only_messages=True)
        ]
        if in_the_open:
            signs = [*_signs(text[: things[0].start], text[things[-1].end :], words)]
            signs += _signs_of_next(where.of[index + 1 : index + 2], draft[index + 1 : index + 2], words)
            named = [] if certain else sorted({text[one.start : one.end] for one in things})
            seen = _seen(text, things, sentence, where.of[index], signs, named)
            found.append(Weighed(index, in_the_open, seen))
    return found


def likelihoods(weighed: list[Weighed], weights: Weights) -> dict[int, float]:
    """By the sentence's place in the draft."""
    return {one.index: weights.likelihood(one.seen) for one in weighed}


def _seen(
    text: str, things: list[Wanted], sentence: Sentence, place: Place, signs: list[str], perhaps: list[str]
) -> Seen:
    for one in reversed(things):
        text = f"{text[: one.start]} {THING} {text[one.end :]}"
    return Seen(
        text=_HARMLESS.sub(f" {HARMLESS} ", text),
        asks=sentence.asks,
        public=place.public is not None,
        private=place.private is not None,
        elsewhere=place.elsewhere,
        signs=tuple(signs),
        perhaps=tuple(perhaps),
    )


def _signs_of_next(where: list[Place], following: list[Sentence], words: Words) -> Iterator[str]:
    """Whether the next sentence points back: "Could you send it?"."""
    for place, sentence in zip(where, following, strict=True):
        if place.private or place.sent:
            yield "private next"
            return
        yield "a question next" if sentence.asks else "a statement next"
        if words.ask.it.search(sentence.text):
            yield "asked again next"
        if words.ask.give.search(sentence.text) or words.ask.wants.search(sentence.text):
            yield "request next"
        if any(pattern.search(sentence.text) for pattern in words.data.values()):
            yield "thing next"


def _signs(before: str, after: str, words: Words) -> Iterator[str]:
    """Which kinds of words stand before the first thing, in its clause, and after the last."""
    ask = words.ask
    clause, rest = _CLAUSE.split(before)[-1], _CLAUSE.split(after)[0]
    for kind in BEFORE:
        pattern: re.Pattern[str] = getattr(ask, kind)
        if pattern.search(clause):
            yield f"{kind} in the clause"
        elif pattern.search(before):
            yield f"{kind} before"
    for kind in AFTER:
        pattern = getattr(ask, kind)
        if pattern.match(after.lstrip()):
            yield f"{kind} right after"
        elif pattern.search(rest):
            yield f"{kind} after"
        elif pattern.search(after):
            yield f"{kind} later"
    if ask.give_after.search(before) or not before.strip():
        yield "begins"
