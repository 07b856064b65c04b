"""Finding cases again: by customers' words, their names, and colleagues' notes."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from bot.case_view import CaseView
from bot.office import Office
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

    def shown(self, view: CaseView) -> list[Mention]:
        """The newest post that has one of the words; else the newest."""
        having = [m for m in view.mentions if self._has(m.text, m.author, m.author_name)]
        return (having or view.mentions)[-1:]

    def noted(self, view: CaseView) -> str | None:
        """The newest note that has one of the words."""
        notes = [event.why for event in view.events if event.what == "note" and self._has(event.why)]
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
    having = [_has(word) for word in words]
    with office.db.reading() as session:
        total = session.scalar(select(func.count()).select_from(Case).where(*having)) or 0
        cases = session.scalars(
            select(Case).where(*having).order_by(Case.last_post_at.desc(), Case.id.desc()).limit(SHOWN)
        ).all()
        return Found(words, [office.view(session, case) for case in cases], total)


def _has(word: str) -> ColumnElement[bool]:
    """The case has `word` in one of its posts, their authors' names, or a note."""
    mentioned = or_(*(_in(c, word) for c in (Mention.text, Mention.author, Mention.author_name)))
    noted = select(Event.id).where(Event.case_id == Case.id, Event.what == "note", _in(Event.why, word))
    return or_(select(Mention.id).where(Mention.case_id == Case.id, mentioned).exists(), noted.exists())


def _in(column: Any, word: str) -> ColumnElement[bool]:
    # SQLite's LIKE (and PostgreSQL's, by its locale) knows the cases of ASCII only: Æ is not æ to it.
    return or_(*(column.icontains(form, autoescape=True) for form in _forms(word)))


def _forms(word: str) -> list[str]:
    return list(dict.fromkeys([word, word.lower(), word.upper(), word.capitalize()]))
