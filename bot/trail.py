"""A line in the log for every move of a case and every message that reached Slack, once it is committed.

Whoever wonders what became of a post follows `mention=` to its `case=`, and that number to the card, the
claim and the reply. Nothing that anybody wrote is in these lines: who, what, when, and numbers.
"""

from typing import Any

import structlog
from sqlalchemy import event, inspect
from sqlalchemy.orm import Session

from models.event import Event
from models.outbox import Outbox

log = structlog.get_logger()
_NOTED = "noted for the log"


def leave_a_trail() -> None:
    """From now on, in this process; doing it twice changes nothing."""
    for name, listener in (("after_flush", _note), ("after_commit", _tell), ("after_rollback", _forget)):
        if not event.contains(Session, name, listener):
            event.listen(Session, name, listener)


def _note(session: Session, _context: Any) -> None:
    """Before the commit, where it is still known what is new; told after it, when it is true."""
    noted: list[tuple[str, dict[str, Any]]] = session.info.setdefault(_NOTED, [])
    for row in session.new:
        if isinstance(row, Event):
            noted.append(("moved", {"case": row.case_id, "what": row.what, "by": row.actor}))
    for row in session.dirty:
        if isinstance(row, Outbox) and inspect(row).attrs.sent_version.history.has_changes():
            case = {"case": row.subject} if row.kind == "card" else {}
            noted.append(("sent", {**case, "key": row.key, "kind": row.kind}))


def _tell(session: Session) -> None:
    for what, about in session.info.pop(_NOTED, []):
        log.info(what, **about)


def _forget(session: Session) -> None:
    session.info.pop(_NOTED, None)
