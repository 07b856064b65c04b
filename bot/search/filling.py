"""Posts and notes that a program without an index of words stored get into it, bit by bit."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from bot.office import Office
from bot.search.keeping import NOTE, keep_notes, keep_posts
from models.event import Event
from models.mention import Mention
from models.words import NOTE_WORDS, POST_WORDS, Unfilled

SPANS = {Mention.__tablename__: 250, Event.__tablename__: 5_000}
"""Numbers in one transaction, as on SQLite everybody else who writes waits until it ends. Few events are
notes."""
IN_A_RUN = 40
"""Transactions, a second or so."""
LATELY = timedelta(days=1)
AT_ONCE = 500


@dataclass(frozen=True)
class Filling:
    """Both jobs may run twice: a row that is in the index is put there anew."""

    office: Office

    def fill(self) -> int:
        """Some of what was stored before there was an index, the newest first; how many transactions."""
        with self.office.db.reading() as session:  # nearly always there is nothing to do: nobody waits for us
            if session.scalar(select(Unfilled.name).limit(1)) is None:
                return 0
        for done in range(IN_A_RUN):
            if not self.office.transact(self._go_down):
                return done
        return IN_A_RUN

    def catch_up(self) -> int:
        """What an older program stored lately, as it ran beside this one; how many rows."""
        posts, notes = self._missing()
        with self.office.db.reading() as session:
            if not session.scalars(posts.limit(1)).all() and not session.scalars(notes.limit(1)).all():
                return 0
        return self.office.transact(lambda session: self._keep(session, posts, notes))

    # Helpers.

    @staticmethod
    def _go_down(session: Session) -> bool:
        which = select(Unfilled).order_by(Unfilled.name.desc()).limit(1)
        left = session.scalar(which.with_for_update())
        if left is None:
            return False
        span = range(max(0, left.below - SPANS[left.name]), left.below)
        if left.name == Mention.__tablename__:
            posts = select(Mention).where(Mention.id.between(span.start, span.stop - 1), _IS_SAID)
            keep_posts(session, session.scalars(posts.with_for_update()))
        else:
            notes = select(Event).where(Event.id.between(span.start, span.stop - 1), Event.what == NOTE)
            keep_notes(session, session.scalars(notes.with_for_update()))
        left.below = span.start
        if left.below == 0:
            session.delete(left)
        return True

    def _missing(self) -> tuple[Select[Mention], Select[Event]]:
        """The posts and notes of late that are not in the index."""
        since = self.office.clock() - LATELY
        known = exists().where(POST_WORDS.c.rowid == Mention.id)
        posts = select(Mention).where(Mention.stored_at > since, _IS_SAID, ~known).limit(AT_ONCE)
        known = exists().where(NOTE_WORDS.c.rowid == Event.id)
        notes = select(Event).where(Event.what == NOTE, Event.at > since, ~known).limit(AT_ONCE)
        return posts, notes

    @staticmethod
    def _keep(session: Session, posts: Select[Mention], notes: Select[Event]) -> int:
        said, noted = session.scalars(posts).all(), session.scalars(notes).all()
        keep_posts(session, said)
        keep_notes(session, noted)
        return len(said) + len(noted)


_IS_SAID = Mention.case_id.is_not(None) & Mention.gone_at.is_(None)
