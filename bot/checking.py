"""The reply check with what it wants to know of a case."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.reply_check.asks import asked_in_public
from bot.reply_check.check import Finding, check_reply
from bot.reply_check.reading import sentences
from bot.reply_check.us import Us
from bot.reply_check.words import words_for
from bot.sources.facebook_private import LONGEST as LONGEST_MESSAGE
from config.playbook import Playbook
from models.case import Case
from models.mention import Mention
from models.reply import POSTED, Reply

LAST = 10
"""Public replies that a draft is compared with."""
_NEVER = {"password", "card number"}


def check_draft(
    session: Session, case: Case, mention: Mention, text: str, by: str, playbook: Playbook
) -> Finding:
    """The findings on `text` as `by`'s reply to `mention`."""
    return check_reply(
        text,
        case.language,
        Us.of(playbook, case.brand),
        platform=mention.source,
        introduction_needed=is_first_contact(session, case, by),
        customer=[post.text for post in case.mentions if post.author == case.author],
        recent=_last_public_replies(session),
    )


@dataclass(frozen=True)
class PrivateFinding:
    """What stands against a private message, and what is to be thought about; one sentence each."""

    stops: list[str]
    advice: list[str]


def check_private(text: str, case: Case, playbook: Playbook, *, introduction_needed: bool) -> PrivateFinding:
    """The findings on a private message. What belongs in private may be asked for there; but nobody should
    type a password or a card's number anywhere."""
    language, us = case.language, Us.of(playbook, case.brand)
    finding = check_reply(text, language, us, introduction_needed=introduction_needed)
    stops = [problem.sentence for problem in finding.found if problem.key == "no_introduction"]
    for words in words_for(language):
        never = set(asked_in_public(sentences(text, words.abbreviations), words)) & _NEVER
        stops += [f"Ask nobody for their {name}, not even in private." for name in sorted(never)]
    if len(text) > LONGEST_MESSAGE:
        stops.append(f"A message has {LONGEST_MESSAGE:,} characters at most; this one has {len(text):,}.")
    public = ("no_reason_for_private", "template", "unanswered")
    advice = [one.sentence for one in finding.found if not one.stops and one.key not in public]
    return PrivateFinding(list(dict.fromkeys(stops)), advice)


def is_first_contact(session: Session, case: Case, by: str) -> bool:
    """Whether `by` has not said yet in this conversation who they are."""
    posted = select(Reply.id).where(Reply.case_id == case.id, Reply.by == by, Reply.state == POSTED)
    return session.scalar(posted.limit(1)) is None


def _last_public_replies(session: Session) -> list[str]:
    """Ours in any case, oldest first."""
    newest = select(Reply.text).where(Reply.state == POSTED).order_by(Reply.posted_at.desc(), Reply.id.desc())
    return list(reversed(session.scalars(newest.limit(LAST)).all()))
