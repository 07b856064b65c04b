"""What there is to learn from, of one brand: lessons, and cases that were solved as they stood."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from bot.lessons.comparing import compared
from bot.lessons.recording import rules_said
from config.playbook import Playbook
from config.sifting import KINDS
from models.case import Case
from models.lesson import NO_TOPIC, Lesson
from models.mention import Mention
from models.moves import RESOLVED

AT_MOST = 4000
"""Newest lessons, and as many solved cases, that are read: time and memory stay bounded."""
CONFIRMED = 0.5
"""What a case counts that was solved as it stood: nobody objected, which is less than saying so."""
LEFT = 0.5
"""What a post counts that was set aside and that nobody brought back: perhaps nobody looked."""
LOOKED_THROUGH = timedelta(hours=12)
"""So long after it came a post that is still set aside counts as left there."""
NOT_OUTWEIGHED = 40.0
"""One person's lessons weigh as much as those of all others together, and this much at least."""
FACTS = ("our own post", "a repost", "excluded author")
"""How the rules' reasons begin that are facts, not judgements: nobody's taste changes them."""
ASPECTS = ("kind", "topic", "language", "needed")


@dataclass(frozen=True)
class Example:
    """One post: what the rules said (`ruled`) and what people said (`said`), by aspect.

    `said` has only what somebody said. Values: a kind; a topic or NO_TOPIC; a language; "yes" or "no" for
    whether somebody needed to see it.
    """

    text: str
    by: str | None
    """None: a case that was solved as it stood, or a post that was left where the rules had put it."""
    at: datetime
    ruled: Mapping[str, str]
    said: Mapping[str, str]
    weight: float = 1.0

    @property
    def is_lesson(self) -> bool:
        return self.by is not None


def read_examples(session: Session, playbook: Playbook, brand: str, now: datetime) -> list[Example]:
    """Those of a brand, oldest first, not yet weighed. A post that its author deleted teaches nothing."""
    topics = {topic.name for topic in playbook.topics} | {NO_TOPIC}
    found = [*_lessons(session, brand), *_solved(session, brand), *_left_aside(session, brand, now)]
    known = [replace(one, said=_known(one.said, topics)) for one in found]
    return sorted((one for one in known if one.text and one.said), key=lambda one: one.at)


def weighed(examples: Iterable[Example]) -> list[Example]:
    """With their weights: a text that comes many times counts as one, and nobody outweighs all others."""
    examples = list(examples)
    times = Counter((one.text, one.is_lesson) for one in examples)
    once = [replace(one, weight=one.weight / times[one.text, one.is_lesson]) for one in examples]
    total: Counter[str] = Counter()
    for one in once:
        if one.by is not None:
            total[one.by] += one.weight  # type: ignore[assignment]  # weights are parts of one
    whole = sum(total.values())
    share = {by: min(1.0, max(whole - own, NOT_OUTWEIGHED) / own) for by, own in total.items() if own > 0}
    return [one if one.by is None else replace(one, weight=one.weight * share[one.by]) for one in once]


def ruled_of(mention: Mention) -> dict[str, str]:
    """What the rules said of a post, by aspect."""
    ruled = rules_said(mention)
    return {
        "kind": str(ruled["kind"]),
        "topic": str(ruled["topic"] or NO_TOPIC),
        "language": str(ruled["language"]),
        "needed": _yes(bool(ruled["shown"])),
    }


# Helpers, in the order in which they are called.


def _lessons(session: Session, brand: str) -> list[Example]:
    rows = session.execute(
        select(Lesson, Mention.text, Mention.personal_data)
        .join(Mention, Mention.id == Lesson.mention_id)
        .where(Lesson.live.is_not(None), Lesson.brand == brand)
        .order_by(Lesson.id.desc())
        .limit(AT_MOST)
    )
    return [_of_lesson(lesson, compared(text, personal)) for lesson, text, personal in rows]


def _of_lesson(lesson: Lesson, text: str) -> Example:
    needed = None if lesson.needed is None else _yes(lesson.needed)
    said = {"kind": lesson.kind, "topic": lesson.topic, "language": lesson.language, "needed": needed}
    return Example(
        text,
        lesson.by,
        lesson.at,
        {
            "kind": lesson.ruled_kind,
            "topic": lesson.ruled_topic or NO_TOPIC,
            "language": lesson.ruled_language,
            "needed": _yes(lesson.ruled_shown),
        },
        {aspect: value for aspect, value in said.items() if value is not None},
    )


def _solved(session: Session, brand: str) -> list[Example]:
    """The first post of each case that was solved, unless somebody said something about it."""
    theirs = Mention.author == Case.author
    newest = (
        select(Case.id)
        .where(Case.closed_at.is_not(None), Case.stage == RESOLVED, Case.brand == brand)
        .where(exists().where(Mention.case_id == Case.id, theirs))
        .order_by(Case.closed_at.desc())
        .limit(AT_MOST)
    )
    solved, closed = session.scalars(newest).all(), {}
    for start in range(0, len(solved), 500):
        first = (
            select(func.min(Mention.id), func.max(Case.closed_at))
            .join(Case, Case.id == Mention.case_id)
            .where(Case.id.in_(solved[start : start + 500]), theirs)
            .group_by(Case.id)
        )
        closed.update({number: at for number, at in session.execute(first) if at is not None})
    taught = set(session.scalars(select(Lesson.live).where(Lesson.live.is_not(None), Lesson.brand == brand)))
    found = []
    numbers = [number for number in closed if number not in taught]
    for start in range(0, len(numbers), 500):
        part = select(Mention).where(Mention.id.in_(numbers[start : start + 500]))
        found += [_of_solved(mention, closed[mention.id]) for mention in session.scalars(part)]
    return found


def _of_solved(mention: Mention, at: datetime) -> Example:
    says = ruled_of(mention)
    # Where what was learned changed the verdict, silence must not confirm it: it would confirm itself.
    said = {"needed": _yes(True)} if mention.ruled else {**says, "needed": _yes(True)}
    return Example(compared(mention.text, mention.personal_data), None, at, says, said, CONFIRMED)


def _left_aside(session: Session, brand: str, now: datetime) -> list[Example]:
    """Posts that the rules set aside and nobody brought back: without them a single post brought back would
    speak for all that are like it."""
    found = session.scalars(
        select(Mention)
        .where(
            Mention.brand == brand,
            Mention.case_id.is_(None),
            Mention.stored_at < now - LOOKED_THROUGH,
            Mention.id.not_in(select(Lesson.live).where(Lesson.live.is_not(None))),
        )
        .order_by(Mention.id.desc())
        .limit(AT_MOST)
    )
    said = {"needed": _yes(False)}
    return [
        Example(compared(one.text, one.personal_data), None, one.stored_at, said, said, LEFT)
        for one in found
        if not one.ruled and not one.reason.startswith(FACTS)
    ]


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _known(said: Mapping[str, str], topics: set[str]) -> dict[str, str]:
    """Without topics that the playbook has no more, and languages that nobody knows."""
    return {
        aspect: value
        for aspect, value in said.items()
        if not (aspect == "topic" and value not in topics)
        and not (aspect == "kind" and value not in KINDS)
        and not (aspect == "language" and value == "unknown")
    }
