"""What belongs to a case, read by statements that are made once.

To make a statement anew, as the first use of a relationship does each time, costs about as much processor
time as to carry it out.
"""

from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, select
from sqlalchemy.orm import object_session
from sqlalchemy.orm.attributes import set_committed_value

from models.base import Base
from models.event import Event
from models.mention import Mention
from models.tick import Tick

_NUMBER: BindParameter[int] = bindparam("number")
_STATEMENTS: dict[str, Select[Any]] = {
    "mentions": select(Mention).where(Mention.case_id == _NUMBER).order_by(Mention.created_at, Mention.id),
    "ticks": select(Tick).where(Tick.case_id == _NUMBER).order_by(Tick.id),
    "events": select(Event).where(Event.case_id == _NUMBER).order_by(Event.id),
}


def read(case: Base, *names: str) -> None:
    """Makes sure that a case's `mentions`, `ticks`, `events` are there, as far as they are named.

    Of a new case, which no session knows yet, there is nothing to read.
    """
    session = object_session(case)
    for name in names:
        if session is not None and name not in case.__dict__:
            rows = session.scalars(_STATEMENTS[name], {"number": case.__dict__["id"]}).all()
            set_committed_value(case, name, rows)
