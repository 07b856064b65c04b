"""How far the sift has come with learning, for the digest, for leads' Home and for `/case lessons`."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.lessons.figures import Score
from config.playbook import Playbook
from models.lesson import Lesson
from models.sift_model import IN_USE, SILENT, SiftModel


@dataclass(frozen=True)
class Standing:
    """Of one brand. `score` is None while nothing was learned yet."""

    brand: str
    lessons: int
    """Those that count now."""
    in_use: bool
    why: str | None
    """Why it is silent."""
    score: Score | None


def standings(session: Session, playbook: Playbook, until: datetime | None = None) -> list[Standing]:
    """Of each brand that has lessons, with what was learned last (before `until`); none when it is off."""
    if not playbook.sift.learn:
        return []
    count = counts(session)
    return [
        _standing(session, brand.name, count[brand.name], until)
        for brand in playbook.brands
        if count.get(brand.name)
    ]


def _standing(session: Session, brand: str, lessons: int, until: datetime | None) -> Standing:
    done = select(SiftModel).where(SiftModel.brand == brand, SiftModel.state.in_((IN_USE, SILENT)))
    if until is not None:
        done = done.where(SiftModel.made_at <= until)
    row = session.scalars(done.order_by(SiftModel.id.desc()).limit(1)).first()
    if row is None:
        return Standing(brand, lessons, False, None, None)
    score = Score.of_json(row.scores) if row.scores else None
    return Standing(brand, lessons, row.state == IN_USE, row.why, score)


def counts(session: Session) -> dict[str, int]:
    """How many lessons count, by brand."""
    found = session.execute(
        select(Lesson.brand, func.count(Lesson.id)).where(Lesson.live.is_not(None)).group_by(Lesson.brand)
    )
    return {brand: count for brand, count in found}
