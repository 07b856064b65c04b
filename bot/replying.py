"""From a draft to a posted reply: check, then the way to post it, then the record."""

import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.blocks.text import escape
from bot.case_view import CaseView, to_answer
from bot.office import Office
from bot.reply_check.check import Finding, check_reply
from bot.reply_check.us import Us
from bot.reply_links import Links, links_for
from models.case import Case
from models.errors import NotAllowed
from models.mention import Mention
from models.moves import CLAIMED
from models.outbox import URGENT, put
from models.reply import DRAFT, POSTED, READY, REFUSED, SENDING, UNKNOWN, Reply

Way = Literal["api", "link", "by hand"]


@dataclass(frozen=True)
class Checked:
    """A draft with what the check said of it, and where it can go."""

    view: CaseView
    reply: int
    text: str
    stops: list[str]
    advice: list[str]
    way: Way
    links: Links


@dataclass(frozen=True)
class Replies:
    """The reply to a customer, step by step."""

    office: Office
    can_post_to_x: bool = False

    def start(self, number: int, *, by: str) -> tuple[CaseView, str]:
        """The case and the draft that `by` left in it (empty: none). Only its owner or a lead replies."""

        with self.office.db.reading() as session:
            case = session.get(Case, number)
            self._must_be_theirs(case, by, number)
            assert case is not None  # noqa: S101  # the line above raised otherwise
            draft = self._newest(session, number, by, (DRAFT, READY, REFUSED))
            return self.office.view(session, case), draft.text if draft else ""

    def check(self, number: int, text: str, *, by: str) -> Checked:
        """Stores the draft and says what is wrong with it. Nothing is posted yet.

        Raises NotAllowed while another reply of `by`'s is on its way, or nobody knows whether it is there.
        """
        text = text.strip()
        if not text:
            raise NotAllowed("The reply is empty. Write what the customer should read.")

        def use(session: Session, case: Case, at: datetime) -> Checked:
            self._must_be_theirs(case, by, number)
            under_way = self._newest(session, number, by, (SENDING, UNKNOWN))
            if under_way is not None:
                raise NotAllowed(_STATES[under_way.state])
            mention = to_answer(case.mentions, case.author)
            finding = self._finding(session, case, mention, text, by)
            advice = [p for p in finding.problems if p not in finding.stops]
            reply = self._newest(session, number, by, (DRAFT, READY, REFUSED))
            if reply is None:
                reply = Reply(case_id=number, mention_id=mention.id, by=by, created_at=at)
                session.add(reply)
            reply.mention_id, reply.text, reply.advice, reply.error = mention.id, text, advice, None
            reply.state = DRAFT if finding.stops else READY
            session.flush()
            links = links_for(case, mention, text, self.office.playbook)
            return Checked(
                self.office.view(session, case),
                reply.id,
                text,
                finding.stops,
                advice,
                self._way(mention, links.post),
                links,
            )

        return self.office.change(number, use)

    def post(self, reply_id: int, *, by: str, shown: int | None = None) -> CaseView:
        """Sends a ready reply through X's API. A person pressed the button; it goes out once.

        `shown` is the `mark` of the text that the person saw: another window may have changed it since.
        """

        def use(session: Session, case: Case, at: datetime) -> CaseView:
            reply = self._open_reply(session, reply_id, by)
            if reply.state != READY:
                raise NotAllowed(_STATES[reply.state])
            if shown not in (None, mark(reply.text)):
                raise NotAllowed(
                    "This draft was changed in another window. Open *Reply…* to see it as it is."
                )
            self._must_be_theirs(case, by, case.id)
            self._must_be_the_only_one(session, reply)
            mention = session.get_one(Mention, reply.mention_id)
            if self._way(mention, None) != "api":
                raise NotAllowed(
                    "X takes replies from us only where we were mentioned. Post this one by hand."
                )
            reply.state = SENDING
            put(
                session,
                f"reply:{reply.id}",
                kind="x_reply",
                subject=reply.id,
                channel="x",
                at=at,
                priority=URGENT,
            )
            return self.office.view(session, case)

        return self.office.change(self._case_of(reply_id), use)

    def posted_by_hand(self, reply_id: int, *, by: str, url: str | None) -> CaseView:
        """A person posted it; `url` is where, if they say. Said twice, it counts once."""
        if url is not None and not url.startswith(("https://", "http://")):
            raise NotAllowed("The link of your post should begin with https://.")

        def use(session: Session, case: Case, at: datetime) -> CaseView:
            reply = self._open_reply(session, reply_id, by)
            if reply.state in (READY, UNKNOWN):
                self._record(session, case, reply, at, url)
            elif reply.state != POSTED:
                raise NotAllowed(_STATES[reply.state])
            session.flush()
            return self.office.view(session, case)

        return self.office.change(self._case_of(reply_id), use)

    # What delivery reports back about a reply sent through the API.

    def sent(self, reply_id: int, url: str) -> None:
        def use(session: Session, case: Case, at: datetime) -> None:
            reply = session.get_one(Reply, reply_id)
            if reply.state != POSTED:
                self._record(session, case, reply, at, url)
                self.office.tell(
                    session,
                    f"posted:{reply.id}",
                    reply.by,
                    f"Your reply in case {case.id} is on X: <{url}|open it>.",
                )

        self.office.change(self._case_of(reply_id), use)

    def failed(self, reply_id: int, *, why: str, posted_perhaps: bool) -> None:
        """X said no, or did not say: the employee is asked, and nothing is sent again by itself."""

        def use(session: Session, case: Case, at: datetime) -> None:
            reply = session.get_one(Reply, reply_id)
            if reply.state != SENDING:
                return
            reply.state, reply.error = (UNKNOWN if posted_perhaps else REFUSED), why
            if posted_perhaps:
                words = "may or may not be on X: please look, then open *Reply…* and say what you found"
            else:
                words = "was not taken by X; *Reply…* opens your draft again"
            self.office.tell(
                session,
                f"failed:{reply.id}:{at.timestamp():.0f}",
                reply.by,
                f"Your reply in case {case.id} {words}. ({escape(why)})",
            )

        self.office.change(self._case_of(reply_id), use)

    def pending(self, number: int, *, by: str) -> Reply | None:
        """A reply of `by`'s that is on its way or whose outcome nobody knows."""
        with self.office.db.reading() as session:
            return self._newest(session, number, by, (SENDING, UNKNOWN))

    def not_posted(self, reply_id: int, *, by: str) -> None:
        """The employee looked: a reply of unknown outcome is not there, and is a draft again."""

        def use(session: Session, case: Case, at: datetime) -> None:
            reply = self._open_reply(session, reply_id, by)
            if reply.state == UNKNOWN:
                reply.state = DRAFT

        self.office.change(self._case_of(reply_id), use)

    # Helpers.

    def _finding(self, session: Session, case: Case, mention: Mention, text: str, by: str) -> Finding:
        before = session.scalar(
            select(Reply.id).where(Reply.case_id == case.id, Reply.by == by, Reply.state == POSTED).limit(1)
        )
        us = Us.of(self.office.playbook)
        return check_reply(
            text, case.language, us, platform=mention.source, introduction_needed=before is None
        )

    def _record(self, session: Session, case: Case, reply: Reply, at: datetime, url: str | None) -> None:
        reply.state, reply.url, reply.posted_at = POSTED, url, at
        person = self.office.person(reply.by)
        case.answered(by=person, at=at, where=url or "by hand")
        mention = session.get_one(Mention, reply.mention_id)
        if self._finding(session, case, mention, reply.text, reply.by).invites_private:
            case.needs_private_data(by=person, at=at)

    def _way(self, mention: Mention, post_url: str | None) -> Way:
        if mention.source == "x" and mention.mentions_us and self.can_post_to_x:
            return "api"
        return "link" if post_url else "by hand"

    def _must_be_theirs(self, case: Case | None, by: str, number: int) -> None:
        if case is None:
            raise NotAllowed(f"There is no case {number}.")
        if case.stage != CLAIMED:
            raise NotAllowed(f"Case {case.id} is {case.stage}. Claim it before you reply.")
        if case.owner != by and not self.office.person(by).lead:
            raise NotAllowed(f"<@{case.owner}> has case {case.id}; only they or a lead reply in it.")

    def _must_be_the_only_one(self, session: Session, reply: Reply) -> None:
        """One post of a customer gets one reply through the API, whoever wrote it."""
        other = session.scalar(
            select(Reply.by).where(
                Reply.mention_id == reply.mention_id,
                Reply.id != reply.id,
                Reply.state.in_((SENDING, POSTED, UNKNOWN)),
            )
        )
        if other is not None:
            raise NotAllowed(f"<@{other}> has answered this post already. Look there before you post.")

    def _open_reply(self, session: Session, reply_id: int, by: str) -> Reply:
        reply = session.get_one(Reply, reply_id)
        if reply.by != by and not self.office.person(by).lead:
            raise NotAllowed(f"This is <@{reply.by}>'s reply; only they or a lead can send it.")
        return reply

    def _newest(self, session: Session, number: int, by: str, states: tuple[str, ...]) -> Reply | None:
        return session.scalar(
            select(Reply)
            .where(Reply.case_id == number, Reply.by == by, Reply.state.in_(states))
            .order_by(Reply.id.desc())
            .limit(1)
        )

    def _case_of(self, reply_id: int) -> int:
        with self.office.db.reading() as session:
            reply = session.get(Reply, reply_id) if 0 < reply_id < 2**31 else None
            if reply is None:
                raise NotAllowed("This reply is not there any more. Open *Reply…* again.")
            return reply.case_id


def mark(text: str) -> int:
    """A short mark by which two texts can be told apart."""
    return zlib.crc32(text.encode())


_STATES = {
    DRAFT: "This reply has not passed the check yet. Open *Reply…* again.",
    READY: "This reply is ready to be posted.",
    SENDING: "This reply is on its way to X already.",
    POSTED: "This reply was posted already.",
    REFUSED: "X did not take this reply. Open *Reply…* again.",
    UNKNOWN: "Nobody knows yet whether this reply is on X: look there first.",
}
