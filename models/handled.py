"""Requests that were carried out: each counts once, however often and however late it arrives."""

from datetime import datetime
from typing import cast

from sqlalchemy import ForeignKey, String, Table
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.errors import Repeated


class Handled(Base):
    """One request by the id that came with it, and the case that it was about, where there is one."""

    __tablename__ = "handled"

    request: Mapped[str] = mapped_column(String(120), primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    at: Mapped[datetime] = mapped_column(index=True)


_TABLE = cast(Table, Handled.__table__)


def handle(session: Session, request: str, at: datetime, case: int | None = None) -> None:
    """Part of the transaction that carries out `request` (120 characters at most). Raises Repeated.

    A copy that arrives meanwhile waits here for the other's end, and then knows how that went. Where `case`
    is locked, lock it first: the reference to it takes a lock of its own, and two that hold that one would
    wait for each other.
    """
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    # By its table, not its class: a claim takes this way, and SQLAlchemy's own costs twice as much.
    row = insert(_TABLE).values(request=request, at=at, case_id=case).on_conflict_do_nothing()
    if session.connection().execute(row.returning(_TABLE.c.request)).first() is None:
        raise Repeated(session.get_one(Handled, request).case_id)


def refuse_a_copy(session: Session, request: str) -> None:
    """Raises Repeated when `request` was carried out before."""
    known = session.get(Handled, request)
    if known is not None:
        raise Repeated(known.case_id)
