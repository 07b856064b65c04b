"""What must not be done by two at once. PostgreSQL needs a lock for it; on SQLite writing transactions run
one after the other anyway."""

from sqlalchemy import text
from sqlalchemy.orm import Session

_ASKING, _TAKING = 7_301_552, 7_301_553
"""Any numbers that no other lock has."""


def take_turns(session: Session) -> None:
    """Until this transaction ends nobody else chooses whom to ask: two cases at once ask two equals."""
    _wait_for(session, _ASKING)


def take_turns_placing(session: Session) -> None:
    """Until this transaction ends nobody else places posts: two posts of one conversation that come at once
    by two ways are one case."""
    _wait_for(session, _TAKING)


def _wait_for(session: Session, turn: int) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": turn})
