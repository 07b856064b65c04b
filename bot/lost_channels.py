"""Channels that were deleted, archived or closed to the bot: what belongs there is kept and tried again.

Leads are told by direct message, once a day for each channel; cases stay in `/case queue` and on Home.
"""

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from bot.office import Office
from bot.slack_errors import WORDS
from config.remits import Remit
from models.case import Case
from models.outbox import Outbox

LOST = tuple(WORDS[code] for code in ("channel_not_found", "not_in_channel", "is_archived"))
"""What Slack says, in our words, of a channel in which nothing can be posted."""


def tell_of_lost_channel(office: Office, session: Session, channel: str, why: str) -> None:
    """Each lead whose it is hears of it once a day, however many messages wait for the channel."""
    day = office.clock().date()
    for member, remit in office.playbook.remits.items():
        if remit.brands and channel not in _channels(office, remit):
            continue
        key = f"lost:{channel}:{day}:{member}"
        if session.scalar(select(Outbox.id).where(Outbox.key == f"notice:{key}")) is None:
            office.tell(
                session,
                key,
                member,
                f":warning: I can't post in #{channel}: {why}. Its cases are kept: `/case queue` and Home "
                "show them. They are posted as soon as I can post there, or the playbook names another "
                "channel. `python app.py doctor` says more.",
            )


def _channels(office: Office, remit: Remit) -> set[str]:
    """Those of a lead of single brands: queues, and the leads' own."""
    book = office.playbook
    return {
        *(book.queue(name).channel for name in remit.queues),
        *(book.of(brand).leads_channel for brand in remit.brands),
    }


def try_again(office: Office) -> int:
    """One message per lost channel is tried, and all of them once one went through. Returns how many.

    A card whose queue has another channel by now goes there.
    """

    def work(session: Session) -> int:
        now = office.clock()
        found = session.scalars(
            select(Outbox)
            .where(
                Outbox.parked_at.is_not(None),
                or_(Outbox.error.in_(LOST), Outbox.error.startswith("Slack refused card:")),
            )
            .with_for_update()
        )
        # Sorted here: to have them by number SQLite would read all that was ever sent.
        parked = sorted(found, key=lambda row: row.id)
        moved = [row for row in parked if _moves(office, session, row)]
        tried = list(moved)
        for channel in dict.fromkeys(row.channel for row in parked if row not in moved):
            waiting = [row for row in parked if row.channel == channel and row not in moved]
            sent = session.scalar(select(func.max(Outbox.sent_at)).where(Outbox.channel == channel))
            last = max(row.parked_at for row in waiting if row.parked_at is not None)
            tried += waiting if sent is not None and sent > last else waiting[:1]
        for row in tried:
            row.parked_at, row.error, row.attempts, row.due_at = None, None, 0, now
        return len(tried)

    return office.transact(work)


def _moves(office: Office, session: Session, row: Outbox) -> bool:
    """A card that belongs into another channel now is posted there, as a new message."""
    if row.kind != "card" or row.subject is None:
        return False
    channel = office.playbook.queue(session.get_one(Case, row.subject).queue).channel
    if channel == row.channel:
        return False
    row.channel, row.ts, row.slack_channel, row.unknown_since = channel, None, None, None
    return True
