"""What a person does counts once, however often and however late Slack delivers it.

Each click, command and submitted window has an id. The first transaction that it opens keeps that id, so
both are stored or neither is; the transactions that follow are its own too. A copy finds the id in its first
transaction and ends there (Repeated): it changes nothing, whatever has happened since, and whoever delivered
it is answered with the present state. What was refused is not kept, as it changed nothing.

Which interaction a thread is carrying out stands in a context variable, so that no use case has to be handed
an id that only this file reads. The clock's jobs and delivery carry out none.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models.database import Database
from models.errors import NotAllowed
from models.handled import handle, refuse_a_copy

KEPT = timedelta(days=3)
"""A copy comes within seconds, or after an outage; a window that was left open is no copy. Then its id goes
(`bot.tidying`)."""


@dataclass
class _Interaction:
    """One that a thread is carrying out. `new`: no other delivery of it came first; `stored`: and its id is
    there for the next one to find."""

    id: str
    new: bool = False
    stored: bool = False


_current: ContextVar[_Interaction | None] = ContextVar("interaction", default=None)


@contextmanager
def carrying_out(db: Database, interaction: str) -> Iterator[None]:
    """All that is changed within belongs to this interaction (its id; empty: it has none).

    Raises Repeated for a copy, also where it was refused before it came to a change: "nothing is waiting"
    is no answer to a second delivery of the click that took the last case.
    """
    one = _Interaction(interaction) if interaction else None
    before = _current.set(one)
    try:
        yield
    except NotAllowed:
        if one is not None and not one.new:
            with db.reading() as session:
                refuse_a_copy(session, one.id)
        raise
    finally:
        _current.reset(before)


@contextmanager
def beside_it() -> Iterator[None]:
    """What is changed within is no part of the interaction: it comes out the same each time, late or not."""
    before = _current.set(None)
    try:
        yield
    finally:
        _current.reset(before)


def count_once(session: Session, at: datetime, case: int | None = None) -> None:
    """At the beginning of a transaction, with its case locked. Raises Repeated."""
    one = _current.get()
    if one is not None and not one.stored:
        handle(session, one.id, at, case)
        one.new = True


def counted() -> None:
    """The transaction is committed."""
    one = _current.get()
    if one is not None and one.new:
        one.stored = True
