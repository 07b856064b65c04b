"""A reply leaves, and what became of it: the half of replying that delivery and the record share."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.answers.using import count_use
from bot.blocks.text import escape, source_name
from bot.checking import check_draft
from bot.office import Office
from bot.pausing import after_reply
from bot.reply_check.promising import promises_an_answer
from models.case import Case
from models.mention import Mention
from models.outbox import URGENT, put
from models.reply import COMPANY, OWN, POSTED, REFUSED, SENDING, UNKNOWN, Reply

OUTWARD = {"x": "x_reply", "facebook": "facebook_reply"}
"""Platforms that take replies through their API, with the kind of outbox row that carries one."""


@dataclass(frozen=True)
class Posting:
    """Puts replies on their way, and keeps the record of them."""

    office: Office

    def send(self, session: Session, reply: Reply, mention: Mention, at: datetime) -> None:
        """Part of the transaction in which somebody pressed the button."""
        reply.state = SENDING
        put(
            session,
            f"reply:{reply.id}",
            kind=OUTWARD[mention.source],
            subject=reply.id,
            channel=mention.source,
            at=at,
            priority=URGENT,
        )

    def record(
        self,
        session: Session,
        case: Case,
        reply: Reply,
        at: datetime,
        url: str | None,
        account: str = COMPANY,
    ) -> None:
        """It is there: the case is answered, and needs its private steps if the reply invites to them."""
        reply.state, reply.url, reply.posted_at, reply.account = POSTED, url, at, account
        count_use(session, reply, at)
        person = self.office.person(reply.by, case.brand)
        own = " · from their own account" if account == OWN else ""
        case.answered(by=person, at=at, where=f"{url or 'by hand'}{own}")
        mention = session.get_one(Mention, reply.mention_id)
        checked = check_draft(session, case, mention, reply.text, reply.by, self.office.playbook)
        invites = checked.invites_private
        if invites:
            case.needs_private_data(by=person, at=at)
        after_reply(self.office, session, case, by=person, at=at, text=reply.text, invites=invites)

    # What delivery reports back.

    def sent(self, reply_id: int, url: str) -> None:
        def use(session: Session, case: Case, at: datetime) -> None:
            reply = session.get_one(Reply, reply_id)
            if reply.state != POSTED:
                self.record(session, case, reply, at, url)
                promises = case.promised_for is None and promises_an_answer(reply.text, case.language)
                more = f" You said that you would be back: `/case promise {case.id}` reminds you in time."
                place = source_name(session.get_one(Mention, reply.mention_id).source)
                self.office.tell(
                    session,
                    f"posted:{reply.id}",
                    reply.by,
                    f"Your reply in case {case.id} is on {place}: <{url}|open it>.{more if promises else ''}",
                )

        self.office.change(self._case_of(reply_id), use)

    def failed(self, reply_id: int, *, why: str, posted_perhaps: bool) -> None:
        """Refused, or nobody knows: the employee is asked, and nothing is sent again by itself."""

        def use(session: Session, case: Case, at: datetime) -> None:
            reply = session.get_one(Reply, reply_id)
            if reply.state != SENDING:
                return
            place = source_name(session.get_one(Mention, reply.mention_id).source)
            reply.state, reply.error = (UNKNOWN if posted_perhaps else REFUSED), why
            if posted_perhaps:
                words = (
                    f"may or may not be on {place}: please look, then open *Reply…* and say what you found"
                )
            else:
                words = f"was not taken by {place}; *Reply…* opens your draft again"
            self.office.tell(
                session,
                f"failed:{reply.id}:{at.timestamp():.0f}",
                reply.by,
                f"Your reply in case {case.id} {words}. ({escape(why)})",
            )

        self.office.change(self._case_of(reply_id), use)

    def _case_of(self, reply_id: int) -> int:
        with self.office.db.reading() as session:
            return session.get_one(Reply, reply_id).case_id
