"""What went before with a customer: their earlier cases, and what they last read from us."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.case import Case
from models.mention import Mention
from models.post import NO_NAME
from models.reply import POSTED, Reply


@dataclass(frozen=True)
class Before:
    """Earlier cases of one customer on one source, not counting the present one."""

    cases: int
    posts: int
    last: Case | None
    """The newest of those cases."""
    reply: str | None
    """Our last public words to them, in whichever case."""
    replied_at: datetime | None


def before(session: Session, case: Case) -> Before | None:
    """None when we know nothing: their first case, no reply yet, or nobody knows who they are."""
    if case.author == NO_NAME:
        return None
    theirs = (Case.source == case.source, Case.author == case.author)
    earlier = (*theirs, Case.id != case.id)
    last = session.scalar(select(Case).where(*earlier).order_by(Case.id.desc()).limit(1))
    reply = session.scalar(
        select(Reply)
        .join(Case, Case.id == Reply.case_id)
        .where(*theirs, Reply.state == POSTED)
        .order_by(Reply.posted_at.desc(), Reply.id.desc())
        .limit(1)
    )
    if last is None and reply is None:
        return None
    cases = session.scalar(select(func.count(Case.id)).where(*earlier)) or 0
    joined = select(func.count(Mention.id)).join(Case, Case.id == Mention.case_id)
    posts = session.scalar(joined.where(*earlier)) or 0
    return Before(cases, posts, last, reply.text if reply else None, reply.posted_at if reply else None)
