"""What somebody removed on our Facebook page is gone here too, with what stood below it."""

from sqlalchemy import or_, select

from bot.office import Office
from bot.withdrawing import Withdrawing
from models.mention import HIDDEN, Mention

SOURCE = "facebook"


def remove(office: Office, number: str) -> int:
    """`number` is a comment's ("<post>_<comment>") or a post's ("<page>_<post>"). Returns how many mentions
    are gone with it: Facebook tells of a removed post or comment, not of each comment and reply below it."""
    below_post = f"{number.rpartition('_')[2]}_"
    with office.db.reading() as session:
        below = session.scalars(
            select(Mention.external_id)
            .where(
                Mention.source == SOURCE,
                Mention.external_id != number,
                Mention.gone_at.is_(None),
                or_(
                    Mention.conversation == number,
                    Mention.external_id.startswith(below_post, autoescape=True),
                ),
            )
            .order_by(Mention.id)
        ).all()
    withdrawing = Withdrawing(office)
    gone = int(withdrawing.withdraw(SOURCE, number))
    return gone + sum(withdrawing.withdraw(SOURCE, each, HIDDEN) for each in below)
