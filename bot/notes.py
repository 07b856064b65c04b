"""Notes on a case: for colleagues, never outside."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.blocks.text import escape_but_people, shorten
from bot.office import Office
from bot.search.keeping import keep_notes
from bot.specialists import follow_up
from models.case import Case


@dataclass(frozen=True)
class Notes:
    """Adds notes; the owner hears of others' notes, and the specialist who is asked sees them."""

    office: Office

    def add(self, number: int, text: str, *, by: str) -> None:
        """Anybody may."""

        def use(session: Session, case: Case, at: datetime) -> None:
            event = case.note(text.replace("\x00", ""), by=self.office.person(by, case.brand), at=at)
            session.flush()
            keep_notes(session, [event])
            words = escape_but_people(shorten(" ".join((event.why or "").split()), 300))
            noted = f"<@{by}> noted on case {number}: “{words}”"
            told = follow_up(self.office, session, case, f"note{event.id}", noted, by=by)
            if case.owner is not None and case.is_open and case.owner not in (by, told):
                self.office.tell(session, f"note:{event.id}", case.owner, noted)

        self.office.change(number, use)
