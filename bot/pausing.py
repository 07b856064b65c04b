"""Waiting for the customer: the time to solve a case stands still until they write."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.blocks.text import clock_time
from bot.case_view import CaseView
from bot.deadlines import calendar_of, go_on, wait_for_customer
from bot.office import Office
from models.case import Case
from models.hours import is_open
from models.moves import CLAIMED
from models.people import BOT, Person

_LINK = re.compile(r"https?://\S+")
_QUESTION_MARKS = "?？؟"


def asks_something(text: str) -> bool:
    """Whether there is a question in a reply, so that the next word is the customer's."""
    return any(mark in _LINK.sub("", text) for mark in _QUESTION_MARKS)


def after_reply(
    office: Office, session: Session, case: Case, *, by: Person, at: datetime, text: str, invites: bool
) -> None:
    """Our reply asked them something, or invited them to private: from now on the next word is theirs."""
    if case.stage == CLAIMED and case.paused_at is None and (invites or asks_something(text)):
        why = "we invited them to a private message" if invites else "we asked them something"
        who = by if by.id == case.owner else BOT  # it may have gone to somebody else while it was sent
        wait_for_customer(session, office.playbook, case, by=who, at=at, why=why)


@dataclass(frozen=True)
class Pauses:
    """What the owner says about it, and the clock behind."""

    office: Office

    def wait(self, number: int, *, by: str) -> CaseView:
        """The next word is the customer's. Raises NotAllowed."""

        def use(session: Session, case: Case, at: datetime) -> CaseView:
            wait_for_customer(
                session, self.office.playbook, case, by=self.office.person(by, case.brand), at=at
            )
            session.flush()
            return self.office.view(session, case)

        return self.office.change(number, use)

    def go_on(self, number: int, *, by: str) -> CaseView:
        """There is something to do. Raises NotAllowed."""

        def use(session: Session, case: Case, at: datetime) -> CaseView:
            go_on(session, self.office.playbook, case, by=self.office.person(by, case.brand), at=at)
            session.flush()
            return self.office.view(session, case)

        return self.office.change(number, use)

    def remind(self) -> int:
        """Reminds owners, once, whose customer has not written for long. Returns how many."""
        now = self.office.clock()
        shortest = min(book.waiting_for_customer.remind_after for book in self.office.playbook.books)
        with self.office.db.reading() as session:
            due = session.scalars(
                select(Case.id)
                .where(
                    Case.stage == CLAIMED,
                    Case.paused_at <= now - shortest,
                    Case.pause_reminded.is_(False),
                )
                .order_by(Case.id)
            ).all()
        return sum(self.office.change(number, self._remind) for number in due)

    def _remind(self, session: Session, case: Case, at: datetime) -> bool:
        """One case as it is now, while its queue is at work."""
        longest = self.office.playbook.of(case.brand).waiting_for_customer.remind_after
        queue = self.office.playbook.queue(case.queue)
        if case.stage != CLAIMED or case.owner is None or case.pause_reminded or case.paused_at is None:
            return False
        if case.paused_at + longest > at or not is_open(at, calendar_of(session, queue, at)):
            return False
        case.pause_reminded = True
        since = clock_time(case.paused_at, queue.time_zone, at)
        self.office.tell(
            session,
            f"paused:{case.id}:{case.paused_at.timestamp():.0f}",
            case.owner,
            f":hourglass: The customer of case {case.id} has not written back since {since}: write to them "
            f"again, or resolve it (`/case resolve {case.id}`).",
        )
        return True
