"""Finding cases again: by customers' words, their names, and colleagues' notes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Row, func, or_, select, union
from sqlalchemy.orm import Session

from bot.case_view import CaseView
from bot.office import Office
from bot.search.keeping import NOTE
from bot.search.narrowing import narrow
from models.case import Case
from models.errors import NotAllowed
from models.event import Event
from models.mention import Mention

SHOWN = 15
MOST_WORDS = 10


@dataclass(frozen=True)
class Found:
    """The newest cases that have every one of `words`, and how many there are in all."""

    words: tuple[str, ...]
    views: list[CaseView]
    total: int
    more: bool = False
    """There are more than `total`: so many that not all were looked at."""

    def shown(self, view: CaseView) -> list[Mention]:
        """The newest post that has one of the words; else the newest."""
        having = [m for m in view.mentions if self._has(m.text, m.author, m.author_name)]
        return (having or view.mentions)[-1:]

    def noted(self, view: CaseView) -> str | None:
        """The newest note that has one of the words."""
        notes = [event.why for event in view.events if event.what == NOTE and self._has(event.why)]
        return notes[-1] if notes else None

    def _has(self, *texts: str | None) -> bool:
        return any(word.lower() in (text or "").lower() for word in self.words for text in texts)


def find(office: Office, asked: str) -> Found:
    """Cases with every word of `asked`, newest first. Raises NotAllowed when there is none to look for."""
    words = tuple(dict.fromkeys(asked.replace("\x00", " ").split()))
    if not words:
        raise NotAllowed("Write what to look for, as in `/case find leaking kettle`.")
    if len(words) > MOST_WORDS:
        raise NotAllowed(f"Look for {MOST_WORDS} words at most.")
    with office.db.reading() as session:
        narrowed = narrow(session, words)
        if narrowed is None:
            raise NotAllowed("Look for words, numbers or an emoji: such signs are in nearly every post.")
        found = _newest(session, words, narrowed.cases)
        cases = {
            case.id: case for case in session.scalars(select(Case).where(Case.id.in_([n for n, _ in found])))
        }
        views = [office.view(session, cases[number]) for number, _ in found]
        return Found(words, views, found[0][1] if found else 0, more=narrowed.more)


# Helpers.


def _newest(session: Session, words: Sequence[str], among: Collection[int] | None) -> Sequence[Row[int, int]]:
    """The numbers of the newest cases with all words, each with how many there are; `among`: of these."""
    if among is not None and not among:
        return []
    sqlite = session.get_bind().dialect.name == "sqlite"
    # Each word is looked for once, in all posts and notes: asking for each case whether it has it takes ten
    # times as long.
    having = [Case.id.in_(_cases_with(word, among, sqlite=sqlite)) for word in words]
    if among is not None:
        having.append(Case.id.in_(among))
    return session.execute(
        select(Case.id, func.count().over())
        .where(*having)
        .order_by(Case.last_post_at.desc(), Case.id.desc())
        .limit(SHOWN)
    ).all()


def _cases_with(word: str, among: Collection[int] | None, *, sqlite: bool) -> CompoundSelect[Any]:
    """The numbers of cases with `word` in one of their posts, their authors' names, or a note."""
    mentioned = or_(
        *(_in(c, word, sqlite=sqlite) for c in (Mention.text, Mention.author, Mention.author_name))
    )
    posts = select(Mention.case_id).where(Mention.case_id.is_not(None), mentioned)
    notes = select(Event.case_id).where(Event.what == NOTE, _in(Event.why, word, sqlite=sqlite))
    if among is None:
        return union(posts, notes)
    # Whether it is a note is asked of these cases' events: SQLite would rather go through all notes.
    is_note = func.coalesce(Event.what, "") == NOTE
    noted = select(Event.case_id).where(
        Event.case_id.in_(among), is_note, _in(Event.why, word, sqlite=sqlite)
    )
    return union(posts.where(Mention.case_id.in_(among)), noted)


def _in(column: Any, word: str, *, sqlite: bool) -> ColumnElement[bool]:
    # SQLite's LIKE is blind to the case of ASCII letters by itself; to lower each text first takes five times
    # as long.
    contains = column.contains if sqlite else column.icontains
    return or_(*(contains(form, autoescape=True) for form in _forms(word)))


def _forms(word: str) -> list[str]:
    """What to look for: SQLite's LIKE, and PostgreSQL's by its locale, do not know that Æ is æ."""
    if word.isascii():
        return [word]
    return list(dict.fromkeys([word, word.lower(), word.upper(), word.capitalize()]))
