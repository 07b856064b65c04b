"""Which tools are told of which cases: those that sent us a mention of theirs and want to hear of it."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.playbook import Playbook
from models.case import Case
from models.mention import Mention
from models.outbox import CALLBACK, LATER, Message


def heard_from(name: str) -> str:
    """What mentions of the webhook `name` say of where they came from."""
    return f"webhook-{name}"


def channel_of(name: str) -> str:
    """The outbox's channel: each tool has a pace and a rest of its own."""
    return f"{CALLBACK}:{name}"


def callbacks(session: Session, playbook: Playbook, cases: Collection[Case]) -> list[Message]:
    """One message for each case and each tool; none, and no query, where no webhook has a callback."""
    names = {heard_from(one.name): one.name for one in playbook.sources.webhooks if one.callback}
    if not names or not cases:
        return []
    numbers = [case.id for case in cases]
    heard = select(Mention.case_id, Mention.heard_from).distinct()
    theirs = heard.where(Mention.case_id.in_(numbers), Mention.heard_from.in_(names))
    return [
        Message(f"{CALLBACK}:{number}:{names[by]}", CALLBACK, channel_of(names[by]), number, priority=LATER)
        for number, by in session.execute(theirs)
    ]
