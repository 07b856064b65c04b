"""What a case is, said by a person: its kind, topic and language."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.errors import NotAllowed
from models.moves import WAITING
from models.people import Person, named


@dataclass(frozen=True)
class Said:
    """What somebody says of a post; None: nothing about that. `topic` is a name, or
    `models.lesson.NO_TOPIC` for none."""

    kind: str | None = None
    topic: str | None = None
    language: str | None = None


class Corrected:
    """The columns and the verb of a case that have to do with what it is."""

    kind: Mapped[str] = mapped_column(String(20))
    topic: Mapped[str | None] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(10))

    if TYPE_CHECKING:  # what the case itself has
        id: Mapped[int]
        stage: Mapped[str]
        owner: Mapped[str | None]

        def _record(self, what: str, by: Person, at: datetime, why: str | None = None) -> object: ...

    def correct(self, said: Said, *, by: Person, at: datetime) -> bool:
        """It is something else than the sift thought; False when it was said to be that already."""
        self.must_be_theirs_to_correct(by)
        was = (self.kind, self.topic, self.language)
        self.kind = said.kind or self.kind
        self.topic = self.topic if said.topic is None else said.topic or None
        self.language = said.language or self.language
        changes = [
            f"{old or 'no topic'} → {new or 'no topic'}"
            for old, new in zip(was, (self.kind, self.topic, self.language), strict=True)
            if old != new
        ]
        if changes:
            self._record("correct", by, at, ", ".join(changes))
        return bool(changes)

    def must_be_theirs_to_correct(self, by: Person) -> None:
        """Raises NotAllowed unless `by` may say what it is. While it waits that takes the level that claiming
        it takes, which is `bot.levels`' to say."""
        if self.stage != WAITING and self.owner != by.id and not by.lead:
            whose = f"{named(self.owner)} has" if self.owner else "Nobody has"
            raise NotAllowed(f"{whose} case {self.id}; only its owner or a lead can say what it is.")
