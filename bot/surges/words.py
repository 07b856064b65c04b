"""What people say in a surge and usually don't: words and short phrases, with nobody's personal data."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from math import log

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.sift.language import everyday_words
from bot.sift.plain_text import ONE_UNSPACED, UNSPACED, normalised, without_names_and_links
from bot.surges.counting import about, counted
from config.languages import language_packs
from models.mention import Mention

NEWEST, BEFORE = 300, 1500
"""Posts that are read: of the surge, and of the time before it."""
SURGE, EARLIER = timedelta(hours=1), timedelta(weeks=6)
LISTED = 8
VOICES = 3
"""A word is named when so many people use it: so nobody's name or number comes in."""
TIMES = 4.0
"""And so many times as often as before."""
SHORTEST, PHRASE = 3, 3
"""Letters of a word, words of a phrase."""
GRAM = (2, 3, 4, 5, 6)
"""Characters of a phrase where no spaces end a word."""
WITHIN = 0.75
"""A phrase takes the place of its words when so many of those who use them use the phrase."""

_WORD = re.compile(rf"[^\W\d_{UNSPACED}]+(?:['\-][^\W\d_{UNSPACED}]+)*|[{UNSPACED}]+")
_KANA = re.compile(r"^[\u3040-\u309f\u30fc]+$")
"""Hiragana alone is grammar, as a rule."""

Said = tuple[str, str]
"""Who, and what."""


def new_words(session: Session, brand: str, topic: str | None, *, at: datetime) -> list[str]:
    """Of the last hour against the weeks before it, the most telling first. Posts with personal data in them
    are not read."""
    now = _posts(session, brand, topic, at - SURGE, at, NEWEST)
    before = _posts(session, brand, None, at - EARLIER, at - 2 * SURGE, BEFORE)
    return telling_words(now, before, common={brand.casefold()})


def telling_words(now: Sequence[Said], before: Sequence[Said], common: Iterable[str] = ()) -> list[str]:
    """`common` words are nothing new, nor are handles, links, numbers."""
    voices, usual = _voices(now), _voices(before)
    people, earlier = len({who for who, _ in now}), len({who for who, _ in before})
    known = {normalised(one) for one in common}
    scores: dict[str, float] = {}
    for term, count in voices.items():
        share = count / max(1, people)
        then = (usual[term] + 0.5) / (earlier + 10)
        if count < VOICES or share < TIMES * then or known & {term, *term.split()} or term in _everyday():
            continue
        scores[term] = count * log(share / then) * (1 + 0.1 * term.count(" "))
    return _without_parts(scores, voices)[:LISTED]


# Helpers.


@cache
def _everyday() -> frozenset[str]:
    return everyday_words(pack.sift for pack in language_packs().values() if pack.sift)


def _posts(
    session: Session, brand: str, topic: str | None, begin: datetime, end: datetime, limit: int
) -> list[Said]:
    rows = session.execute(
        select(Mention.source, Mention.author, Mention.text, Mention.personal_data)
        .where(about(brand, topic), counted(), Mention.stored_at > begin, Mention.stored_at <= end)
        .where(Mention.created_at > begin, Mention.gone_at.is_(None))
        .order_by(Mention.id.desc())
        .limit(limit)
    )
    return [(f"{source}|{author}", text) for source, author, text, data in rows if not data]


def _voices(posts: Iterable[Said]) -> Counter[str]:
    """How many people say it."""
    by_person: dict[str, set[str]] = {}
    for who, text in posts:
        by_person.setdefault(who, set()).update(_terms(text))
    return Counter(term for terms in by_person.values() for term in terms)


def _terms(text: str) -> Iterator[str]:
    for sentence in re.split(r"[.!?;:,…\n。！？、，()\"«»“”]+", normalised(without_names_and_links(text))):
        words = _WORD.findall(sentence)
        for n, word in enumerate(words):
            if ONE_UNSPACED.match(word):
                yield from _grams(word)
                continue
            if len(word) >= SHORTEST:
                yield word
            for size in range(2, PHRASE + 1):
                phrase = words[n : n + size]
                # Short words join others, and seldom begin or end what is worth saying.
                ends = len(phrase) == size and min(len(phrase[0]), len(phrase[-1])) > SHORTEST
                if ends and not any(ONE_UNSPACED.match(one) for one in phrase):
                    yield " ".join(phrase)


def _grams(run: str) -> Iterator[str]:
    for size in GRAM:
        for n in range(len(run) - size + 1):
            gram = run[n : n + size]
            if not _KANA.match(gram):
                yield gram


def _without_parts(scores: dict[str, float], voices: Counter[str]) -> list[str]:
    """Of a phrase and its parts only the one that says it best."""
    kept: list[str] = []
    for term in sorted(scores, key=lambda one: (-scores[one], -len(one), one)):
        longer = (one for one in scores if term != one and _is_part(term, one))
        if any(voices[one] >= WITHIN * voices[term] for one in longer):
            continue
        if not any(_share(term, one) for one in kept):
            kept.append(term)
    return kept


def _is_part(part: str, whole: str) -> bool:
    if ONE_UNSPACED.match(whole):
        return part in whole
    return f" {part} " in f" {whole} "


def _share(one: str, other: str) -> bool:
    """Two cuts of one saying: they have a word in common, or characters where no spaces end a word."""
    if not (ONE_UNSPACED.match(one) and ONE_UNSPACED.match(other)):
        return any(word in other.split() for word in one.split() if len(word) > SHORTEST)
    parts = {one[n : n + 2] for n in range(len(one) - 1)}
    return any(part in other for part in parts)
