"""A post that its author deleted disappears here too: its words, its author, and whatever repeats them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from bot.answers.offering import OFFER
from bot.office import Office
from bot.quoting import WORDS, quotes
from bot.sift.severity import SEVERE
from models.approved_answer import AnswerOffer, ApprovedAnswer
from models.case import Case
from models.escalation import Escalation, Question
from models.handover import Handover
from models.heap import LikenessKey
from models.mention import DELETED, GONE_WORDS, Mention
from models.moves import WAITING
from models.outbox import Outbox, show_again
from models.overrule import Overrule
from models.people import BOT
from models.reply import POSTED, READY, REPLACED, SENDING, UNKNOWN, Reply

log = structlog.get_logger()
QUOTED = "(this quoted a post that is gone)"
LONG_ENOUGH = 6
"""Signs from which on a piece of personal data is looked for by itself."""


@dataclass(frozen=True)
class Was:
    """What a post said before it went."""

    text: str
    data: tuple[str, ...]
    reason: str
    """Why the sift took it for what it is: that quotes words of it."""

    def is_in(self, text: str) -> bool:
        return quotes(text, self.text) or any(one in text for one in self.data) or text == self.reason


@dataclass(frozen=True)
class Withdrawing:
    """For sources that learn of a deletion, by asking or by being told."""

    office: Office

    def withdraw(self, source: str, external_id: str, because: str = DELETED) -> bool:
        """The post is gone (DELETED), or not public any more (HIDDEN): here too. Its row and its case stay.

        An everyday case that waits for somebody is dismissed when nothing is left in it to answer. Returns
        whether anything changed: a post that is not known, or gone already, changes nothing.
        """
        with self.office.db.reading() as session:
            found = session.execute(
                select(Mention.id, Mention.case_id).where(
                    Mention.source == source[:40],
                    Mention.external_id == external_id[:255],
                    Mention.gone_at.is_(None),
                )
            ).first()
        if found is None:
            return False
        number, case_id = found
        if case_id is None:
            changed = self.office.transact(lambda session: self._take_out(session, number, because, None))
        else:
            changed = self.office.change(
                case_id, lambda session, case, at: self._take_out(session, number, because, case)
            )
        if changed:
            log.info("post withdrawn", source=source, case=case_id, because=because)
        return changed

    # Helpers, in the order in which they are called.

    def _take_out(self, session: Session, number: int, because: str, case: Case | None) -> bool:
        mention, at = session.get_one(Mention, number, with_for_update=True), self.office.clock()
        data = tuple(one for one in mention.personal_data if len(one) >= LONG_ENOUGH)
        was = Was(mention.text, data, mention.reason)
        if not mention.withdraw(because, at=at):
            return False
        self._blank_examples(session, mention, was)
        for row, name in self._texts(session, case):
            if was.is_in(getattr(row, name) or ""):
                setattr(row, name, QUOTED)
        if case is not None:
            self._empty_drafts(session, case, was)
            self._forget_quoting_messages(session, case, was)
            self._settle(session, case, mention, at)
        return True

    @staticmethod
    def _blank_examples(session: Session, mention: Mention, was: Was) -> None:
        """Approved answers have what a customer said as their example, with personal data taken out of it."""
        offered = (
            select(AnswerOffer.answer_id)
            .join(Reply, Reply.id == AnswerOffer.reply_id)
            .where(Reply.mention_id == mention.id)
        )
        of_it = set(session.scalars(offered))
        for answer in session.scalars(select(ApprovedAnswer)):
            few = 3 if answer.id in of_it else WORDS
            if quotes(answer.example, was.text, few) or was.is_in(answer.example):
                answer.example = ""

    @staticmethod
    def _texts(session: Session, case: Case | None) -> Iterator[tuple[Any, str]]:
        """Wherever somebody may have written the post's words down."""
        if case is None:
            return
        for event in case.events:
            yield event, "why"
        for escalation in session.scalars(select(Escalation).where(Escalation.case_id == case.id)):
            yield from ((escalation, "why"), (escalation, "answer"))
            for question in escalation.questions:
                yield from ((question, "question"), (question, "answer"))
        for offer in session.scalars(select(Handover).where(Handover.case_id == case.id)):
            yield from ((offer, "note"), (offer, "answer"))
        for word in session.scalars(select(Overrule).where(Overrule.case_id == case.id)):
            yield word, "why"

    @staticmethod
    def _empty_drafts(session: Session, case: Case, was: Was) -> None:
        """What was posted stands in public as ours; a draft that repeats the post goes."""
        left = (POSTED, SENDING, UNKNOWN)
        for reply in session.scalars(select(Reply).where(Reply.case_id == case.id, Reply.state.not_in(left))):
            if was.is_in(reply.text):
                reply.text, reply.advice = "", []
                reply.state = REPLACED if reply.state == READY else reply.state

    @staticmethod
    def _forget_quoting_messages(session: Session, case: Case, was: Was) -> None:
        """Messages that carry words of their own: a colleague's or a channel's question."""
        asked = select(Outbox).where(
            Outbox.kind.in_(("question", "asked_channel")), Outbox.subject == case.id
        )
        for row in session.scalars(asked):
            if was.is_in(str((row.payload or {}).get("question", ""))):
                row.payload = {**(row.payload or {}), "question": QUOTED}

    def _settle(self, session: Session, case: Case, mention: Mention, at: datetime) -> None:
        """The case without it: on record, on every message that shows the case, and told to its owner."""
        words = GONE_WORDS[mention.gone_because or DELETED]
        case.lost_a_post(words, at=at)
        left = any(each.gone_at is None for each in case.mentions)
        if not left:
            session.execute(delete(LikenessKey).where(LikenessKey.case_id == case.id))
        if not left and case.stage == WAITING and case.severity < SEVERE:
            case.dismiss(by=BOT, at=at, because="no_reply")
        elif case.owner is not None and case.is_open:
            more = "" if left else " It was all there was: if you are in touch in private, go on there."
            told = f"A post in your case {case.id} is {words}, so its words are gone here too.{more}"
            self.office.tell(session, f"withdrawn:{mention.id}", case.owner, told)
        session.flush()
        show_again(session, _messages_of(session, case), at)


def _messages_of(session: Session, case: Case) -> list[str]:
    """The keys of all messages that show the case's posts, its timeline or its replies."""
    escalations = select(Escalation.id).where(Escalation.case_id == case.id)
    questions = select(Question.id).where(Question.escalation_id.in_(escalations))
    about: dict[tuple[str, ...], Any] = {
        ("card", "question", "asked_channel"): [case.id],
        ("escalation", "unresolved"): escalations,
        ("asked_back",): questions,
        ("handover",): select(Handover.id).where(Handover.case_id == case.id),
        ("overrule",): select(Overrule.id).where(Overrule.case_id == case.id),
        (OFFER,): select(AnswerOffer.id).where(AnswerOffer.case_id == case.id),
    }
    which = [and_(Outbox.kind.in_(kinds), Outbox.subject.in_(ids)) for kinds, ids in about.items()]
    return list(session.scalars(select(Outbox.key).where(or_(*which))))
