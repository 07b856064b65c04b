"""How an escalated case ended, told to those who started it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.blocks.text import escape, escape_but_people, quoted, shorten
from bot.office import Office
from models.case import Case
from models.escalation import Escalation
from models.moves import DISMISSALS, RESOLVED
from models.people import BOT_ID, named
from models.reply import POSTED, Reply


def tell_how_it_ended(office: Office, session: Session, case: Case) -> None:
    """Whoever escalated it, and who claimed it first, get one direct message with what was done."""
    if not case.was_escalated or case.is_open or case.closed_at is None:
        return
    escalations = session.scalars(select(Escalation).where(Escalation.case_id == case.id)).all()
    if not escalations:
        return
    first = next((event.actor for event in case.events if event.what == "claim"), None)
    closed_by = case.events[-1].actor
    started = dict.fromkeys([first, *(escalation.asked_by for escalation in escalations)])
    words = _words(session, case, closed_by, min(escalation.asked_at for escalation in escalations), office)
    for member in started:
        if member is not None and member not in (closed_by, BOT_ID):
            key = f"ended:{case.id}:{case.closed_at.timestamp():.0f}:{member}"
            office.tell(session, key, member, words)


def _words(session: Session, case: Case, by: str, since: datetime, office: Office) -> str:
    if case.stage != RESOLVED:
        why = DISMISSALS.get(case.closed_because or "", case.closed_because or "")
        return f"Case {case.id}, which you started, needs no reply: {escape(why)} · {named(by)}"
    lines = [f":tada: Case {case.id}, which you started, is resolved by {named(by)}."]
    steps = office.playbook.of(case.brand).steps
    done = [steps[tick.step].label for tick in case.ticks if tick.at >= since and tick.step in steps]
    if done:
        lines.append("*Done since you handed it on:* " + " · ".join(done[-5:]))
    notes = [event for event in case.events if event.what == "note" and event.at >= since]
    if notes:
        lines.append(f":memo: {escape_but_people(shorten(notes[-1].why or '', 300))}")
    said = session.scalars(
        select(Reply)
        .where(Reply.case_id == case.id, Reply.state == POSTED)
        .order_by(Reply.id.desc())
        .limit(1)
    ).first()
    if said is not None:
        lines.append(f"*Said in public:*\n{quoted(said.text, 300)}")
    return "\n".join(lines)
