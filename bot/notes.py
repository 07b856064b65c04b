"""Notes on a case: for colleagues, never outside."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.blocks.text import escape_but_people, shorten
from bot.office import Office
from models.case import Case
from models.escalation import ASKED, Escalation
from models.handled import Handled
from models.outbox import URGENT, put


@dataclass(frozen=True)
class Notes:
    """Adds notes; the owner hears of others' notes, and the specialist who is asked sees them."""

    office: Office

    def add(self, number: int, text: str, *, by: str, request: str) -> None:
        """Anybody may. `request` names what Slack delivered: delivered twice, it is one note."""

        def use(session: Session, case: Case, at: datetime) -> None:
            if session.get(Handled, request) is not None:
                return
            session.add(Handled(request=request, case_id=number, at=at))
            event = case.note(text.replace("\x00", ""), by=self.office.person(by), at=at)
            session.flush()
            if case.owner is not None and case.is_open and case.owner != by:
                words = escape_but_people(shorten(" ".join((event.why or "").split()), 300))
                told = f"<@{by}> noted on case {number}: “{words}”"
                self.office.tell(session, f"note:{event.id}", case.owner, told)
            for asked in session.scalars(
                select(Escalation).where(Escalation.case_id == number, Escalation.state == ASKED)
            ):
                put(
                    session,
                    f"escalation:{asked.id}",
                    kind="escalation",
                    subject=asked.id,
                    channel=asked.specialist,
                    at=at,
                    priority=URGENT,
                )

        self.office.change(number, use)
