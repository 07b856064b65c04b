"""A private message to whoever commented: written by a person, checked, sent once, and on record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.blocks.text import escape
from bot.case_view import CaseView, to_answer
from bot.checking import check_private, is_first_contact
from bot.office import Office
from bot.pausing import after_reply
from bot.sources.facebook_items import is_id
from bot.sources.facebook_private import WITHIN
from models.case import Case
from models.errors import NoSuchCase, NotAllowed
from models.mention import Mention
from models.outbox import URGENT, put
from models.people import named
from models.private_reply import PrivateReply
from models.reply import POSTED, REFUSED, SENDING, UNKNOWN

KIND = "facebook_private"
"""The kind of outbox row that carries one."""


@dataclass(frozen=True, kw_only=True)
class PrivateDraft:
    """What somebody needs who writes one."""

    view: CaseView
    mention: Mention
    """The comment that it is about."""
    text: str = ""
    stops: Sequence[str] = ()
    advice: Sequence[str] = ()
    first_contact: bool = True
    unknown: int | None = None
    """One that is perhaps there already: somebody has to look."""


@dataclass(frozen=True)
class PrivateReplies:
    """The private message to a customer on Facebook, step by step."""

    office: Office
    can_send: bool = False
    """There is a page token."""

    def open(self, number: int, *, by: str) -> PrivateDraft:
        """Raises NotAllowed unless `by` may write to the customer now."""
        with self.office.db.reading() as session:
            case = session.get(Case, number) if 0 < number < 2**31 else None
            if case is None:
                raise NoSuchCase(number)
            mention = to_answer(case.mentions, case.author)
            earlier = self._earlier(session, mention)
            self._must_be_possible(case, mention, earlier, by)
            return PrivateDraft(
                view=self.office.view(session, case),
                mention=mention,
                text=earlier.text if earlier is not None and earlier.by == by else "",
                first_contact=is_first_contact(session, case, by),
                unknown=earlier.id if earlier is not None and earlier.state == UNKNOWN else None,
            )

    def send(self, number: int, mention_id: int, text: str, *, by: str) -> PrivateDraft:
        """Puts it on its way, unless the check stops it (`stops`). `mention_id`: the comment that was shown.

        Raises NotAllowed, with the text kept in it.
        """
        text = text.strip()
        if not text:
            raise NotAllowed("The message is empty. Write what the customer should read.")

        def use(session: Session, case: Case, at: datetime) -> PrivateDraft:
            mention = session.get(Mention, mention_id)
            if mention is None or mention.case_id != case.id:
                raise NotAllowed("This comment is not in the case any more.")
            earlier = self._earlier(session, mention)
            self._must_be_possible(case, mention, earlier, by)
            if earlier is not None and earlier.state == UNKNOWN:
                raise NotAllowed("Nobody knows yet whether an earlier message is there: look first.")
            first = is_first_contact(session, case, by)
            finding = check_private(text, case, self.office.playbook, introduction_needed=first)
            if not finding.stops:
                reply = earlier or PrivateReply(mention_id=mention.id, case_id=case.id)
                reply.by, reply.text, reply.state = by, text, SENDING
                reply.created_at, reply.error = at, None
                session.add(reply)
                session.flush()
                key = f"private:{reply.id}"
                put(session, key, kind=KIND, subject=reply.id, channel=mention.source, at=at, priority=URGENT)
            return PrivateDraft(
                view=self.office.view(session, case),
                mention=mention,
                text=text,
                stops=finding.stops,
                advice=finding.advice,
                first_contact=first,
            )

        try:
            return self.office.change(number, use)
        except NotAllowed as no:
            raise NotAllowed(f"{no} Your text is kept:", kept=text) from None

    def looked(self, reply_id: int, *, by: str, there: bool) -> None:
        """Somebody looked in the page's inbox for one of unknown outcome."""

        def use(session: Session, case: Case, at: datetime) -> None:
            reply = session.get_one(PrivateReply, reply_id)
            if reply.by != by and not self.office.person(by, case.brand).lead:
                raise NotAllowed(f"This is {named(reply.by)}'s message; only they or a lead can say that.")
            if reply.state == UNKNOWN and there:
                self._record(session, case, reply, at, None)
            elif reply.state == UNKNOWN:
                reply.state = REFUSED

        self.office.change(self._case_of(reply_id), use)

    # What delivery reports back.

    def sent(self, reply_id: int, message_id: str) -> None:
        def use(session: Session, case: Case, at: datetime) -> None:
            reply = session.get_one(PrivateReply, reply_id)
            if reply.state == POSTED:
                return
            self._record(session, case, reply, at, message_id)
            public = "" if case.first_response_at else " Say so in public too: *Reply…* on the card."
            words = f"Your private message in case {case.id} is with the customer.{public}"
            self.office.tell(session, f"private:{reply.id}", reply.by, words)

        self.office.change(self._case_of(reply_id), use)

    def failed(self, reply_id: int, *, why: str, sent_perhaps: bool) -> None:
        """Refused, or nobody knows: the employee is asked, and nothing is sent again by itself."""

        def use(session: Session, case: Case, at: datetime) -> None:
            reply = session.get_one(PrivateReply, reply_id)
            if reply.state != SENDING:
                return
            reply.state, reply.error = (UNKNOWN if sent_perhaps else REFUSED), why
            if sent_perhaps:
                words = f"may or may not be there: look in the page's inbox, then `/case private {case.id}`"
            else:
                words = f"was not taken by Facebook; `/case private {case.id}` opens it again"
            said = f"Your private message in case {case.id} {words}. ({escape(why)})"
            self.office.tell(session, f"private:{reply.id}:{at.timestamp():.0f}", reply.by, said)

        self.office.change(self._case_of(reply_id), use)

    # Helpers, in the order in which they are called.

    @staticmethod
    def _earlier(session: Session, mention: Mention) -> PrivateReply | None:
        return session.scalar(select(PrivateReply).where(PrivateReply.mention_id == mention.id))

    def _must_be_possible(self, case: Case, mention: Mention, earlier: PrivateReply | None, by: str) -> None:
        case.must_be_worked_on_by(self.office.person(by, case.brand))
        if mention.source != "facebook" or not is_id(mention.external_id):
            raise NotAllowed("A private message goes only to who wrote on our Facebook page.")
        if not self.can_send:
            raise NotAllowed("FACEBOOK_PAGE_TOKEN is not set, so nothing can be sent: write by Messenger.")
        if mention.gone_at is not None:
            raise NotAllowed("Their comment is gone, so Facebook takes no private message for it.")
        if earlier is not None and earlier.state == POSTED:
            raise NotAllowed(
                f"{named(earlier.by)} has written to them about this comment already, and Facebook takes one "
                "message for each. When they write back, go on in Messenger."
            )
        if earlier is not None and earlier.state == SENDING:
            raise NotAllowed(f"{named(earlier.by)}'s private message about this comment is on its way.")
        if self.office.clock() >= mention.created_at + WITHIN and (
            earlier is None or earlier.state != UNKNOWN
        ):
            raise NotAllowed(
                "Facebook takes a private message within 7 days of the comment, and those are over. Invite "
                "them in public instead."
            )

    def _record(
        self, session: Session, case: Case, reply: PrivateReply, at: datetime, message_id: str | None
    ) -> None:
        """It is there: the private steps apply from now on, and the next word is the customer's."""
        reply.state, reply.sent_at, reply.message_id = POSTED, at, message_id
        person = self.office.person(reply.by, case.brand)
        case.wrote_privately(by=person, at=at)
        if case.first_response_at is not None:  # until then somebody has to answer in public
            after_reply(self.office, session, case, by=person, at=at, text=reply.text, invites=True)

    def _case_of(self, reply_id: int) -> int:
        with self.office.db.reading() as session:
            reply = session.get(PrivateReply, reply_id) if 0 < reply_id < 2**31 else None
            if reply is None:
                raise NotAllowed("This message is not there any more.")
            return reply.case_id
