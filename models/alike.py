"""What a case has to do with others like it: the story that it tells too, and the heap that it came in."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, false
from sqlalchemy.orm import Mapped, mapped_column

from models.errors import NotAllowed
from models.moves import OPEN, WAITING
from models.people import Person, named

STORY = "story"
"""Why a case was closed whose customer was answered with the first one of its story."""


class Alike:
    """Columns and verbs of a case that is one of many.

    While it is `behind`, it has no card of its own: the heap's card stands for it, or the card of the
    first case of its story. It comes forward when somebody takes it or its customer writes again.
    """

    like_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    """The first case that told the same story; None: it tells its own."""
    heap_id: Mapped[int | None] = mapped_column(ForeignKey("heaps.id"), index=True)
    """The heap that it came in, when more came at once than a channel can show."""
    behind: Mapped[bool] = mapped_column(default=False, server_default=false())

    if TYPE_CHECKING:  # what the case itself has
        id: Mapped[int]
        stage: Mapped[str]
        owner: Mapped[str | None]
        severity: Mapped[int]
        first_response_at: Mapped[datetime | None]
        closed_at: Mapped[datetime | None]
        closed_because: Mapped[str | None]
        owe_nothing: Callable[[], None]
        _move: Callable[..., None]
        _record: Callable[..., object]

    @property
    def is_open(self) -> bool:
        return self.stage in OPEN

    def tells_of(self, first: "Alike") -> None:
        """It tells the story of `first`, whose card stands for it."""
        self.like_id, self.behind = first.id, True
        self.heap_id = first.heap_id if first.behind else None

    def goes_on_with(self, earlier: "Alike", *, by: Person, at: datetime) -> None:
        """It tells a story again whose first case is closed: from now on it is the first one."""
        self._record("alike", by, at, f"like case {earlier.id}, which is {earlier.stage}")

    def lies_in(self, heap: int) -> None:
        """It came with too many others to have a card of its own."""
        self.heap_id, self.behind = heap, True

    def come_forward(self) -> None:
        """From now on it has a card of its own."""
        self.behind = False

    def answer_with(self, first: "Alike", *, by: Person, at: datetime) -> None:
        """Closes it: its customer has their answer in what was said in the first case of the story."""
        first.must_have_answered(by)
        if self.like_id != first.id:
            raise NotAllowed(f"Case {self.id} does not tell the story of case {first.id}.")
        self._move("answer_with", by, at, f"case {first.id}")
        self.owe_nothing()
        self.closed_at, self.closed_because = at, STORY

    def must_have_answered(self, by: Person) -> None:
        """Raises NotAllowed unless this is a first case that is answered, and `by` may say so for others."""
        if self.first_response_at is None:
            raise NotAllowed(f"Case {self.id} has had no answer yet. Reply there first, then close the rest.")
        if self.owner != by.id and not by.lead:
            who = named(self.owner) if self.owner else "nobody"
            raise NotAllowed(f"{who} has case {self.id}; only they or a lead can close its story.")

    @property
    def waits_behind(self) -> bool:
        """It waits without a card of its own."""
        return self.behind and self.stage == WAITING
