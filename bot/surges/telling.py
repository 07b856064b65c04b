"""The messages of a surge: its alarm, which stays current, its charts, and those who were called in.

All of them leave through the outbox, in the transaction of what they tell.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.blocks.surge import about
from bot.blocks.text import clock_time, person, span_words
from bot.office import Office
from models.outbox import SOON, URGENT, Outbox, put, show_again
from models.people import BOT_ID
from models.surge import Surge
from models.switch import Switch

ALARM, CHART, CALLED = "surge", "surge_chart", "surge_called"
"""Kinds of outbox rows."""


def begun(office: Office, session: Session, surge: Surge, at: datetime) -> None:
    """The alarm, and the chart in its thread."""
    redraw(office, session, surge, at)
    _chart(office, session, surge, at)


def again(office: Office, session: Session, surge: Surge, at: datetime) -> None:
    """It has doubled: said anew, because nobody hears a message change."""
    redraw(office, session, surge, at)
    _chart(office, session, surge, at)
    words = (
        f":rotating_light: *{about(surge, office.playbook)}* has at least doubled since the last alarm: "
        f"{surge.latest} people within a quarter of an hour. The alarm above shows what is known."
    )
    office.tell_leads(session, f"surge:{surge.id}:again:{surge.alarms}", words, surge.brand)


def over(office: Office, session: Session, surge: Surge, at: datetime) -> None:
    """The alarm says so, and the last chart shows all of it."""
    redraw(office, session, surge, at)
    _chart(office, session, surge, at)


def redraw_called(session: Session, surge: Surge, at: datetime) -> None:
    """The messages to those who were called in show what is true now."""
    rows = select(Outbox.key).where(Outbox.kind == CALLED, Outbox.subject == surge.id)
    show_again(session, session.scalars(rows).all(), at)


def redraw(office: Office, session: Session, surge: Surge, at: datetime) -> None:
    """The alarm shows what is true now."""
    put(
        session,
        f"surge:{surge.id}",
        kind=ALARM,
        subject=surge.id,
        channel=office.playbook.of(surge.brand).leads_channel,
        at=at,
        priority=URGENT,
    )


def call_in(
    office: Office, session: Session, surge: Surge, first: Switch, members: Collection[str], at: datetime
) -> None:
    """A direct message with what is known to each of them, once per crisis."""
    for member in members:
        put(
            session,
            f"surge_called:{first.id}:{member}",
            kind=CALLED,
            subject=surge.id,
            channel=member,
            at=at,
            priority=SOON,
        )


def crisis_over(office: Office, session: Session, switch: Switch, at: datetime) -> None:
    """All of a surge's crisis has ended: its alarm shows it, and all who were called in are told."""
    surge = session.get(Surge, switch.surge_id) if switch.surge_id else None
    if surge is None:
        return
    redraw(office, session, surge, at)
    redraw_called(session, surge, at)
    rows = session.scalars(select(Switch).where(Switch.surge_id == surge.id).order_by(Switch.id)).all()
    called = {member: row for row in rows if row.at == switch.at for member in row.called_in or []}
    zone = office.playbook.everything.time_zone
    lasted = span_words((at - switch.at).total_seconds())
    who = "It ran its time" if switch.ended_by == BOT_ID else f"{person(switch.ended_by)} stood it down"
    text = (
        f":white_check_mark: The crisis about *{about(surge, office.playbook)}* is over since "
        f"{clock_time(at, zone, at)}, after {lasted}. {who}. Thank you for coming."
    )
    for member in called:
        office.tell(session, f"crisis_over:{switch.id}:{member}", member, text)


def _chart(office: Office, session: Session, surge: Surge, at: datetime) -> None:
    """A picture of its own for each alarm and for the end: what was posted is never changed."""
    number = f"{surge.alarms}" if surge.is_live else "end"
    put(
        session,
        f"surge_chart:{surge.id}:{number}",
        kind=CHART,
        subject=surge.id,
        channel=office.playbook.of(surge.brand).leads_channel,
        payload={"under": f"surge:{surge.id}", "until": at.isoformat()},
        at=at,
        priority=SOON,
    )
