"""Whether each source can be read: on record, in the log, and in the leads' channel when it lasts."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.blocks.text import escape
from bot.ledger import record
from bot.office import Office
from bot.sources import Batch, Busy
from models.mention import Mention
from models.post import storable
from models.source_state import SourceState

log = structlog.get_logger()
TELL_LEADS_AFTER = timedelta(minutes=15)


def was_read(office: Office, session: Session, name: str, batch: Batch) -> None:
    """What it brought is stored in this transaction, so its cursor moves."""
    state = _state(session, name)
    now = office.clock()
    if state.leads_told_at is not None and state.failing_since is not None:
        key = f"source-ok:{name}:{now.timestamp():.0f}"
        office.tell_leads(session, key, f":large_green_circle: {name} can be read again.", None)
    record(office, session, batch.spent)
    _note_who_was_asked_about(session, batch, now)
    if batch.cursor is not None:
        state.cursor = batch.cursor
    state.last_ok_at, state.next_at, state.asked_to_wait_at = now, None, None
    state.failing_since = state.last_error = state.leads_told_at = None


def asked_to_wait(office: Office, name: str, busy: Busy) -> None:
    """It is not asked again before that time."""
    log.info("source asked to wait", source=name, until=busy.until.isoformat(), why=str(busy))

    def work(session: Session) -> None:
        state = _state(session, name)
        state.next_at, state.asked_to_wait_at = busy.until, office.clock()

    office.transact(work)


def failed(office: Office, name: str, why: str, *, in_log: bool = True) -> None:
    """On record at once and in the log when it is new; in the leads' channel after 15 minutes.

    `in_log` is False where it stands there already, or `why` may quote a post.
    """

    why = storable(why)  # it may quote the far side

    def work(session: Session) -> bool:
        now = office.clock()
        state = _state(session, name)
        new = state.last_error != why
        state.last_error = why
        state.failing_since = state.failing_since or now
        if now - state.failing_since >= TELL_LEADS_AFTER and state.leads_told_at is None:
            state.leads_told_at = now
            key = f"source:{name}:{state.failing_since.timestamp():.0f}"
            since = int((now - state.failing_since).total_seconds() // 60)
            text = f":red_circle: {name} can't be read for {since} minutes. {escape(why)}"
            office.tell_leads(session, key, text, None)
        return new

    if office.transact(work) and in_log:
        log.warning("source failing", source=name, why=why)


def _note_who_was_asked_about(session: Session, batch: Batch, now: datetime) -> None:
    for source in {source for source, _ in batch.looked_for}:
        ids = [external_id for of, external_id in batch.looked_for if of == source]
        for start in range(0, len(ids), 500):
            session.execute(
                update(Mention)
                .where(Mention.source == source, Mention.external_id.in_(ids[start : start + 500]))
                .values(checked_at=now)
                .execution_options(synchronize_session=False)
            )


def _state(session: Session, name: str) -> SourceState:
    state = session.get(SourceState, name) or SourceState(name=name)
    session.add(state)
    return state
