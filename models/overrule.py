"""A lead's word on a reply that the check stops."""

import zlib
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.errors import NotAllowed
from models.people import Person

ASKED, ALLOWED, DECLINED = "asked", "allowed", "declined"


class Overrule(Base):
    """About one reply, which is one text: any other text needs a word of its own."""

    __tablename__ = "overrules"

    id: Mapped[int] = mapped_column(primary_key=True)
    reply_id: Mapped[int] = mapped_column(ForeignKey("replies.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    stops: Mapped[list[str]]
    """What stopped it: the check's sentences."""
    why: Mapped[str] = mapped_column(Text)
    """The reason: of the one who asks, or of the lead who needs nobody."""
    asked_by: Mapped[str] = mapped_column(String(40))
    asked_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(20), default=ASKED)
    decided_by: Mapped[str | None] = mapped_column(String(40))
    decided_at: Mapped[datetime | None]

    def decide(self, allowed: bool, *, by: Person, at: datetime) -> bool:
        """A lead says yes or no; False when that was decided already."""
        if not by.lead:
            raise NotAllowed("Only a lead can overrule the check.")
        if self.state != ASKED:
            return False
        self.state = ALLOWED if allowed else DECLINED
        self.decided_by, self.decided_at = by.id, at
        return True


def mark(stop: str) -> int:
    """A short mark of a stop's sentence, by which a window remembers which ones it has shown."""
    return zlib.crc32(stop.encode())
