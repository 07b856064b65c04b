"""The reply check with what it wants to know of a case."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.reply_check.check import Finding, check_reply
from bot.reply_check.us import Us
from config.playbook import Playbook
from models.case import Case
from models.mention import Mention
from models.reply import POSTED, Reply

LAST = 10
"""Public replies that a draft is compared with."""


def check_draft(
    session: Session, case: Case, mention: Mention, text: str, by: str, playbook: Playbook
) -> Finding:
    """The findings on `text` as `by`'s reply to `mention`."""
    return check_reply(
        text,
        case.language,
        Us.of(playbook),
        platform=mention.source,
        introduction_needed=is_first_contact(session, case, by),
        customer=[post.text for post in case.mentions if post.author == case.author],
        recent=_last_public_replies(session),
    )


def is_first_contact(session: Session, case: Case, by: str) -> bool:
    """Whether `by` has not said yet in this conversation who they are."""
    posted = select(Reply.id).where(Reply.case_id == case.id, Reply.by == by, Reply.state == POSTED)
    return session.scalar(posted.limit(1)) is None


def _last_public_replies(session: Session) -> list[str]:
    """Ours in any case, oldest first."""
    newest = select(Reply.text).where(Reply.state == POSTED).order_by(Reply.posted_at.desc(), Reply.id.desc())
    return list(reversed(session.scalars(newest.limit(LAST)).all()))
