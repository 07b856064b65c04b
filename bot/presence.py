"""Who is looking at a case, or writing a reply in it, just now: on the card, for as long as it is true."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.office import Office
from bot.once import beside_it
from models.case import Case
from models.presence import LOOKING, WRITING, Presence

Change = Callable[[Session, datetime], None]
LASTS = {LOOKING: timedelta(minutes=3), WRITING: timedelta(minutes=15)}
"""After so long without a sign it ends by itself: Slack does not tell when a laptop is closed."""
_THERE = (  # made once, as each card that is drawn needs it
    select(Presence)
    .where(Presence.case_id == bindparam("case"), Presence.until > bindparam("now"))
    .order_by(Presence.doing.desc(), Presence.member)
)


def shown(session: Session, case: Case, now: datetime) -> list[Presence]:
    """Whom the card names: writers, and those who look at somebody else's case or at one that waits.

    That the owner of a case looks at it is no news.
    """
    if not case.is_open:
        return []
    rows = session.scalars(_THERE, {"case": case.id, "now": now}).all()
    return [row for row in rows if row.doing == WRITING or row.member != case.owner]


@dataclass(frozen=True)
class Presences:
    """Begins and ends somebody's presence. The card is drawn anew only when what it shows has changed."""

    office: Office

    def begin(self, number: int, doing: str, *, by: str) -> None:
        """`by` looks at a case, or begins to write. A case that is not there or closed is left alone.

        While somebody types this is said with every word, so a sign that is still fresh is not written again.
        """
        if self._is_fresh(number, doing, by):
            return

        def change(session: Session, now: datetime) -> None:
            row = session.get(Presence, (number, by), with_for_update=True)
            until = now + LASTS[doing]
            if row is None:
                session.add(Presence(case_id=number, member=by, doing=doing, until=until))
            elif row.doing == doing or row.until <= now or doing == WRITING:
                row.doing, row.until = doing, until

        self._with_card(number, change, only_open=True)

    def end(self, number: int, *, by: str) -> None:
        """`by` is done, or closed the window."""

        def change(session: Session, now: datetime) -> None:
            row = session.get(Presence, (number, by), with_for_update=True)
            if row is not None:
                session.delete(row)

        self._with_card(number, change)

    def others_writing(self, number: int, *, but: str) -> Sequence[str]:
        """Members who write in a case just now."""
        with self.office.db.reading() as session:
            return session.scalars(
                select(Presence.member)
                .where(
                    Presence.case_id == number,
                    Presence.member != but,
                    Presence.doing == WRITING,
                    Presence.until > self.office.clock(),
                )
                .order_by(Presence.member)
            ).all()

    def expire(self) -> None:
        """Ends what nobody ended; a scheduled job."""
        with self.office.db.reading() as session:
            over = select(Presence.case_id).where(Presence.until <= self.office.clock())
            numbers = session.scalars(over.distinct().limit(100)).all()
        for number in numbers:
            self._expire_in(number)

    # Helpers.

    def _is_fresh(self, number: int, doing: str, by: str) -> bool:
        with self.office.db.reading() as session:
            row = session.get(Presence, (number, by))
            soon = self.office.clock() + LASTS[doing] / 2
            return row is not None and row.doing == doing and row.until > soon

    def _expire_in(self, number: int) -> None:
        def work(session: Session) -> None:
            now = self.office.clock()
            over = select(Presence).where(Presence.case_id == number, Presence.until <= now)
            rows = session.scalars(over.with_for_update()).all()
            case = session.get(Case, number)
            for row in rows:
                session.delete(row)
            # What is over is not shown any more, so the card can't tell: it was shown if it could be.
            if case is not None and any(r.doing == WRITING or r.member != case.owner for r in rows):
                self.office.redraw_card(session, case)

        self.office.transact(work)

    def _with_card(self, number: int, change: Change, *, only_open: bool = False) -> None:
        def work(session: Session) -> None:
            now = self.office.clock()
            case = session.get(Case, number) if 0 < number < 2**31 else None
            if case is None or (only_open and not case.is_open):
                return
            before = _named(session, case, now)
            change(session, now)
            session.flush()
            if _named(session, case, now) != before:
                self.office.redraw_card(session, case)

        with beside_it():
            self.office.transact(work)


def _named(session: Session, case: Case, now: datetime) -> list[tuple[str, str]]:
    return [(row.member, row.doing) for row in shown(session, case, now)]
