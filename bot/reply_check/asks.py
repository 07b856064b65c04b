"""Does a draft ask for personal data where everyone can read the answer?

Sentence by sentence: find what is personal data, see whether the sentence asks for it, then whether the
answer is to go to a private place. A regular expression alone can't tell these apart: "What's your order
number?", "What's your order number? Please DM it to us", "Your order number is on the receipt".

Two ways lead to a finding. A request that reaches the thing is one. The other is that the thing is in a place
where people ask (a question, "below", before "and I'll look") and nothing says that it is only spoken about.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.reply_check.learned import Weights
from bot.reply_check.private import Place, Places, places
from bot.reply_check.reading import Sentence, word_count
from bot.reply_check.things import Wanted, things_in, without
from bot.reply_check.weighing import Weighed, likelihoods, open_sentences
from bot.reply_check.words import FILLER, Words, read_over

HEADS = 8
"""So many beginnings of a request are tried before one thing, nearest first."""
LIKELY = 0.6
"""From this likelihood on a sentence asks, though no rule knows its words."""
DOUBTFUL = 0.05
"""Below it a sentence does not ask, though a rule caught it."""
FAR = 240
"""A request reaches no further than so many characters."""
_CLAUSE = re.compile(r"[,;:()…–—]|\s-\s")
_SENTENCE_PART = re.compile(r"[;:()…–—]|\s-\s")
_LIST_COMMA = re.compile(rf"(?<={FILLER}),|,(?= {FILLER})")
_SIGNS = f" ,.;:!-–—…{FILLER}"
_WORD = re.compile(r"[\w']+")
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Request:
    """What sentence `index` asks for in public."""

    index: int
    name: str


def asked_in_public(draft: list[Sentence], words: Words, learned: Weights | None = None) -> list[str]:
    """The English names of the personal data asked for in public, in the draft's order, each once.

    With what was `learned` in this language, a sentence that no rule knows counts where it likely asks, and
    one that a rule caught does not where it hardly does.
    """
    where = places(draft, words)
    found = list(_ruled(draft, words, where))
    if learned:
        found = _weighed(found, open_sentences(draft, words, where), learned)
    return list(dict.fromkeys(request.name for request in found))


def _weighed(found: list[Request], sentences: list[Weighed], learned: Weights) -> list[Request]:
    likely = likelihoods(sentences, learned)
    kept = [one for one in found if likely.get(one.index, 1.0) >= DOUBTFUL]
    ruled = {one.index for one in kept}
    for sentence in sentences:
        if sentence.index not in ruled and likely[sentence.index] >= LIKELY:
            kept += [Request(sentence.index, name) for name in sentence.names]
    return sorted(kept, key=lambda one: one.index)


def _ruled(draft: list[Sentence], words: Words, where: Places) -> Iterator[Request]:
    earlier: list[Wanted] = []
    for index, sentence in enumerate(draft):
        text = read_over(words.not_data, read_over(words.ask.ignore, sentence.text))
        things = things_in(text, words)
        for name, pattern in words.questions.items():
            for found in pattern.finditer(text):
                if not where.keeps_private(index, found.start(), found.end()):
                    yield Request(index, name)
        for thing in things:
            asks = _asks_for(thing, things, text, sentence, words) or _leans(
                thing, things, text, sentence, where.of[index], words
            )
            if asks and not where.keeps_private(index, thing.start, thing.end):
                yield Request(index, thing.name)
        for name in _asked_again(index, text, [*earlier, *things], words, where):
            yield Request(index, name)
        earlier = [thing for thing in things if not _is_received(thing, text, words)]
        earlier = [Wanted(thing.name, -1, -1) for thing in earlier]


def _asks_for(thing: Wanted, things: list[Wanted], text: str, sentence: Sentence, words: Words) -> bool:
    masked = without([other for other in things if other is not thing], text)
    begin = max(0, thing.start - FAR)
    before, after = masked[begin : thing.start], masked[thing.end : thing.end + FAR]
    if _forbidden(after, words):
        return False
    return (
        any(_reaches(before, head, words) for head in _heads(before, words))
        or _is_questioned(before, words)
        or _is_enclosed(before, after, words)
        or (_has_tail(after, words) and not _is_received(thing, text, words) and not _negated(before, words))
        or _stands_alone(things, text, sentence, words)
    )


def _heads(before: str, words: Words) -> list[re.Match[str]]:
    """Beginnings of requests, nearest first."""
    ask = words.ask
    gives = [m for m in ask.give.finditer(before) if _is_request(before[: m.start()], words)]
    heads = [*gives, *ask.wants.finditer(before)]
    return sorted(heads, key=lambda m: -m.end())[:HEADS]


def _is_request(before: str, words: Words) -> bool:
    """Is a verb of giving after these words one that the customer is asked for?"""
    ask = words.ask
    if ask.others_give.search(before):
        return False
    return not before.strip(f" {FILLER}\"'") or bool(ask.give_after.search(before))


def _reaches(before: str, head: re.Match[str], words: Words) -> bool:
    """Does the request that begins with `head` still hold at the end of `before`?"""
    gap = before[head.end() :]
    if _negated(before[: head.start()], words) or _broken(gap, words):
        return bool(words.ask.unnegated.search(gap))
    no = _last(words.ask.negations, gap)
    return no is None or bool(words.ask.unnegated.search(gap, no.end()))


def _broken(gap: str, words: Words) -> bool:
    broken = _last(words.ask.breaks, gap)
    return broken is not None and not words.ask.resumes.search(gap, broken.end())


def _negated(before: str, words: Words) -> bool:
    """Does a negation stand in the clause that these words end with, at most seven words back?"""
    clause = _CLAUSE.split(before)[-1]
    no = _last(words.ask.negations, clause)
    return no is not None and _words_in(clause[no.end() :]) <= 7


def _words_in(text: str) -> int:
    return word_count(" ".join(_WORD.findall(text)))


def _forbidden(after: str, words: Words) -> bool:
    """ "Poste deine Nummer nicht": does the clause after the thing take the request back?"""
    clause = _CLAUSE.split(_LIST_COMMA.sub(FILLER, after))[0]
    stop = words.ask.breaks.search(clause)
    return words.ask.negations_after.search(clause, 0, stop.start() if stop else len(clause)) is not None


def _is_questioned(before: str, words: Words) -> bool:
    for question in words.ask.question_words.finditer(before):
        gap = before[question.end() :].replace(FILLER, " ")
        if words.ask.question_gap.fullmatch(gap) and not _negated(before[: question.start()], words):
            return True
    return False


def _is_enclosed(before: str, after: str, words: Words) -> bool:
    """ "Kannst du uns deine Bestellnummer schicken": the verb comes after the thing."""
    closer = words.ask.closers.search(after)
    if closer is None or _broken(after[: closer.start()], words):
        return False
    for opener in words.ask.openers.finditer(before):
        gap = before[opener.end() :]
        stopped = _broken(gap, words) or words.ask.negations.search(gap)
        if not stopped and not _negated(before[: opener.start()], words):
            return True
    return False


def _has_tail(after: str, words: Words) -> bool:
    tail = words.ask.tails.search(after[:80])
    if tail is None:
        return False
    between = after[: tail.start()]
    return not _broken(between, words) and word_count(between) <= 7


def _is_received(thing: Wanted, text: str, words: Words) -> bool:
    got = _last(words.ask.received, text[: thing.start])
    return got is not None and not _CLAUSE.search(text[got.end() : thing.start])


def _stands_alone(things: list[Wanted], text: str, sentence: Sentence, words: Words) -> bool:
    """ "Order number and postcode, please?": nothing but the things and small words."""
    end = things[-1].end
    thanked = words.ask.thanks.fullmatch(text[end:].strip(_SIGNS)) is not None
    text = text[:end] if thanked else text
    small = words.ask.alone.sub("", without(things, text))
    listed = len(things) > 1 and words.ask.received.search(text) is None
    asks = sentence.asks or thanked or listed or words.ask.tails.search(text) is not None
    return asks and not _LETTERS.search(small)


def _leans(
    thing: Wanted, things: list[Wanted], text: str, sentence: Sentence, place: Place, words: Words
) -> bool:
    """Does the thing stand where people ask, with nothing that says it is only spoken about?"""
    masked = without([other for other in things if other is not thing], text)
    before, after = masked[: thing.start][-FAR:], masked[thing.end :][:FAR]
    if _is_promised_for(things, text, words):
        return not _forbidden(after, words)
    asks = (
        sentence.asks
        or place.public is not None
        or words.ask.hints.search(_part(before)) is not None
        or _is_listed(before, after, words)
    )
    return asks and not _is_spoken_about(thing, text, before, after, words)


def _part(before: str) -> str:
    return _SENTENCE_PART.split(before)[-1]


def _is_listed(before: str, after: str, words: Words) -> bool:
    """ "One more step: your name, …": small words only since the colon, and no more said about it."""
    begin, colon, rest = before.rpartition(":")
    if not colon or not begin or FILLER in begin:
        return False
    if words.ask.tells.search(after) or words.ask.received.search(begin):
        return False
    return not _LETTERS.search(words.ask.alone.sub("", rest))


def _is_promised_for(things: list[Wanted], text: str, words: Words) -> bool:
    """ "Card number and birthday, and I'll look": the things, few words else, and what we'll do with them."""
    promise = words.ask.promises.search(text, things[0].end)
    if promise is None:
        return False
    begin = text[: promise.start()]
    rest = without([thing for thing in things if thing.end <= promise.start()], begin)
    spoken_about = (words.ask.tells, words.ask.mentions, words.ask.negations, words.ask.received)
    if any(pattern.search(rest) for pattern in spoken_about):
        return False
    left = words.ask.alone.sub("", rest)
    return word_count(" ".join(_LETTERS.findall(left))) <= 3


def _is_spoken_about(thing: Wanted, text: str, before: str, after: str, words: Words) -> bool:
    clause = _part(before)
    told = words.ask.tells.match(after.lstrip())
    return (
        told is not None
        or words.ask.mentions.search(clause) is not None
        or words.ask.others_give.search(clause) is not None
        or _negated(_LIST_COMMA.sub(FILLER, before), words)
        or _forbidden(after, words)
        or _broken(clause, words)
        or _is_received(thing, text, words)
    )


def _asked_again(index: int, text: str, things: list[Wanted], words: Words, where: Places) -> Iterator[str]:
    """ "Do you see the order number? Could you share it?": the request points back to the thing."""
    for it in words.ask.it.finditer(text):
        named = [thing for thing in things if thing.end <= it.start()]
        before = text[: it.start()]
        if not named or words.ask.others_give.search(before) or _negated(before, words):
            continue
        if not (_starts_clause(before) or words.ask.give_after.search(before)):
            continue
        if not where.keeps_private(index, it.start(), it.end()):
            yield named[-1].name


def _starts_clause(before: str) -> bool:
    return not before.strip(f" {FILLER}\"'")


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    last = None
    for last in pattern.finditer(text):  # noqa: B007 - the last one is wanted
        pass
    return last
