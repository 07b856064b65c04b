"""A practice case: a made-up customer for somebody in training. It is no case and is counted nowhere."""

from datetime import datetime

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.checklist import Checklist
from models.errors import NotAllowed

WAITING, CLAIMED, ANSWERED, RESOLVED = "waiting", "claimed", "answered", "resolved"


class Practice(Base):
    """waiting → claimed → answered (a reply passed the check) → resolved, as a case goes."""

    __tablename__ = "practices"
    __table_args__ = (Index("ix_practices_member_sample", "member", "sample"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    member: Mapped[str] = mapped_column(String(40))
    sample: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(10))
    stage: Mapped[str] = mapped_column(String(20), default=WAITING)
    reply: Mapped[str] = mapped_column(Text, default="")
    ticks: Mapped[list[str]] = mapped_column(JSON)
    tries: Mapped[int] = mapped_column(default=0)
    """Drafts that the check read."""
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy's own way to declare it

    def claim(self, *, by: str) -> None:
        self._must_be_theirs(by)
        if self.stage == WAITING:  # pressed twice, it is claimed once
            self.stage = CLAIMED

    def draft(self, text: str, *, by: str, passed: bool) -> None:
        """A draft was read; one that passed would be posted now."""
        self.must_be_under_way(by)
        self.reply, self.tries = text, self.tries + 1
        if passed:
            self.stage = ANSWERED

    def tick(self, step: str, *, by: str) -> None:
        self.must_be_under_way(by)
        if step not in self.ticks:
            self.ticks = [*self.ticks, step]  # a new list: a JSON column does not see a changed one

    def resolve(self, *, by: str, at: datetime, checklist: Checklist) -> None:
        self.must_be_under_way(by)
        if self.stage != ANSWERED:
            raise NotAllowed("Answer the customer first: *Reply…*.")
        if checklist.next is not None:
            rest = len(checklist.missing) - 1
            more = f", and {rest} more after it" if rest else ""
            raise NotAllowed(f"Not yet. Missing: “{checklist.next.label}”{more}.")
        self.stage, self.finished_at = RESOLVED, at

    def must_be_under_way(self, by: str) -> None:
        """Raises NotAllowed where it is somebody else's, not claimed yet, or resolved."""
        self._must_be_theirs(by)
        if self.stage == WAITING:
            raise NotAllowed("Claim it first.")
        if self.stage == RESOLVED:
            raise NotAllowed("This practice case is resolved. `/training practice` opens another one.")

    def _must_be_theirs(self, by: str) -> None:
        if by != self.member:
            raise NotAllowed("This is somebody else's practice case. `/training practice` opens your own.")
