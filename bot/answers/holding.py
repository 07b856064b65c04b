"""What is said while a crisis lasts: its holding answer comes before all others."""

from collections.abc import Sequence

from sqlalchemy import select

from bot.answers.likeness import SUGGESTED
from bot.answers.suggesting import Suggested
from bot.case_view import CaseView
from bot.office import Office
from models.approved_answer import APPROVED, ApprovedAnswer
from models.switch import Switch


def holding_first(office: Office, view: CaseView, suggested: Sequence[Suggested]) -> list[Suggested]:
    """The holding answers of the crises that the case is about, and then what fits by likeness.

    In another language than the customer's it is the answer with the same title there, if there is one.
    """
    case, at = view.case, office.clock()
    with office.db.reading() as session:
        live = select(Switch).where(Switch.answer_id.is_not(None), Switch.live.is_not(None))
        crises = [
            one
            for one in session.scalars(live.order_by(Switch.id.desc()))
            if one.is_on(at) and one.concerns(case.brand, case.topic, case.queue)
        ]
        chosen = session.scalars(
            select(ApprovedAnswer.title).where(ApprovedAnswer.id.in_([one.answer_id for one in crises]))
        ).all()
        answers = session.scalars(
            select(ApprovedAnswer)
            .where(
                ApprovedAnswer.title.in_(chosen),
                ApprovedAnswer.language == case.language,
                ApprovedAnswer.state == APPROVED,
                ApprovedAnswer.serves(case.brand),
            )
            .order_by(ApprovedAnswer.id)
            .limit(SUGGESTED)
        ).all()
    first = [
        Suggested(one, 1.0, one.confirmed_at if one.is_unconfirmed(at) else None, holding=True)
        for one in answers
    ]
    known = {one.answer.id for one in first}
    return [*first, *(one for one in suggested if one.answer.id not in known)]
