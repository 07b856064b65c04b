"""A post that its author deleted disappears here too: its words, its author, and whatever repeats them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from bot.forgetting import Was, forget, messages_of
from bot.office import Office
from bot.search.keeping import keep_posts
from bot.sift.severity import SEVERE
from bot.sources import Gone
from models.case import Case
from models.heap import LikenessKey
from models.mention import DELETED, GONE_WORDS, Mention
from models.moves import WAITING
from models.outbox import show_again
from models.people import BOT
from models.post import storable

log = structlog.get_logger()
_AT_ONCE = 500
"""Values in one statement: databases bound them."""


@dataclass(frozen=True)
class Withdrawing:
    """For sources that learn of a deletion, by asking or by being told."""

    office: Office

    def withdraw_all(self, gone: Sequence[Gone]) -> None:
        """Those of them that are here. A stream tells of everybody's deletions, so these are looked up
        together."""
        for one in self._known(gone):
            self.withdraw(one.source, one.external_id, one.because)

    def withdraw(self, source: str, external_id: str, because: str = DELETED) -> bool:
        """The post is gone (DELETED), or not public any more (HIDDEN): here too. Its row and its case stay.

        An everyday case that waits for somebody is dismissed when nothing is left in it to answer. Returns
        whether anything changed: a post that is not known, or gone already, changes nothing.
        """
        with self.office.db.reading() as session:
            found = session.execute(
                select(Mention.id, Mention.case_id).where(
                    Mention.source == storable(source)[:40],
                    Mention.external_id == storable(external_id)[:255],
                    Mention.gone_at.is_(None),
                )
            ).first()
        if found is None:
            return False
        number, case_id = found
        if case_id is None:
            changed = self.office.transact(lambda session: self._take_out(session, number, because, None))
        else:
            changed = self.office.change(
                case_id, lambda session, case, at: self._take_out(session, number, because, case)
            )
        if changed:
            log.info("post withdrawn", case=case_id, because=because)
        return changed

    # Helpers, in the order in which they are called.

    def _known(self, gone: Sequence[Gone]) -> list[Gone]:
        known: set[tuple[str, str]] = set()
        with self.office.db.reading() as session:
            for start in range(0, len(gone), _AT_ONCE):
                some = gone[start : start + _AT_ONCE]
                rows = select(Mention.source, Mention.external_id).where(
                    Mention.source.in_({_as_stored(one)[0] for one in some}),
                    Mention.external_id.in_([_as_stored(one)[1] for one in some]),
                    Mention.gone_at.is_(None),
                )
                known.update((source, external_id) for source, external_id in session.execute(rows))
        return [one for one in gone if _as_stored(one) in known]

    def _take_out(self, session: Session, number: int, because: str, case: Case | None) -> bool:
        mention, at = session.get_one(Mention, number, with_for_update=True), self.office.clock()
        was = Was.of(mention)
        if not mention.withdraw(because, at=at):
            return False
        keep_posts(session, [mention])
        forget(session, mention, was, case)
        if case is not None:
            self._settle(session, case, mention, at)
        return True

    @staticmethod
    def _may_be_dismissed(session: Session, case: Case) -> bool:
        """Nobody has it, it is an everyday one, and no others wait behind its card."""
        behind = exists().where(Case.like_id == case.id, Case.stage == WAITING, Case.behind)
        return case.stage == WAITING and case.severity < SEVERE and not session.scalar(select(behind))

    def _settle(self, session: Session, case: Case, mention: Mention, at: datetime) -> None:
        """The case without it: on record, on every message that shows the case, and told to its owner."""
        words = GONE_WORDS[mention.gone_because or DELETED]
        case.lost_a_post(words, at=at)
        left = any(each.gone_at is None for each in case.mentions)
        if not left:
            session.execute(delete(LikenessKey).where(LikenessKey.case_id == case.id))
        if not left and self._may_be_dismissed(session, case):
            case.dismiss(by=BOT, at=at, because="no_reply")
        elif case.owner is not None and case.is_open:
            more = "" if left else " It was all there was: if you are in touch in private, go on there."
            told = f"A post in your case {case.id} {words}, so its words are gone here too.{more}"
            self.office.tell(session, f"withdrawn:{mention.id}", case.owner, told)
        session.flush()
        show_again(session, messages_of(session, case), at)


def _as_stored(gone: Gone) -> tuple[str, str]:
    return storable(gone.source)[:40], storable(gone.external_id)[:255]
