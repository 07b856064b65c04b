"""A line in the log for every move of a case and every message that reached Slack, once it is committed.

Whoever wonders what became of a post follows `mention=` to its `case=`, and that number to the card, the
claim and the reply. Nothing that anybody wrote is in these lines: who, what, when, and numbers.
"""

from typing import Any

import structlog
from sqlalchemy import Select, bindparam, event, inspect, select
from sqlalchemy.orm import Session

from models.approved_answer import AnswerOffer
from models.escalation import Escalation, Question
from models.event import Event
from models.handover import Handover
from models.outbox import CALLBACK, Outbox
from models.overrule import Overrule
from models.private_reply import PrivateReply
from models.reply import Reply

log = structlog.get_logger()
OF_A_CASE = frozenset({"card", "moved", "question", "asked_channel", CALLBACK})
"""Kinds of messages whose subject is a case."""
_Belongs = type[Escalation | Handover | Overrule | Reply | PrivateReply | AnswerOffer]


def _case_of(table: _Belongs) -> Select[int]:
    return select(table.case_id).where(table.id == bindparam("subject"))


THROUGH = {
    "escalation": _case_of(Escalation),
    "unresolved": _case_of(Escalation),
    "asked_back": select(Escalation.case_id)
    .join(Question, Question.escalation_id == Escalation.id)
    .where(Question.id == bindparam("subject")),
    "handover": _case_of(Handover),
    "overrule": _case_of(Overrule),
    "answer_offer": _case_of(AnswerOffer),
    "x_reply": _case_of(Reply),
    "facebook_reply": _case_of(Reply),
    "facebook_private": _case_of(PrivateReply),
}
"""And those whose subject belongs to a case, with the question which."""
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
            noted.append(("sent", {**_its_case(session, row), "key": row.key, "kind": row.kind}))


def _its_case(session: Session, row: Outbox) -> dict[str, Any]:
    if row.kind in OF_A_CASE:
        return {"case": row.subject}
    which = THROUGH.get(row.kind)
    if which is None:
        return {}
    # The session is in the middle of its flush and can't be asked itself.
    return {"case": session.connection().scalar(which, {"subject": row.subject})}


def _tell(session: Session) -> None:
    for what, about in session.info.pop(_NOTED, []):
        log.info(what, **about)


def _forget(session: Session) -> None:
    session.info.pop(_NOTED, None)
