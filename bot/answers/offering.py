"""A reply that solved a case is offered as an approved answer: leads take it, or they don't."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.answers.form import EXAMPLE_LIMIT, TAKEN_OUT, TEXT_LIMIT, TITLE_LIMIT, Draft, personal_data
from bot.answers.variables import customer_name
from bot.blocks.text import LANGUAGES, shorten
from bot.case_view import CaseView, to_answer
from bot.office import Office
from config.playbook import Playbook
from models.approved_answer import DECLINED, OFFERED, AnswerOffer
from models.case import Case
from models.employee import Employee
from models.errors import NoSuchCase, NotAllowed
from models.mention import Mention
from models.moves import RESOLVED
from models.outbox import NORMAL, put, show_again
from models.people import named
from models.reply import POSTED, Reply

OFFER = "answer_offer"
_PRIVATE = r"https?://(?:x\.com|twitter\.com)/messages/compose\S*|https?://m\.me/\S+"
"""Where a customer writes to us in private, beside the playbook's own form."""


@dataclass(frozen=True)
class Offered:
    """An offer with what a lead needs to decide it: the case, the reply, and the answer it might become."""

    offer: AnswerOffer
    view: CaseView
    draft: Draft


@dataclass(frozen=True)
class AnswerOffers:
    """Offering, and what becomes of it."""

    office: Office

    def offer(self, number: int, *, by: str) -> bool:
        """The last posted reply of a resolved case goes to the leads; False when it was offered before.

        Raises NotAllowed: only its owner or a lead offers it, and there must be a reply.
        """

        def work(session: Session) -> bool:
            case = session.get(Case, number) if 0 < number < 2**31 else None
            if case is None:
                raise NoSuchCase(number)
            reply = self._reply(session, case, by)
            if session.scalar(select(AnswerOffer.id).where(AnswerOffer.reply_id == reply.id)) is not None:
                return False
            offer = AnswerOffer(
                case_id=number, reply_id=reply.id, by=by, at=self.office.clock(), state=OFFERED
            )
            session.add(offer)
            session.flush()
            put(
                session,
                f"answer-offer:{offer.id}",
                kind=OFFER,
                subject=offer.id,
                channel=self.office.playbook.of(case.brand).leads_channel,
                at=self.office.clock(),
                priority=NORMAL,
            )
            return True

        return self.office.transact(work)

    def can_offer(self, number: int, *, by: str) -> bool:
        """Whether `by` could offer something of this case that was not offered before."""
        with self.office.db.reading() as session:
            case = session.get(Case, number)
            try:
                reply = self._reply(session, case, by) if case else None
            except NotAllowed:
                return False
            offered = select(AnswerOffer.id).where(AnswerOffer.reply_id == (reply.id if reply else 0))
            return reply is not None and reply.answer_id is None and session.scalar(offered) is None

    def look(self, number: int, *, by: str) -> Offered:
        """For the form of a lead. Raises NotAllowed, also when it was decided already."""
        with self.office.db.reading() as session:
            found = self.drawn(session, number)
        if not self.office.person(by, found.view.case.brand).lead:
            raise NotAllowed("Only a lead can approve an answer.")
        if found.offer.decided_by:
            raise NotAllowed(f"{named(found.offer.decided_by)} has decided this already.")
        return found

    def draft(self, number: int) -> Draft:
        """What its form begins with."""
        with self.office.db.reading() as session:
            return self.drawn(session, number).draft

    def drawn(self, session: Session, number: int) -> Offered:
        """The offer as it is now, in a transaction that is under way."""
        offer = session.get(AnswerOffer, number)
        if offer is None:
            raise NotAllowed("This offer is not there any more.")
        case = session.get_one(Case, offer.case_id)
        reply = session.get_one(Reply, offer.reply_id)
        mention = session.get(Mention, reply.mention_id) or to_answer(case.mentions, case.author)
        employee = session.get(Employee, reply.by)
        draft = as_draft(self.office.playbook, case, mention, reply.text, employee.name if employee else None)
        return Offered(offer, self.office.view(session, case), draft)

    def decline(self, number: int, *, by: str) -> None:
        """Not this one; whoever offered it hears of it. Said twice by the same lead, it counts once."""

        def work(session: Session) -> None:
            offer = session.get(AnswerOffer, number)
            if offer is None:
                raise NotAllowed("This offer is not there any more.")
            now: datetime = self.office.clock()
            if offer.state == DECLINED and offer.decided_by == by:
                return
            brand = session.get_one(Case, offer.case_id).brand
            offer.decline(by=self.office.person(by, brand), at=now)
            show_again(session, [f"answer-offer:{offer.id}"], now)
            words = (
                f"<@{by}> looked at your reply in case {offer.case_id} and keeps it as it is: "
                "it won't become an approved answer. Thank you for offering it."
            )
            self.office.tell(session, f"answer-offer:{offer.id}:said", offer.by, words)

        self.office.transact(work)

    # Helpers.

    def _reply(self, session: Session, case: Case, by: str) -> Reply:
        if case.stage != RESOLVED:
            raise NotAllowed(f"Case {case.id} is {case.stage}: a reply is offered when it solved the case.")
        if case.owner != by and not self.office.person(by, case.brand).lead:
            raise NotAllowed(
                f"{named(case.owner)} resolved case {case.id}; only they or a lead can offer it."
            )
        reply = session.scalar(
            select(Reply)
            .where(Reply.case_id == case.id, Reply.state == POSTED)
            .order_by(Reply.posted_at.desc(), Reply.id.desc())
            .limit(1)
        )
        if reply is None:
            raise NotAllowed(f"Case {case.id} has no posted reply that could be offered.")
        return reply


def as_draft(playbook: Playbook, case: Case, mention: Mention, reply: str, writer: str | None) -> Draft:
    """A reply as an answer for everybody: names and links are variables, personal data is taken out."""
    form = playbook.brand(case.brand).private_form
    private = rf"{_PRIVATE}|{re.escape(str(form))}\S*" if form else _PRIVATE
    text = without_personal_data(re.sub(private, "{link}", reply), playbook)
    for name in (mention.author_name, mention.author, customer_name(mention)):
        text = _replaced(text, name, "{customer}")
    text = _replaced(text, writer.split()[0] if writer and writer.split() else None, "{me}")
    text = re.sub(rf"#{case.id}(?!\d)", "{reference}", text)
    return Draft(
        title=shorten(playbook.topic_label(case.topic) if case.topic else "", TITLE_LIMIT),
        topic=case.topic,
        language=case.language if case.language in LANGUAGES else "en",
        text=text[:TEXT_LIMIT],
        example=_example(mention, playbook)[:EXAMPLE_LIMIT],
        holds_days=playbook.answers.check_after.days,
        brand=case.brand if case.brand in playbook.own else None,
    )


def without_personal_data(text: str, playbook: Playbook) -> str:
    """`text` with a mark where something personal was taken out."""
    for one in reversed(personal_data(text, playbook)):
        text = f"{text[: one.start]}{TAKEN_OUT}{text[one.end :]}"
    return text


def _example(mention: Mention, playbook: Playbook) -> str:
    text = without_personal_data(mention.text, playbook)
    for name in (mention.author_name, mention.author if " " not in mention.author else None):
        text = _replaced(text, name, TAKEN_OUT)
    return " ".join(text.split())


def _replaced(text: str, name: str | None, by: str) -> str:
    """`name` as a word of its own, with or without @, becomes `by`."""
    bare = (name or "").removeprefix("@").strip()
    if len(bare) < 2:
        return text
    whole = rf"@?{re.escape(bare)}" if not bare[0].isascii() else rf"(?<!\w)@?{re.escape(bare)}(?!\w)"
    return re.sub(whole, by, text)
