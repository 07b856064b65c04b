"""Choices that must not be made by two at once."""

from sqlalchemy import text
from sqlalchemy.orm import Session

_ASKING = 7_301_552
"""Any number that no other lock has."""


def take_turns(session: Session) -> None:
    """Until this transaction ends nobody else chooses whom to ask: two cases at once ask two equals.

    PostgreSQL needs a lock for it; on SQLite writing transactions run one after the other anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ASKING})
