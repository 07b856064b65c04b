"""Who is asked to take a case, in which order, and when. Pure: nothing here reads a database or a clock."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from config.hours import Calendar
from config.playbook import Playbook
from config.staff import Lead, Specialist
from models.hours import is_open, next_opening, open_time_after

DANGER = 3
"""From this severity on people are asked outside their hours too."""


@dataclass(frozen=True)
class Situation:
    """What is true of a case and of the people around it when somebody is to be asked."""

    topic: str | None
    language: str
    queue: str
    now: datetime
    without: str
    """Who escalates: they ask, so they are not asked."""
    urgent: bool = False
    """Severe, or a crisis: somebody is asked now, whatever the hour."""
    away: Collection[str] = ()
    last_asked: Mapping[str, int] = field(default_factory=dict)
    """Counts up with each time that somebody is asked, whatever the case; who is missing never was."""


@dataclass(frozen=True)
class Turn:
    """Somebody who is asked, from when on, and by when they have to say yes."""

    member: str
    at: datetime
    acknowledge_by: datetime
    instead_of: str | None = None


@dataclass(frozen=True)
class _Step:
    people: tuple[Specialist, ...]
    within: timedelta


@dataclass(frozen=True)
class _Seat:
    """A place in line with who would sit in it. `at`: now, or when they are at work again."""

    member: str
    at: datetime
    calendar: Calendar
    within: timedelta
    instead_of: str | None = None


def next_turn(book: Playbook, case: Situation, had_turn: Collection[str] = ()) -> Turn | None:
    """Who is asked next. `had_turn`: everybody who was asked, and in whose stead. None: nobody is left; a
    beginning always has somebody.

    The first step of the topic's chain with somebody at work gives the person; among equals those who speak
    the language come first, then who was asked longest ago. While no specialist is at work the case waits for
    the first of them who comes. Whoever is away is left out, and their stand-in takes their place, as for who
    is off. The leads come when all others had their turn or are away. An urgent case waits for nobody: it
    goes to whoever is at work, else along the line as it stands.
    """
    steps = [_seats(book, step, case, had_turn) for step in _steps(book, case.topic, case.language)]
    seats = [seat for step in steps for seat in step]
    leads = _leads(book, case, had_turn)
    at_work = [seat for seat in seats if seat.at <= case.now]
    if case.urgent:
        on_duty = [s for s in leads if s.at <= case.now and _lead(book, s.member).hours is not None]
        chosen = next(iter([*at_work, *on_duty, *seats, *leads]), None)
    else:
        chosen = next(iter(at_work), None) or _first(seats) or _first(leads)
    if chosen is not None:
        return _turn(chosen, case)
    return None if had_turn else _turn(_somebody(book, case), case)


def line(book: Playbook, case: Situation) -> list[Turn]:
    """Everybody in the order in which they would be asked as things are now; never empty."""
    turns: list[Turn] = []
    had_turn: set[str] = set()
    while turn := next_turn(book, case, had_turn):
        turns.append(turn)
        had_turn |= {turn.member, turn.instead_of or turn.member}
    return turns


def turn_of(book: Playbook, case: Situation, member: str) -> Turn:
    """The turn of somebody who was chosen by name: when they are at work, unless it is urgent."""
    steps = _steps(book, case.topic, case.language)
    within = next(
        (step.within for step in steps for one in step.people if one.slack == member),
        book.escalation.acknowledge_within,
    )
    calendar = calendar_of(book, member, case.queue)
    at = case.now if case.urgent else _back_at_work(case.now, calendar) or case.now
    return _turn(_Seat(member, at, calendar, within), case)


def calendar_of(book: Playbook, member: str, queue: str) -> Calendar:
    """When somebody is at work: a specialist or a lead by their own hours, anybody else at any time.

    A lead without hours of their own has those of the case's queue.
    """
    specialist = next((s for s in book.specialists if s.slack == member), None)
    if specialist is not None:
        return specialist.calendar
    lead = next((one for one in book.leads if one.slack == member), None)
    if lead is not None:
        return _hours_of(book, lead, queue)
    return Calendar(book.queue(queue).time_zone)


def people(book: Playbook, topic: str | None) -> list[str]:
    """Everybody who may be asked about a topic: its specialists, their stand-ins, the leads."""
    known = [person for step in _steps(book, topic, "") for person in step.people]
    stand_ins = [person.stand_in for person in known if person.stand_in]
    leads = [lead.slack for lead in book.leads]
    return list(dict.fromkeys([*(person.slack for person in known), *stand_ins, *leads]))


# Helpers, in the order in which they are called.


def _steps(book: Playbook, topic: str | None, language: str) -> list[_Step]:
    """The topic's chain; without one its specialists who speak the language, then the others."""
    usual = book.escalation.acknowledge_within
    chain = book.escalation.chains.get(topic or "")
    if chain is not None:
        called = {s.name: s for s in book.specialists}
        return [_Step(tuple(called[n] for n in one.ask), one.acknowledge_within or usual) for one in chain]
    fitting = [s for s in book.specialists if topic in s.topics]
    speaking = tuple(s for s in fitting if language in s.languages)
    others = tuple(s for s in fitting if language not in s.languages)
    return [_Step(group, usual) for group in (speaking, others) if group]


def _seats(book: Playbook, step: _Step, case: Situation, had_turn: Collection[str]) -> list[_Seat]:
    """The places of a step in the order in which equals are asked."""
    taken = {*had_turn, case.without}
    seats = [
        (case.language not in person.languages, case.last_asked.get(seat.member, -1), place, seat)
        for place, person in enumerate(step.people)
        if person.slack not in taken
        for seat in [_seat(book, person, step.within, case, taken)]
        if seat is not None
    ]
    return [seat for _, _, _, seat in sorted(seats, key=lambda one: one[:3])]


def _seat(
    book: Playbook, person: Specialist, within: timedelta, case: Situation, taken: Collection[str]
) -> _Seat | None:
    """The person when at work, else their stand-in when at work, else whoever of them is not away."""
    own = _seat_of(book, person.slack, within, case, None)
    stand_in = None
    if person.stand_in is not None and person.stand_in not in taken:
        stand_in = _seat_of(book, person.stand_in, within, case, person.slack)
    for seat in (own, stand_in):
        if seat is not None and seat.at <= case.now:
            return seat
    return own or stand_in


def _seat_of(
    book: Playbook, member: str, within: timedelta, case: Situation, instead_of: str | None
) -> _Seat | None:
    if member in case.away:
        return None
    calendar = calendar_of(book, member, case.queue)
    at = _back_at_work(case.now, calendar)
    return _Seat(member, at, calendar, within, instead_of) if at is not None else None


def _back_at_work(now: datetime, calendar: Calendar) -> datetime | None:
    """Now, or when their next shift begins; None: not within a year."""
    if is_open(now, calendar):
        return now
    try:
        return next_opening(now, calendar)
    except ValueError:
        return None


def _leads(book: Playbook, case: Situation, had_turn: Collection[str]) -> list[_Seat]:
    """Those of the case's queue first."""
    taken = {*had_turn, case.without}
    leads = sorted(book.leads, key=lambda lead: bool(lead.queues) and case.queue not in lead.queues)
    within = book.escalation.acknowledge_within
    seats = [_seat_of(book, lead.slack, within, case, None) for lead in leads if lead.slack not in taken]
    return [seat for seat in seats if seat is not None]


def _lead(book: Playbook, member: str) -> Lead:
    return next(lead for lead in book.leads if lead.slack == member)


def _first(seats: list[_Seat]) -> _Seat | None:
    """Who is back at work first; of several the first in line."""
    return min(seats, key=lambda seat: seat.at, default=None)


def _turn(seat: _Seat, case: Situation) -> Turn:
    at = case.now if case.urgent else seat.at
    by = at + seat.within if case.urgent else open_time_after(at, seat.within, seat.calendar)
    return Turn(seat.member, at, by, seat.instead_of)


def _somebody(book: Playbook, case: Situation) -> _Seat:
    """All are away, or there is only the person who asks: a lead is asked nevertheless."""
    lead = next((one for one in book.leads if one.slack != case.without), book.leads[0])
    calendar = _hours_of(book, lead, case.queue)
    at = _back_at_work(case.now, calendar) or case.now
    return _Seat(lead.slack, at, calendar, book.escalation.acknowledge_within)


def _hours_of(book: Playbook, lead: Lead, queue: str) -> Calendar:
    return lead.calendar if lead.hours is not None else book.queue(queue).calendar
