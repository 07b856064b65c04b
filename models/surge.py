"""A surge: far more people than usual write about one thing. One row from its alarm to its end."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.errors import NotAllowed
from models.people import BOT_ID

USUAL, NO_SURGE = "usual", "no surge"
"""Why one is over: things are as usual again, or a lead said that it is none."""
TWICE = 2
"""It has to grow so many times before there is another alarm."""


class Surge(Base):
    """Counts are people (not posts) within a quarter of an hour. While `live` stands there it goes on, and
    of any number of processes one could make it. It has verbs; who pressed what is on record here."""

    __tablename__ = "surges"

    id: Mapped[int] = mapped_column(primary_key=True)
    live: Mapped[str | None] = mapped_column(String(200), unique=True)
    brand: Mapped[str] = mapped_column(String(80))
    topic: Mapped[str | None] = mapped_column(String(60))
    """None: about the brand, over all topics."""
    began_at: Mapped[datetime] = mapped_column(index=True)
    usual: Mapped[float]
    """How many there usually are at that hour of the week, when it began."""
    alarmed: Mapped[int]
    """How many there were at the last alarm."""
    alarms: Mapped[int]
    latest: Mapped[int]
    peak: Mapped[int]
    peak_at: Mapped[datetime]
    counted_at: Mapped[datetime]
    quiet_since: Mapped[datetime | None]
    """Since when it is as usual again; None while it is not."""
    words: Mapped[list[str]]
    """What people say now and usually don't."""
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    ended_by: Mapped[str | None] = mapped_column(String(40))
    ended_because: Mapped[str | None] = mapped_column(String(20))

    @classmethod
    def begin(
        cls, brand: str, topic: str | None, *, people: int, usual: float, began_at: datetime, at: datetime
    ) -> "Surge":
        """A new one, with its first alarm."""
        return cls(
            live=live_key(brand, topic),
            brand=brand,
            topic=topic,
            began_at=began_at,
            usual=usual,
            alarmed=people,
            alarms=1,
            latest=people,
            peak=people,
            peak_at=at,
            counted_at=at,
            words=[],
        )

    def count(self, people: int, *, quiet: bool, at: datetime) -> bool:
        """What the last quarter of an hour brought. True: it has grown so much that it is a new alarm."""
        self.latest, self.counted_at = people, at
        if people > self.peak:
            self.peak, self.peak_at = people, at
        self.quiet_since = min(self.quiet_since or at, at) if quiet else None
        if people < TWICE * self.alarmed:
            return False
        self.alarmed, self.alarms = people, self.alarms + 1
        return True

    def narrow(self, topic: str) -> None:
        """What began over all topics turns out to be about one."""
        self.topic, self.live = topic, live_key(self.brand, topic)

    def end(self, *, by: str, at: datetime, because: str = USUAL) -> None:
        """It is over. Raises NotAllowed when it was over before."""
        if self.live is None:
            by_whom = "by itself" if self.ended_by == BOT_ID else f"as <@{self.ended_by}> said"
            raise NotAllowed(f"This surge was over already, {by_whom}.")
        self.live, self.ended_at, self.ended_by, self.ended_because = None, at, by, because

    @property
    def is_live(self) -> bool:
        return self.live is not None


def live_key(brand: str, topic: str | None) -> str:
    """Of a brand's surges about one topic (or none), one goes on at a time."""
    return f"{brand}|{topic or ''}"
