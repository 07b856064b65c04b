"""Rows that have no further use go, some at a time, as others want to write too: docs/scaling.md."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from bot.office import Office
from bot.once import KEPT as REQUESTS_KEPT
from models.base import Base
from models.handled import Handled
from models.heap import LikenessKey
from models.outbox import Outbox, is_told

NOTICES_KEPT = timedelta(days=90)
"""A sentence to somebody is not changed once it was sent; that it was said stands with what it is about (its
case, escalation, certificate). What only its row knows is asked for a month at the most: `bot.ledger`."""
AT_ONCE = 2_000
"""Rows of a table in one transaction, some hundredths of a second; the next ones a minute later."""


@dataclass(frozen=True)
class Worn:
    """Rows of `table`, known by `key`, that nobody needs any more."""

    table: type[Base]
    key: tuple[InstrumentedAttribute[Any], ...]
    which: ColumnElement[bool]


@dataclass(frozen=True)
class Tidying:
    """A scheduled job; several at once delete each row once."""

    office: Office

    def tidy(self) -> int:
        """Deletes `AT_ONCE` rows of each table at the most. Returns how many."""
        return sum(self._delete(worn) for worn in self._worn(self.office.clock()))

    def _worn(self, now: datetime) -> Iterator[Worn]:
        # No copy of a click comes for them any more.
        yield Worn(Handled, (Handled.request,), Handled.at < now - REQUESTS_KEPT)
        # Nothing is compared with them any more.
        compared = now - self.office.playbook.groups.within
        yield Worn(LikenessKey, (LikenessKey.case_id, LikenessKey.key), LikenessKey.at <= compared)
        yield Worn(Outbox, (Outbox.id,), is_told() & (Outbox.sent_at < now - NOTICES_KEPT))

    def _delete(self, worn: Worn) -> int:
        """What somebody else has in hand just now is left for the next time."""
        some = select(*worn.key).where(worn.which).limit(AT_ONCE).with_for_update(skip_locked=True)
        one_of = tuple_(*worn.key).in_(some) if len(worn.key) > 1 else worn.key[0].in_(some)
        gone = delete(worn.table).where(one_of).execution_options(synchronize_session=False)
        with self.office.db.transaction() as session:
            return int(session.execute(gone).rowcount)  # type: ignore[attr-defined]  # a DELETE's result has it
