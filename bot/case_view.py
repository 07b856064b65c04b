"""What the drawings need to know of a case: one frozen picture, free of the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from config.playbook import Playbook
from models.case import Case
from models.checklist import Checklist
from models.escalation import Escalation
from models.event import Event
from models.mention import Mention
from models.presence import Presence


def to_answer(mentions: Sequence[Mention], author: str) -> Mention:
    """The newest post of the customer whose case it is."""
    return next((m for m in reversed(mentions) if m.author == author), mentions[-1])


@dataclass(frozen=True)
class StoryNow:
    """How many cases tell the story of `first` besides it, how many of them wait, and its reposts."""

    first: int
    others: int
    waiting: int
    reposts: int


@dataclass(frozen=True)
class CaseView:
    """A case as it stood when it was read. Drawn by pure functions, compared in tests."""

    case: Case
    mentions: list[Mention]
    events: list[Event]
    checklist: Checklist
    asked: str | None
    """The specialist whose answer is awaited, while escalated."""
    playbook: Playbook
    now: datetime
    here: Sequence[Presence] = ()
    """Who looks at it or writes a reply in it just now, where that is shown."""
    pending: Escalation | None = None
    """The escalation whose answer is awaited, while escalated."""
    story: StoryNow | None = None
    """Who tells the same, where that is shown: on the card and the sheet of the first case."""

    @property
    def to_answer(self) -> Mention:
        """The customer's newest post: others may have joined the conversation since."""
        return to_answer(self.mentions, self.case.author)

    @property
    def zone(self) -> str:
        return self.playbook.queue(self.case.queue).time_zone
