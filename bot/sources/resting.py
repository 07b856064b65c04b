"""So long somebody is left alone, also where the wall clock jumps meanwhile."""

from dataclasses import dataclass
from datetime import datetime

from models.ahead import is_ahead


@dataclass(frozen=True)
class Rest:
    """From `since` until `until` (aware UTC). One that begins in the future was counted by a clock that was
    ahead, and is over: whoever is asked once too often says so again."""

    since: datetime
    until: datetime

    def is_on(self, now: datetime) -> bool:
        return now < self.until and not is_ahead(self.since, now)
