"""Drafts: kept whatever happens, and never changed under somebody's eyes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.case_view import to_answer
from bot.office import Office
from models.case import Case
from models.mention import Mention
from models.outbox import put
from models.overrule import ASKED, Overrule
from models.reply import DRAFT, POSTED, READY, REFUSED, REPLACED, SENDING, UNKNOWN, Reply

OPEN = (DRAFT, READY, REFUSED)
ANY = 0
"""Whichever reply is there may be replaced."""


@dataclass(frozen=True)
class Drafts:
    """One open draft for each person and case. What others have read of it is never written over."""

    office: Office

    def newest(self, session: Session, number: int, by: str) -> Reply | None:
        """The draft of `by`'s that is open in a case."""
        return session.scalar(
            select(Reply)
            .where(Reply.case_id == number, Reply.by == by, Reply.state.in_(OPEN))
            .order_by(Reply.id.desc())
            .limit(1)
        )

    def keep(
        self, session: Session, number: int, mention: Mention, text: str, by: str, at: datetime
    ) -> Reply:
        """The draft with this text: changed in place while only its writer has seen it, else a new one."""
        reply = self.newest(session, number, by)
        made_from = reply.answer_id if reply is not None else None
        if reply is not None and reply.text != text:
            words = session.scalars(select(Overrule).where(Overrule.reply_id == reply.id)).all()
            if words or reply.state != DRAFT:
                self._replace(session, reply, words, at)
                reply = None
        if reply is None:
            reply = Reply(
                case_id=number, mention_id=mention.id, by=by, created_at=at, text=text, state=DRAFT, advice=[]
            )
            reply.answer_id = made_from
            session.add(reply)
        reply.mention_id, reply.text = mention.id, text
        session.flush()
        return reply

    def keep_anyway(self, number: int, text: str, by: str, *, over: int | None = ANY) -> None:
        """As it is typed, or when nothing else can be done with it. Nothing is checked; the card stays.

        `over` is the reply, beyond a mere draft, that the window knew of (None: it knew of none). What was
        typed before another press of the button, and comes after it, changes nothing.
        """

        def work(session: Session) -> None:
            case = session.get(Case, number, with_for_update=True) if 0 < number < 2**31 else None
            if case is None or self._has_left(session, number, text, by):
                return
            known = self.newest(session, number, by)
            if known is not None and known.state != DRAFT and over not in (ANY, known.id):
                return
            if known is None or known.text != text:
                mention = to_answer(case.mentions, case.author)
                self.keep(session, number, mention, text, by, self.office.clock())

        if text:
            self.office.transact(work)

    # Helpers.

    def _replace(self, session: Session, reply: Reply, words: Sequence[Overrule], at: datetime) -> None:
        """A window offers to post it, or a lead was asked about it: its number means this text for good."""
        reply.state = REPLACED
        # The leads' message is to say that the text they were asked about is gone.
        for word in (each for each in words if each.state == ASKED):
            brand = session.get_one(Case, reply.case_id).brand
            put(
                session,
                f"overrule:{word.id}",
                kind="overrule",
                subject=word.id,
                channel=self.office.playbook.of(brand).leads_channel,
                at=at,
            )

    @staticmethod
    def _has_left(session: Session, number: int, text: str, by: str) -> bool:
        left = select(Reply.id).where(
            Reply.case_id == number,
            Reply.by == by,
            Reply.text == text,
            Reply.state.in_((SENDING, UNKNOWN, POSTED)),
        )
        return session.scalar(left.limit(1)) is not None
