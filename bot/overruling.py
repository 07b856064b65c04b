"""A reply that the check stops, posted nevertheless: only a lead can say so, and it is on record."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.blocks.text import shorten
from bot.office import Office
from models.case import Case
from models.errors import NotAllowed
from models.outbox import SOON, put
from models.overrule import ALLOWED, ASKED, Overrule, mark
from models.reply import DRAFT, READY, REFUSED, Reply

Word = Literal["none", "asked", "allowed"]
WHY_LIMIT = 500


@dataclass(frozen=True)
class Overruling:
    """A lead overrules for themselves, or when an employee asks."""

    office: Office

    def word_on(
        self,
        session: Session,
        case: Case,
        reply: Reply,
        stops: Sequence[str],
        by: str,
        at: datetime,
        why: str = "",
        known: Collection[int] = (),
    ) -> Word:
        """What leads say about this very text; with `why` they are asked, or a lead answers at once.

        `known` marks the stops that the person had read: nobody overrules what they have not seen.
        """
        words = session.scalars(select(Overrule).where(Overrule.reply_id == reply.id)).all()
        if any(word.state == ALLOWED and set(stops) <= set(word.stops) for word in words):
            return "allowed"
        why = shorten(why.strip(), WHY_LIMIT)
        if stops and why and {mark(stop) for stop in stops} <= set(known):
            asked = self._ask(session, case, reply, list(stops), by, at, why)
            return "allowed" if asked.state == ALLOWED else "asked"
        waiting = any(word.state == ASKED and set(stops) <= set(word.stops) for word in words)
        return "asked" if stops and waiting else "none"

    def decide(self, number: int, allowed: bool, *, by: str) -> Overrule:
        """A lead's yes or no to a request. Raises NotAllowed when it was decided, or the text is gone."""

        def use(session: Session, case: Case, at: datetime) -> Overrule:
            word, person = session.get_one(Overrule, number), self.office.person(by, case.brand)
            reply = session.get_one(Reply, word.reply_id)
            if reply.state not in (DRAFT, READY, REFUSED) and word.state == ASKED:
                raise NotAllowed(f"<@{word.asked_by}> has changed the draft meanwhile: nothing to decide.")
            if not word.decide(allowed, by=person, at=at):
                raise NotAllowed(f"<@{word.decided_by}> has decided this already: {word.state}.")
            if allowed:
                case.overrule(_on_record(word), by=person, at=at)
            self._show(session, case, word, at)
            said = (
                f"<@{by}> lets you post your reply in case {case.id} as it stands: open *Reply…* and "
                "check it once more. Any change to it ends the permission."
                if allowed
                else f"<@{by}> would not post your reply in case {case.id} as it stands: please mend it."
            )
            self.office.tell(session, f"overruled:{word.id}", word.asked_by, said)
            return word

        return self.office.change(self._case_of(number), use)

    # Helpers.

    def _ask(
        self, session: Session, case: Case, reply: Reply, stops: list[str], by: str, at: datetime, why: str
    ) -> Overrule:
        known = select(Overrule).where(Overrule.reply_id == reply.id, Overrule.state == ASKED)
        word = session.scalar(known.limit(1))
        if word is not None:
            return word
        word = Overrule(
            reply_id=reply.id, case_id=case.id, stops=stops, why=why, asked_by=by, asked_at=at, state=ASKED
        )
        session.add(word)
        session.flush()
        person = self.office.person(by, case.brand)
        if person.lead:
            word.decide(True, by=person, at=at)
            case.overrule(_on_record(word), by=person, at=at)
        else:
            case.ask_to_overrule(_on_record(word), by=person, at=at)
            self._show(session, case, word, at)
        return word

    def _show(self, session: Session, case: Case, word: Overrule, at: datetime) -> None:
        """The request in the leads' channel, as things are now."""
        put(
            session,
            f"overrule:{word.id}",
            kind="overrule",
            subject=word.id,
            channel=self.office.playbook.of(case.brand).leads_channel,
            at=at,
            priority=SOON,
        )

    def _case_of(self, number: int) -> int:
        with self.office.db.reading() as session:
            word = session.get(Overrule, number) if 0 < number < 2**31 else None
            if word is None:
                raise NotAllowed("This request is not there any more.")
            return word.case_id


def _on_record(word: Overrule) -> str:
    """For the timeline: which finding, and why."""
    return f"{' '.join(word.stops)} Because: {word.why}"
