"""Which cases a search has to look at: by the index of words, a thousand or two at most."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from bot.search.tokens import Piece, asked_for
from models.event import Event
from models.mention import Mention
from models.words import NOTE_WORDS, POST_WORDS, Unfilled, newest

LOOKED_AT = 1_000
"""Posts that are looked at for one search, and as many notes."""


@dataclass(frozen=True)
class Narrowed:
    """Only `cases` need to be looked at; None: all, as not everything is in the index yet. `more`: there are
    others with these words, which came earlier."""

    cases: frozenset[int] | None
    more: bool = False


def narrow(session: Session, words: Sequence[str]) -> Narrowed | None:
    """None when `words` have nothing in them that could be looked for.

    The words may stand in several posts and notes of a case, so any one that is not too common leads to it;
    long ones are tried first. Where each is in more than LOOKED_AT posts, the newest that have the rarest
    count, and the newest that have all words.
    """
    asked = [pieces for word in words if (pieces := asked_for(word))]
    if not asked:
        return None
    if session.scalar(select(Unfilled.name).limit(1)) is not None:
        return Narrowed(None)
    having = []
    for pieces in sorted(asked, key=_length, reverse=True):
        having.append(_Rows.with_(session, pieces))
        if not having[-1].more:
            return Narrowed(having[-1].cases(session))
    rarest = min(having, key=lambda rows: rows.count)
    if len(asked) == 1:
        return Narrowed(rarest.cases(session), more=True)
    together = _Rows.with_(session, list(dict.fromkeys(piece for pieces in asked for piece in pieces)))
    return Narrowed(rarest.cases(session) | together.cases(session), more=True)


@dataclass(frozen=True)
class _Rows:
    """The newest posts and notes that have something in them."""

    posts: list[int]
    notes: list[int]

    @classmethod
    def with_(cls, session: Session, pieces: Sequence[Piece]) -> "_Rows":
        def rows(table: Table) -> list[int]:
            return newest(session, table, pieces, LOOKED_AT)

        return cls(rows(POST_WORDS), rows(NOTE_WORDS))

    @property
    def count(self) -> int:
        return len(self.posts) + len(self.notes)

    @property
    def more(self) -> bool:
        return LOOKED_AT in (len(self.posts), len(self.notes))

    def cases(self, session: Session) -> frozenset[int]:
        posts = select(Mention.case_id).where(Mention.id.in_(self.posts), Mention.case_id.is_not(None))
        notes = select(Event.case_id).where(Event.id.in_(self.notes))
        return frozenset(number for which in (posts, notes) for number in session.scalars(which) if number)


def _length(pieces: Sequence[Piece]) -> int:
    return sum(len(piece.text) for piece in pieces)
