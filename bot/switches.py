"""What leads switch for a while: crisis mode and a day's hours. Every open case's deadlines follow."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.blocks.text import clock_time, escape_but_people, person, shorten
from bot.deadlines import calendar_of, move_deadlines
from bot.office import Office
from bot.remits import must_lead, must_lead_brand, must_lead_queue
from bot.surges.telling import crisis_over
from config.work import Queue
from models.case import Case
from models.errors import NotAllowed
from models.moves import OPEN
from models.people import BOT_ID
from models.switch import (
    ALL,
    CRISIS,
    HOURS,
    WHY_LIMIT,
    Switch,
    hold_still,
    in_crisis,
    live_key,
    of_surge,
    shifts_of,
)

T = TypeVar("T")
FARTHEST = timedelta(days=366)
"""Messages name a day without its year."""


@dataclass(frozen=True)
class Switches:
    """Switching, undoing, and what is switched now. Leads only; every switching is a row with who and why."""

    office: Office

    def crisis_on(self, *, by: str, why: str, queue: str = ALL, until: datetime | None = None) -> Switch:
        """Crisis mode: office hours count for nothing, in one queue or in all. Raises NotAllowed."""
        must_lead_queue(self.office, by, queue)
        why = why.strip()
        if not why:
            raise NotAllowed("Say why, as in `/case crisis on leaks burst`: everybody will ask.")

        def work(session: Session, at: datetime) -> Switch:
            if until is not None and until <= at:
                raise NotAllowed("The end of a crisis lies in the future.")
            if until is not None and until > at + FARTHEST:
                raise NotAllowed("That is more than a year ahead: choose an earlier end.")
            live = self._live(session, live_key(CRISIS, queue))
            if live is not None:
                raise NotAllowed(f"Crisis mode is on already for {self._of(queue)}, by {person(live.by)}.")
            switch = Switch(
                live=live_key(CRISIS, queue),
                kind=CRISIS,
                queue=queue,
                by=by,
                at=at,
                until=until,
                why=shorten(why, WHY_LIMIT),
            )
            session.add(switch)
            session.flush()
            said = f", until {self._when(until, queue)}" if until else ""
            self._tell(
                session,
                switch,
                "on",
                f":rotating_light: {person(by)} switched *crisis mode* on for {self._of(queue)}{said}: "
                f"“{escape_but_people(switch.why or '')}”. Targets run round the clock.",
            )
            return switch

        return self.switching(work)

    def crisis_off(self, *, by: str, queue: str = ALL) -> Switch:
        """Office hours count again. Raises NotAllowed."""
        must_lead_queue(self.office, by, queue)

        def work(session: Session, at: datetime) -> Switch:
            switch = self._live(session, live_key(CRISIS, queue)) or self._of_a_surge(session, queue, at)
            if switch is None:
                raise NotAllowed(self._not_on(session, queue))
            must_lead_brand(self.office, by, switch.brand)
            self.end(session, switch, by=by, at=at)
            return switch

        return self.switching(work)

    def stand_down(self, surge: int, *, by: str) -> Switch:
        """Ends the crisis that was opened at a surge's alarm, in all of its queues. Raises NotAllowed."""
        must_lead(self.office, by)

        def work(session: Session, at: datetime) -> Switch:
            rows = session.scalars(of_surge(surge).with_for_update())
            switch = next((row for row in rows if row.is_on(at)), None)
            if switch is None:
                raise NotAllowed("This crisis is over already.")
            must_lead_brand(self.office, by, switch.brand)
            self.end(session, switch, by=by, at=at)
            return switch

        return self.switching(work)

    def end(self, session: Session, switch: Switch, *, by: str, at: datetime) -> None:
        """Ends a crisis, with its rows for other queues, and tells whoever has to know."""
        what = "*Crisis mode* is over, as planned" if by == BOT_ID else None
        if switch.surge_id is None:
            switch.end(by=by, at=at)
            what = what or f"{person(by)} switched *crisis mode* off"
            self._tell(session, switch, "off", self._over(switch, what))
            return
        for row in session.scalars(of_surge(switch.surge_id).with_for_update()).all():
            if row.at == switch.at:
                row.end(by=by, at=at)
        crisis_over(self.office, session, switch, at)

    def change_hours(self, *, by: str, queue: str, day: date, hours: list[str]) -> Switch:
        """One day's hours of a queue, as `08:00-20:00`; none: closed. Said again, the last word counts.

        Raises NotAllowed.
        """
        must_lead_queue(self.office, by, queue)
        try:
            shifts_of(hours)
        except ValueError as error:
            raise NotAllowed(f"These hours can't be: {error}. Write them as `08:00-20:00`.") from None

        def work(session: Session, at: datetime) -> Switch:
            if day < at.astimezone(self._zone(queue)).date():
                raise NotAllowed("That day is over.")
            if day > (at + FARTHEST).date():
                raise NotAllowed("That is more than a year ahead: choose an earlier day.")
            key = live_key(HOURS, queue, day)
            before = self._live(session, key)
            if before is not None:
                before.end(by=by, at=at)
                session.flush()  # the same key may be live once only
            switch = Switch(live=key, kind=HOURS, queue=queue, by=by, at=at, day=day, hours=hours)
            session.add(switch)
            session.flush()
            open_ = f"open {', '.join(hours)}" if hours else "closed"
            self._tell(
                session, switch, "on", f":clock8: {person(by)}: {self._of(queue)} is {open_} on {_day(day)}."
            )
            return switch

        return self.switching(work)

    def undo_hours(self, *, by: str, queue: str, day: date) -> Switch:
        """The playbook's hours count again on that day. Raises NotAllowed."""
        must_lead_queue(self.office, by, queue)

        def work(session: Session, at: datetime) -> Switch:
            switch = self._live(session, live_key(HOURS, queue, day))
            if switch is None:
                raise NotAllowed(f"The hours of {self._of(queue)} on {_day(day)} were not changed.")
            switch.end(by=by, at=at)
            words = f":clock8: {person(by)}: {self._of(queue)} has its usual hours on {_day(day)}."
            self._tell(session, switch, "off", words)
            return switch

        return self.switching(work)

    def crisis(self, queue: str, session: Session | None = None) -> bool:
        """Whether crisis mode is on for a queue now; in the caller's transaction where there is one."""
        now = self.office.clock()
        if session is not None:
            return in_crisis(session, queue, now)
        with self.office.db.reading() as own:
            return in_crisis(own, queue, now)

    def now(self, session: Session | None = None) -> list[Switch]:
        """What is switched and not over, oldest first: crises, and hours of today or later."""
        if session is None:
            with self.office.db.reading() as own:
                return self.now(own)
        now = self.office.clock()
        rows = session.scalars(select(Switch).where(Switch.live.is_not(None)).order_by(Switch.id))
        return [row for row in rows if not self._is_over(row, now)]

    def end_due(self) -> int:
        """Ends what has run its time, so that it can be switched again. Returns how many."""
        with self.office.db.reading() as session:
            now = self.office.clock()
            live = select(Switch).where(Switch.live.is_not(None))
            due = [row.id for row in session.scalars(live) if self._is_over(row, now)]

        def work(session: Session) -> int:
            ended = 0
            for number in due:
                switch = session.get_one(Switch, number, with_for_update=True)
                if switch.live is None:
                    continue  # somebody else's clock was quicker
                ended += 1
                if switch.kind == CRISIS:
                    self.end(session, switch, by=BOT_ID, at=self.office.clock())
                else:
                    switch.end(by=BOT_ID, at=self.office.clock())
            return ended

        return self.office.transact(work) if due else 0

    def queue_called(self, name: str) -> Queue | None:
        """The queue with that name or channel."""
        name = name.lower().removeprefix("#")
        return next((q for q in self.office.playbook.queues if name in (q.name, q.channel)), None)

    # Helpers, in the order in which they are called.

    def switching(self, work: Callable[[Session, datetime], T]) -> T:
        """Switches, and leaves every open case the open time that it had left."""

        def both(session: Session) -> T:
            hold_still(session, alone=True)
            at = self.office.clock()
            queues = self.office.playbook.queues
            before = {queue.name: calendar_of(session, queue, at) for queue in queues}
            switch = work(session, at)
            session.flush()
            after = {queue.name: calendar_of(session, queue, at) for queue in queues}
            changed = {name for name in before if before[name] != after[name]}
            open_cases = select(Case).where(Case.stage.in_(OPEN)).order_by(Case.id).with_for_update()
            for case in session.scalars(open_cases) if changed else ():
                name = self.office.playbook.queue(case.queue).name
                if name in changed and move_deadlines([case], before[name], after[name], at):
                    self.office.redraw(session, case)
            self.office.refresh_homes(session, self.office.playbook.remits.keys(), at)
            return switch

        return self.office.transact(both)

    def _live(self, session: Session, key: str) -> Switch | None:
        """What is switched under this key; one that has run its time is ended on the way."""
        switch = session.scalar(select(Switch).where(Switch.live == key).with_for_update())
        if switch is None or not self._is_over(switch, self.office.clock()):
            return switch
        switch.end(by=BOT_ID, at=self.office.clock())
        session.flush()
        return None

    def _of_a_surge(self, session: Session, queue: str, at: datetime) -> Switch | None:
        """Where nothing else is on for it: the crisis of a surge that is. Raises NotAllowed for several."""
        live = select(Switch).where(Switch.surge_id.is_not(None), Switch.live.is_not(None))
        rows = [row for row in session.scalars(live.order_by(Switch.id)) if row.is_on(at)]
        found = {row.surge_id: row for row in rows if queue in (ALL, row.queue)}
        if len(found) > 1:
            raise NotAllowed("Several crises are on here: `/case crisis` lists them, to stand one down.")
        return next(iter(found.values()), None)

    def _is_over(self, switch: Switch, now: datetime) -> bool:
        if switch.day is not None:
            return switch.day < now.astimezone(self._zone(switch.queue)).date()
        return switch.until is not None and switch.until <= now

    def _zone(self, queue: str) -> ZoneInfo:
        book = self.office.playbook
        return ZoneInfo(book.queue(queue).time_zone if queue else book.leads[0].time_zone)

    def _of(self, queue: str) -> str:
        return f"#{self.office.playbook.queue(queue).channel}" if queue else "all queues"

    def _when(self, at: datetime, queue: str) -> str:
        return clock_time(at, self._zone(queue).key, self.office.clock())

    def _not_on(self, session: Session, queue: str) -> str:
        said = f"Crisis mode is not on for {self._of(queue)}."
        for_all = select(Switch).where(Switch.kind == CRISIS, Switch.queue == ALL, Switch.live.is_not(None))
        if queue and any(row.is_on(self.office.clock()) for row in session.scalars(for_all)):
            return f"{said} It is on for all queues: `/case crisis off` ends that."
        return said

    def _over(self, switch: Switch, what: str) -> str:
        since = self._when(switch.at, switch.queue)
        return f":white_check_mark: {what} for {self._of(switch.queue)}; it was on since {since}."

    def _tell(self, session: Session, switch: Switch, what: str, text: str) -> None:
        brands = self.office.playbook.queue(switch.queue).brands if switch.queue else ()
        channels = {self.office.playbook.of(brand).leads_channel for brand in brands}
        theirs = brands[0] if len(channels) == 1 else None
        self.office.tell_leads(session, f"switch:{switch.id}:{what}", text, theirs)


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"
