"""From an approved answer to a draft, and from a posted reply back to the answer's count."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.answers.variables import customer_name, fill, has_variable
from bot.blocks.text import escape
from bot.case_view import CaseView
from bot.drafts import Drafts
from bot.office import Office
from bot.reply_links import links_for, reference
from models.approved_answer import APPROVED, AnswerUse, ApprovedAnswer
from models.errors import NotAllowed
from models.reply import Reply

PIECE = 5
"""Characters: so long are the pieces by which a reply is known to be made from an answer."""
KEPT = 0.3
"""So much of an answer must be left in a reply that counts as made from it."""


@dataclass(frozen=True)
class Filled:
    """An answer as a draft for one case."""

    answer: int
    text: str
    introduces: bool
    """It says who writes."""


@dataclass(frozen=True)
class AnswerUses:
    """What *Use it* does."""

    office: Office

    def filled(self, number: int, view: CaseView, *, me: str | None) -> Filled:
        """The answer as a draft for this case. `me` is the writer's first name; None: not known.

        Raises NotAllowed when it was retired, or needs a private link where there is none.
        """
        with self.office.db.reading() as session:
            answer = session.get(ApprovedAnswer, number) if 0 < number < 2**31 else None
        if answer is None or answer.state != APPROVED:
            raise NotAllowed("This answer was retired. *More answers…* has those that hold.")
        if answer.brand not in (None, view.case.brand):
            raise NotAllowed(f"This answer is for customers of {escape(answer.brand)}.")
        text = fill(answer.text, self._values(answer, view, me), answer.language)
        return Filled(answer.id, text, has_variable(answer.text, "me"))

    def made_from(self, case: int, answer: int, *, by: str) -> None:
        """`by`'s open draft in the case is made from the answer."""

        def work(session: Session) -> None:
            reply = Drafts(self.office).newest(session, case, by)
            if reply is not None:
                reply.answer_id = answer

        self.office.transact(work)

    # Helpers.

    def _values(self, answer: ApprovedAnswer, view: CaseView, me: str | None) -> dict[str, str | None]:
        company = view.playbook.company
        link = links_for(view.case, view.to_answer, "", self.office.playbook).private
        if link is None and has_variable(answer.text, "link"):
            raise NotAllowed(
                "This answer invites to a private message, and there is no link for that here: "
                "the playbook's `brands` can name one (`private_form`)."
            )
        return {
            "customer": customer_name(view.to_answer),
            "me": me or "…",
            "role": company.role_in(answer.language),
            "company": company.name,
            "link": link,
            "reference": reference(view.case),
        }


def count_use(session: Session, reply: Reply, at: datetime) -> None:
    """A reply was posted: the answer that it was made from was used once more, and for this post.

    Part of the transaction that records the reply; once for each reply, and only when enough of the answer
    is left in it.
    """
    answer = session.get(ApprovedAnswer, reply.answer_id) if reply.answer_id else None
    if answer is None or _left(answer.text, reply.text) < KEPT:
        return
    if session.scalar(select(AnswerUse.id).where(AnswerUse.reply_id == reply.id)) is None:
        session.add(AnswerUse(answer_id=answer.id, mention_id=reply.mention_id, reply_id=reply.id, at=at))
        answer.count_use(at=at)


def _left(answer: str, reply: str) -> float:
    """The share of the answer's pieces that stand in the reply (0 to 1)."""
    pieces = {answer[n : n + PIECE] for n in range(max(1, len(answer) - PIECE + 1))}
    return sum(piece in reply for piece in pieces) / len(pieces)
