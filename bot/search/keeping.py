"""What is said in cases is in the index of words, and nothing else: kept in each change's transaction."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from bot.search.tokens import pieces_of
from models.event import Event
from models.mention import Mention
from models.words import NOTE_WORDS, POST_WORDS, keep

NOTE = "note"
"""The events whose words can be looked for."""


def keep_posts(session: Session, mentions: Iterable[Mention], *, new: bool = False) -> None:
    """As they are now; those that are gone, or in no case, have no words. `new`: stored just now."""
    keep(session, POST_WORDS, {mention.id: _words(mention) for mention in mentions}, new=new)


def keep_notes(session: Session, events: Iterable[Event]) -> None:
    """As they are now; of other events than notes nothing is kept."""
    notes = {event.id: pieces_of(event.why) for event in events if event.what == NOTE}
    keep(session, NOTE_WORDS, notes)


def _words(mention: Mention) -> list[str]:
    if mention.case_id is None or mention.gone_at is not None:
        return []
    return pieces_of(mention.text, mention.author, mention.author_name)
