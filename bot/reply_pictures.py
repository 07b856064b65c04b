"""What the windows of a reply are drawn from: one frozen picture for each step."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy.orm import Session

from bot.case_view import CaseView, to_answer
from bot.checking import is_first_contact
from bot.customer_history import Before, before
from bot.drafts import Drafts
from bot.office import Office
from bot.overruling import Word
from bot.reply_links import Links, links_for
from bot.reply_news import News, Seen, whats_new
from bot.sources.facebook_reply import takes_replies
from models.case import Case
from models.mention import Mention
from models.reply import DRAFT, SENDING, Reply

Way = Literal["api", "link", "by hand"]


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What somebody needs who writes: the case, their draft, and what the check says of it."""

    view: CaseView
    text: str
    """The draft; empty: none yet."""
    stops: list[str]
    """None of them when a lead has overruled them."""
    advice: list[str]
    links: Links
    before: Before | None
    news: News
    """What happened since what the window before had shown: to be read first."""
    seen: Seen
    """What the window that is drawn from this will have shown."""
    first_contact: bool
    lead: bool
    """They may overrule the stops themselves."""
    ready: int | None
    """The open reply, when it is more than a draft: other windows may offer to post it."""


@dataclass(frozen=True, kw_only=True)
class Checked(Opened):
    """A stored draft, and where it can go."""

    reply: int
    way: Way
    asked: bool
    """A lead was asked to overrule the stops."""
    overruled: bool
    on_its_way: bool


@dataclass(frozen=True)
class Recorded:
    """A reply that somebody posted by hand, and what they should know now."""

    view: CaseView
    news: News
    promises: bool = False
    """It says that they will be back, and by when is not on record yet."""


@dataclass(frozen=True)
class Pictures:
    """Takes them, inside the transaction of the step."""

    office: Office
    posts_to: frozenset[str]

    def opened(
        self,
        session: Session,
        case: Case,
        text: str,
        by: str,
        seen: Seen | None,
        *,
        stops: Sequence[str] = (),
        advice: Sequence[str] = (),
    ) -> Opened:
        return Opened(**self._common(session, case, text, by, seen, stops, advice))

    def checked(
        self,
        session: Session,
        case: Case,
        reply: Reply,
        by: str,
        stops: Sequence[str],
        seen: Seen | None,
        word: Word = "none",
    ) -> Checked:
        common = self._common(session, case, reply.text, by, seen, stops, reply.advice)
        mention = session.get_one(Mention, reply.mention_id)
        return Checked(
            **common,
            reply=reply.id,
            way=self.way(mention, common["links"].post),
            asked=word == "asked",
            overruled=word == "allowed",
            on_its_way=reply.state == SENDING,
        )

    def way(self, mention: Mention, post_url: str | None) -> Way:
        """X takes replies by its API only where the author mentioned or quoted us; Facebook always."""
        takes = {"x": mention.mentions_us, "facebook": takes_replies(mention.external_id)}
        if takes.get(mention.source, False) and mention.source in self.posts_to:
            return "api"
        return "link" if post_url else "by hand"

    def _common(
        self,
        session: Session,
        case: Case,
        text: str,
        by: str,
        seen: Seen | None,
        stops: Sequence[str],
        advice: Sequence[str],
    ) -> dict[str, Any]:
        mention = to_answer(case.mentions, case.author)
        newest = Drafts(self.office).newest(session, case.id, by)
        return {
            "view": self.office.view(session, case),
            "text": text,
            "stops": list(stops),
            "advice": list(advice),
            "links": links_for(case, mention, text, self.office.playbook),
            "before": before(session, case),
            "news": whats_new(session, case, seen, by),
            "seen": Seen.now(session, case, by),
            "first_contact": is_first_contact(session, case, by),
            "lead": self.office.person(by, case.brand).lead,
            "ready": newest.id if newest is not None and newest.state != DRAFT else None,
        }
