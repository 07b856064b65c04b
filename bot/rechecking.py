"""Which stored posts are to be looked at again, and when that costs least.

A platform that is paid by the post charges for the same one once a UTC day. So a look at a post that was read
on that day is free, and any other costs as much as reading it did. Hence:

- Posts of open cases come first: once a day, early, as soon as they are due; and after that each hour of the
  same day, which costs nothing more.
- All others come in the last hour of the UTC day. A post's first look, on the day when it came, is free then;
  later ones are paid, in the playbook's rhythm.
- When the budget is used, only what is free is looked at.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from bot.ledger import X, month_of
from bot.office import Office
from models.case import Case
from models.mention import Mention
from models.moves import OPEN
from models.paid_read import PaidPost

OF_OPEN_CASES = timedelta(hours=1)
LAST_HOUR = 23
REPLAYED = "replay"
"""Posts from a file are nowhere to be looked for."""
_ID = re.compile(r"[0-9]{15,19}", re.ASCII)


@dataclass(frozen=True)
class Rechecking:
    """For X, whose posts are paid for."""

    office: Office

    def due(self, most: int) -> list[str]:
        """The ids of the posts that are due now: of open cases first, then those looked at longest ago."""
        wanted = self.office.playbook.sources.x.recheck if self.office.playbook.sources.x else None
        if wanted is None:
            return []
        now = self.office.clock()
        with self.office.db.reading() as session:
            left = month_of(session, self.office.playbook, now).left
            open_ones = self._of_open_cases(session, now, most, free_only=left == 0)
            others = [] if now.hour < LAST_HOUR else self._others(session, now, most, free_only=left == 0)
        found = dict.fromkeys(open_ones + others)  # (id, whether it is free)
        affordable = most if left is None else left
        due: list[str] = []
        for number, free in found:
            if len(due) == most or (not free and affordable == 0):
                continue
            affordable -= not free
            due.append(number)
        return due

    # Helpers.

    def _of_open_cases(
        self, session: Session, now: datetime, most: int, *, free_only: bool
    ) -> list[tuple[str, bool]]:
        which = (Mention.case_id == Case.id) & Case.stage.in_(OPEN)
        return self._select(
            session, now, most, [exists().where(which), _not_since(now - OF_OPEN_CASES)], free_only=free_only
        )

    def _others(
        self, session: Session, now: datetime, most: int, *, free_only: bool
    ) -> list[tuple[str, bool]]:
        x = self.office.playbook.sources.x
        wanted = x.recheck if x else None
        if wanted is None:
            return []
        # An hour of slack: a day's last hour is not the very minute of the day before.
        which = [Mention.created_at > now - wanted.within, _not_since(now - wanted.every + OF_OPEN_CASES)]
        return self._select(session, now, most, which, free_only=free_only)

    def _select(
        self, session: Session, now: datetime, most: int, which: list[object], *, free_only: bool
    ) -> list[tuple[str, bool]]:
        paid = exists().where(
            and_(
                PaidPost.platform == X,
                PaidPost.day == now.date(),
                PaidPost.external_id == Mention.external_id,
            )
        )
        rows = session.execute(
            select(Mention.external_id, paid)
            .where(
                Mention.source == X,
                Mention.gone_at.is_(None),
                Mention.heard_from != REPLAYED,
                *which,  # type: ignore[arg-type]
                *([paid] if free_only else []),
            )
            .order_by(Mention.checked_at.is_not(None), Mention.checked_at, Mention.id.desc())
            .limit(most)
        )
        return [(number, bool(free)) for number, free in rows if _ID.fullmatch(number)]


def _not_since(at: datetime) -> object:
    return or_(Mention.checked_at.is_(None), Mention.checked_at <= at)
