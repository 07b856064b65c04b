"""Taking what lies in a heap."""

from sqlalchemy import select

from bot.case_view import CaseView
from bot.desk import Desk
from bot.waiting import by_urgency
from models.case import Case
from models.errors import NotAllowed
from models.moves import WAITING

CLAIMS_TRIED = 50


def claim_in(desk: Desk, heap: int, *, by: str) -> CaseView:
    """The most urgent case in a heap that this person may take. Raises NotAllowed."""
    with desk.office.db.reading() as session:
        waiting = session.scalars(
            select(Case.id)
            .where(Case.heap_id == heap, Case.stage == WAITING)
            .order_by(*by_urgency(desk.office.clock()))
            .limit(CLAIMS_TRIED)
        ).all()
    refused: NotAllowed | None = None
    for number in waiting:
        try:
            return desk.claim(number, by=by)
        except NotAllowed as no:  # above their level, or somebody was quicker
            refused = refused or no
    raise refused or NotAllowed("None of them waits any more. `/claim` takes what is most urgent now.")
