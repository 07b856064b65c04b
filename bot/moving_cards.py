"""A case's card goes to another channel; where it stood, a note says where it is now."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.blocks.text import Block, escape, person, section
from bot.office import Office
from models.case import Case
from models.outbox import URGENT, Outbox

MOVED = "moved"
"""The kind of an outbox row that was a card once."""


def move_card(office: Office, session: Session, case: Case, *, by: str) -> None:
    """Called when the case has its new queue, before its card is drawn anew."""
    case.come_forward()  # what stood for it may be in another channel
    key, channel = card_key(case.id), office.playbook.queue(case.queue).channel
    row = session.scalar(select(Outbox).where(Outbox.key == key).with_for_update())
    if row is None or row.channel == channel:
        return  # the card will be posted where it belongs
    if row.ts is None and row.unknown_since is None:  # never posted
        row.channel, row.parked_at, row.error, row.due_at = channel, None, None, office.clock()
        return
    # It is posted, or on its way: the row stays with it, so that whatever became of it is made a note.
    row.key, row.kind, row.payload = f"{MOVED}:{case.id}:{row.id}", MOVED, {"to": channel, "by": by}
    row.version, row.priority = Outbox.version + 1, URGENT
    if row.parked_at is None:
        row.due_at = row.due_at or office.clock()
    session.flush()  # the card's key is free for its new row


def card_key(number: int) -> str:
    """The outbox key of a case's card."""
    return f"card:{number}"


def moved_note(number: int, payload: dict[str, Any]) -> tuple[str, list[Block]]:
    """What stands in a card's place. Its block id begins as the card's did, by which it is found."""
    to = escape(str(payload["to"]))
    words = f":arrow_right: *Case {number}* is in #{to} now: {person(str(payload['by']))} said what it is."
    return f"Case {number} is in #{to} now", [section(f"{card_key(number)}|moved", words)]


def block_ids_begin_with(kind: str, key: str, subject: int | None) -> str:
    """By what a message in Slack is found: its key, or of a note the card's that it was."""
    return card_key(subject or 0) if kind == MOVED else key
