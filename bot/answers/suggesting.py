"""Which approved answers may fit a case."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from bot.answers.likeness import FLOOR, SUGGESTED, Likeness, Sample, samples_of
from bot.case_view import CaseView
from bot.office import Office
from models.approved_answer import APPROVED, AnswerEvent, AnswerUse, ApprovedAnswer
from models.errors import DatabaseAway
from models.mention import Mention

log = structlog.get_logger()
USES_COMPARED = 6
"""The newest posts for which an answer was used that new posts are compared with, beside its example."""
COMPARED = 50
"""The likest answers, of which other brands' are left out."""
POSTS = 3000
"""The newest posts that tell which words are common."""
PATIENCE = 1.0
"""Seconds that a suggestion is waited for: a modal must open within three of the click."""
PREPARED_WITHIN = 60.0
"""Seconds that the program waits at its start, when nobody else does."""
Version = tuple[int, int]


@dataclass(frozen=True)
class Suggested:
    """An answer that may fit, and how like the post is to what it was written for (0 to about 1)."""

    answer: ApprovedAnswer
    score: float
    unconfirmed_since: datetime | None
    """Set where a lead was asked whether it still holds, and nobody said so for a fortnight."""
    holding: bool = False
    """It is what is said while a crisis about the case lasts."""


class Suggestions:
    """Keeps what posts are compared with, and makes it anew, in the background, when answers changed."""

    def __init__(self, office: Office, patience: float = PATIENCE) -> None:
        self._office = office
        self._patience = patience
        self._one_at_a_time = threading.Lock()
        self._maker = ThreadPoolExecutor(1, thread_name_prefix="likeness")
        self._made: tuple[Version, Likeness] | None = None
        self._making: tuple[Version, Future[Likeness]] | None = None

    def prepare(self) -> None:
        """Makes ready what the first suggestion would wait for; nothing while the database is away."""
        with suppress(DatabaseAway):
            self._likeness(patience=PREPARED_WITHIN)

    def for_case(self, view: CaseView) -> list[Suggested]:
        """The best one or two in the customer's language; none is better than a wrong one.

        The customer's newest post counts; where nothing fits that ("still waiting!"), all that they wrote.
        """
        theirs = [m.text for m in view.mentions if m.author == view.case.author]
        texts = list(dict.fromkeys([view.to_answer.text, "\n".join(theirs)]))
        for text in texts:
            found = self.for_text(text, view.case.language, view.case.topic, view.case.brand)
            if found:
                return found
        return []

    def for_text(
        self, text: str, language: str, topic: str | None, brand: str | None = None
    ) -> list[Suggested]:
        """`brand` None: whosever customers they are for."""
        likeness = self._likeness()
        if likeness is None:
            return []
        best = likeness.nearest(text, language, topic)[: COMPARED if brand else SUGGESTED * 3]
        scores = {answer: score for answer, score in best if score >= FLOOR}
        if not scores:
            return []
        with self._office.db.reading() as session:
            # What is compared may be a moment older than the answers themselves.
            still = session.scalars(
                select(ApprovedAnswer).where(
                    ApprovedAnswer.id.in_(scores),
                    ApprovedAnswer.state == APPROVED,
                    ApprovedAnswer.language == language,
                    ApprovedAnswer.serves(brand) if brand else true(),
                )
            ).all()
        now = self._office.clock()
        found = [Suggested(a, scores[a.id], a.confirmed_at if a.is_unconfirmed(now) else None) for a in still]
        return sorted(found, key=lambda one: (-one.score, one.answer.id))[:SUGGESTED]

    # Helpers.

    def _likeness(self, patience: float | None = None) -> Likeness | None:
        """For the answers as they are now; where that takes too long, for those of a moment ago."""
        with self._office.db.reading() as session:
            version = _version(session)
        with self._one_at_a_time:
            if self._made is not None and self._made[0] == version:
                return self._made[1]
            if self._making is None or (self._making[0] != version and self._making[1].done()):
                self._making = (version, self._maker.submit(self._make))
            coming = self._making
        try:
            likeness = coming[1].result(timeout=self._patience if patience is None else patience)
        except Late:
            return self._made[1] if self._made is not None else None
        except Exception:  # the reply itself must still be possible
            log.exception("answers can't be compared")
            with self._one_at_a_time:
                self._making = None
            return None
        with self._one_at_a_time:
            if self._making is coming:
                self._made, self._making = (coming[0], likeness), None
        return likeness

    def _make(self) -> Likeness:
        with self._office.db.reading() as session:
            samples, posts = _samples(session), _posts(session)
        likeness = Likeness(samples, posts)
        likeness.prepare()
        return likeness


def _version(session: Session) -> Version:
    """Rises with every change of an answer and every use: each leaves a row that is never changed."""
    events = session.scalar(select(func.max(AnswerEvent.id))) or 0
    return events, session.scalar(select(func.max(AnswerUse.id))) or 0


def _samples(session: Session) -> list[Sample]:
    """What each answer gives, and the newest posts that it was used for."""
    approved = {
        a.id: a for a in session.scalars(select(ApprovedAnswer).where(ApprovedAnswer.state == APPROVED))
    }
    samples = [
        sample
        for a in approved.values()
        for sample in samples_of(a.id, a.language, a.topic, a.title, a.example)
    ]
    newest = func.row_number().over(partition_by=AnswerUse.answer_id, order_by=AnswerUse.id.desc())
    ranked = select(AnswerUse.answer_id, AnswerUse.mention_id, newest.label("nth")).subquery()
    used = (
        select(ranked.c.answer_id, Mention.text, Mention.language)
        .join(Mention, Mention.id == ranked.c.mention_id)
        .where(ranked.c.nth <= USES_COMPARED)
    )
    for number, text, language in session.execute(used):
        if number in approved and approved[number].language == language:
            samples.append(Sample(number, approved[number].language, approved[number].topic, text))
    return samples


def _posts(session: Session) -> dict[str, list[str]]:
    newest = select(Mention.language, Mention.text).order_by(Mention.id.desc()).limit(POSTS)
    found: dict[str, list[str]] = {}
    for language, text in session.execute(newest):
        found.setdefault(language, []).append(text)
    return found
