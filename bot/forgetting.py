"""What a post said is forgotten: wherever somebody may have written its words down."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from bot.answers.offering import OFFER
from bot.quoting import WORDS, quotes
from bot.search.keeping import keep_notes
from bot.stories.room import HEAP
from bot.surges.telling import ALARM
from models.approved_answer import AnswerOffer, ApprovedAnswer
from models.case import Case
from models.escalation import Escalation, Question
from models.event import Event
from models.handover import Handover
from models.mention import Mention
from models.outbox import Outbox
from models.overrule import Overrule
from models.private_reply import PrivateReply
from models.reply import POSTED, READY, REPLACED, SENDING, UNKNOWN, Reply
from models.surge import Surge

QUOTED = "(this quoted a post that is gone)"
LONG_ENOUGH = 6
"""Signs from which on a piece of personal data is looked for by itself."""


@dataclass(frozen=True)
class Was:
    """What a post said before; `now`: what it says since."""

    text: str
    data: tuple[str, ...]
    reason: str
    """Why the sift took it for what it is: that quotes words of it."""
    now: str = ""

    @classmethod
    def of(cls, mention: Mention, now: str = "") -> "Was":
        """`mention` as it is before it changes."""
        gone = (one for one in mention.personal_data if len(one) >= LONG_ENOUGH and one not in now)
        return cls(mention.text, tuple(gone), mention.reason, now)

    def is_in(self, text: str, words: int = WORDS) -> bool:
        """Whether `text` repeats what is not said any more."""
        if any(one in text for one in self.data) or (not self.now and text == self.reason):
            return True
        return quotes(text, self.text, words) and not (self.now and quotes(text, self.now, words))


def forget(session: Session, mention: Mention, was: Was, case: Case | None) -> None:
    """Takes out what repeats the post: in notes, reasons, questions, drafts, examples, messages."""
    _blank_examples(session, mention, was)
    if case is None:
        return
    for row, name in _texts(session, case):
        if was.is_in(getattr(row, name) or ""):
            setattr(row, name, QUOTED)
            if isinstance(row, Event):
                keep_notes(session, [row])
    _empty_drafts(session, case, was)
    _forget_messages(session, case, was)


def messages_of(session: Session, case: Case) -> list[str]:
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
        (ALARM,): select(Surge.id).where(Surge.live.is_not(None), Surge.brand == case.brand),
        (HEAP,): [case.heap_id] if case.heap_id is not None else [],
    }
    which = [and_(Outbox.kind.in_(kinds), Outbox.subject.in_(ids)) for kinds, ids in about.items()]
    return list(session.scalars(select(Outbox.key).where(or_(*which))))


# Helpers.


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
        if was.is_in(answer.example, few):
            answer.example = ""


def _texts(session: Session, case: Case) -> Iterator[tuple[Any, str]]:
    """Wherever somebody may have written the post's words down."""
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


def _empty_drafts(session: Session, case: Case, was: Was) -> None:
    """What was posted stands in public as ours; a draft that repeats the post goes."""
    left = (POSTED, SENDING, UNKNOWN)
    for reply in session.scalars(select(Reply).where(Reply.case_id == case.id, Reply.state.not_in(left))):
        if was.is_in(reply.text):
            reply.text, reply.advice = "", []
            reply.state = REPLACED if reply.state == READY else reply.state
    in_private = select(PrivateReply).where(PrivateReply.case_id == case.id, PrivateReply.state.not_in(left))
    for private in session.scalars(in_private):
        if was.is_in(private.text):
            private.text = ""


def _forget_messages(session: Session, case: Case, was: Was) -> None:
    """Messages that carry words of their own: a colleague's or a channel's question."""
    asked = select(Outbox).where(Outbox.kind.in_(("question", "asked_channel")), Outbox.subject == case.id)
    for row in session.scalars(asked):
        if was.is_in(str((row.payload or {}).get("question", ""))):
            row.payload = {**(row.payload or {}), "question": QUOTED}
