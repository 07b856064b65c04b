"""Decisions of people become lessons, in the decision's own transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.sift.sift import Verdict
from models.case import Case
from models.corrected import Said
from models.lesson import BROUGHT_BACK, CORRECTED, DISMISSED, LOGGED, Lesson
from models.mention import Mention

TAUGHT_BY_DISMISSAL: dict[str, tuple[str | None, bool]] = {"ad": ("ad", False), "not_us": (None, False)}
"""By the reason: the kind that it says, and whether somebody had to see it.

"No reply would help" teaches nothing: that was for a person to decide, and the next such post is again.
Neither does "a duplicate": the same post heard once would have been a case.
"""


def opening_of(case: Case) -> Mention:
    """The customer's first post, by which the sift decided what the case is."""
    first = min(case.mentions, key=lambda m: (m.author != case.author, m.id))
    return first


def rules_said(mention: Mention) -> dict[str, Any]:
    """What the rules alone make of the post: `kind`, `topic`, `language`, `shown`."""
    if mention.ruled is not None:
        return {name: value for name, value in mention.ruled.items() if name != "learned"}
    return as_ruled(mention)


def as_ruled(said: Verdict | Mention) -> dict[str, Any]:
    """The part of a verdict that `Mention.ruled` keeps."""
    return {"kind": said.kind, "topic": said.topic, "language": said.language, "shown": said.shown}


def taught_by_dismissal(session: Session, case: Case, *, by: str, at: datetime) -> None:
    """The case was just dismissed."""
    if case.closed_because in TAUGHT_BY_DISMISSAL:
        kind, needed = TAUGHT_BY_DISMISSAL[case.closed_because]
        record(session, opening_of(case), DISMISSED, by=by, at=at, said=Said(kind=kind), needed=needed)


def dismissal_taken_back(session: Session, case: Case, *, by: str, at: datetime) -> None:
    """A lead opened the case again: what its dismissal taught counts no longer."""
    mine = select(Lesson).where(Lesson.live.in_([m.id for m in case.mentions]), Lesson.how == DISMISSED)
    for lesson in session.scalars(mine.with_for_update()).all():
        take_back(session, lesson, by=by, at=at)


def taught_by_correction(session: Session, mention: Mention, said: Said, *, by: str, at: datetime) -> None:
    record(session, mention, CORRECTED, by=by, at=at, said=said)


def taught_by_bringing_back(session: Session, mention: Mention, *, by: str, at: datetime) -> None:
    """Somebody had to see it after all. Called before it is changed."""
    record(session, mention, BROUGHT_BACK, by=by, at=at, needed=True)


def taught_by_logging(session: Session, mention: Mention, ruled: Verdict, *, by: str, at: datetime) -> None:
    """An employee logged it and said what it is; `ruled` is what the rules would have said."""
    mention.ruled = as_ruled(ruled)
    said = Said(kind=mention.kind, language=mention.language)
    record(session, mention, LOGGED, by=by, at=at, said=said, needed=True)


def record(
    session: Session,
    mention: Mention,
    how: str,
    *,
    by: str,
    at: datetime,
    said: Said | None = None,
    needed: bool | None = None,
) -> Lesson:
    """A new lesson about the post. It replaces an earlier one, of which stays what is not said anew."""
    said = said or Said()
    session.flush()  # a new mention gets its id
    before = session.scalar(select(Lesson).where(Lesson.live == mention.id).with_for_update())
    if before is not None:
        before.end(by=by, at=at)
        session.flush()  # one of a post counts at a time
    ruled = rules_said(mention)
    if mention.ruled is None or "learned" in mention.ruled:
        mention.ruled = ruled  # from now on it stands as a person said
    lesson = Lesson(
        live=mention.id,
        mention_id=mention.id,
        case_id=mention.case_id,
        how=how,
        by=by,
        at=at,
        brand=mention.brand,
        ruled_kind=ruled["kind"],
        ruled_topic=ruled["topic"],
        ruled_language=ruled["language"],
        ruled_shown=ruled["shown"],
        kind=_said(said.kind, before.kind if before else None),
        topic=_said(said.topic, before.topic if before else None),
        language=_said(said.language, before.language if before else None),
        needed=before.needed if needed is None and before else needed,
        replaces=before.id if before else None,
    )
    session.add(lesson)
    session.flush()
    return lesson


def take_back(session: Session, lesson: Lesson, *, by: str, at: datetime) -> bool:
    """It counts no longer; the one that it replaced counts again. False when it counted no longer already."""
    if lesson.live is None:
        return False
    lesson.end(by=by, at=at)
    session.flush()
    before = session.get(Lesson, lesson.replaces) if lesson.replaces else None
    if before is not None:
        before.count_again()
        session.flush()
    return True


def _said(now: str | None, before: str | None) -> str | None:
    return before if now is None else now
