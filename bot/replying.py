"""From a draft to a posted reply: check, then the way to post it, then the record."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.blocks.text import source_name
from bot.case_view import to_answer
from bot.checking import check_draft
from bot.drafts import ANY, Drafts
from bot.office import Office
from bot.overruling import Overruling
from bot.posting import Posting
from bot.reply_check.promising import promises_an_answer
from bot.reply_news import Seen, whats_new
from bot.reply_pictures import Checked, Opened, Pictures, Recorded
from models.case import Case
from models.errors import NoSuchCase, NotAllowed
from models.mention import DELETED, GONE_WORDS, Mention
from models.moves import CLAIMED
from models.reply import COMPANY, DRAFT, POSTED, READY, REFUSED, REPLACED, SENDING, UNKNOWN, Reply


@dataclass(frozen=True)
class Replies:
    """The reply to a customer, step by step."""

    office: Office
    posts_to: frozenset[str] = frozenset()
    """The platforms for whose API we have keys: "x", "facebook"."""

    def start(self, number: int, *, by: str) -> Opened:
        """The case, and what `by` left in it. Only its owner or a lead replies."""
        with self.office.db.reading() as session:
            case = self._theirs(session, number, by)
            self._must_be_there(to_answer(case.mentions, case.author))
            draft = self._drafts.newest(session, number, by)
            return self._pictures.opened(session, case, draft.text if draft else "", by, None)

    def glance(self, number: int, text: str, *, by: str, seen: Seen | None, over: int | None = ANY) -> Opened:
        """What the check says while somebody types. The draft is kept (`over`: see there), nothing else."""
        text = text.strip()
        self._drafts.keep_anyway(number, text, by, over=over)
        with self.office.db.reading() as session:
            case = self._theirs(session, number, by)
            mention = to_answer(case.mentions, case.author)
            finding = check_draft(session, case, mention, text, by, self.office.playbook)
            return self._pictures.opened(
                session, case, text, by, seen, stops=finding.stops, advice=finding.advice
            )

    def check(
        self,
        number: int,
        text: str,
        *,
        by: str,
        seen: Seen | None = None,
        why: str = "",
        known: Collection[int] = (),
    ) -> Checked:
        """Stores the draft and says what is wrong with it. Nothing is posted yet.

        `seen` is what the window showed of the case. `why` is a reason to post it nevertheless, against the
        stops that the window showed (`known`: their marks): a lead's counts at once, anybody else's goes to
        the leads.

        Raises NotAllowed while another reply of `by`'s is on its way or may be there, and when the case is
        not theirs any more; the draft is kept even then.
        """
        text = text.strip()
        if not text:
            raise NotAllowed("The reply is empty. Write what the customer should read.")

        def use(session: Session, case: Case, at: datetime) -> Checked:
            self._must_be_theirs(case, by)
            under_way = self._newest(session, number, by, (SENDING, UNKNOWN))
            if under_way is not None:
                raise NotAllowed(self._refusal(session, under_way))
            mention = to_answer(case.mentions, case.author)
            self._must_be_there(mention)
            self._must_be_new(session, mention, text, by)
            finding = check_draft(session, case, mention, text, by, self.office.playbook)
            reply = self._drafts.keep(session, number, mention, text, by, at)
            reply.advice, reply.error = finding.advice, None
            word = self.overruling.word_on(session, case, reply, finding.stops, by, at, why, known)
            stops = [] if word == "allowed" else finding.stops
            reply.state = DRAFT if stops else READY
            session.flush()
            return self._pictures.checked(session, case, reply, by, stops, seen, word)

        try:
            return self.office.change(number, use)
        except NotAllowed as no:
            self._drafts.keep_anyway(number, text, by)
            raise NotAllowed(f"{no} Your draft is kept:", kept=text) from None

    def post(self, reply_id: int, *, by: str, seen: Seen | None = None) -> Checked:
        """Sends a ready reply through the platform's API. A person pressed the button; it goes out once.

        When something happened since what the window had `seen`, nothing is sent: the answer has the news,
        and sending again with its `seen` goes on.
        """

        def use(session: Session, case: Case, at: datetime) -> Checked:
            reply = self._open_reply(session, case, reply_id, by)
            if reply.state != READY:
                raise NotAllowed(self._refusal(session, reply))
            self._must_be_theirs(case, by)
            mention = session.get_one(Mention, reply.mention_id)
            self._must_be_there(mention)
            if self._pictures.way(mention, None) != "api":
                raise NotAllowed(_BY_HAND.get(mention.source, "Post this one by hand."))
            checked = self._pictures.checked(session, case, reply, by, [], seen)
            if checked.news:
                return checked
            self._must_be_the_only_one(session, reply)
            self._posting.send(session, reply, mention, at)
            return self._pictures.checked(session, case, reply, by, [], None)

        return self.office.change(self._case_of(reply_id), use)

    def posted_by_hand(
        self, reply_id: int, *, by: str, url: str | None, account: str = COMPANY, seen: Seen | None = None
    ) -> Recorded:
        """A person posted it; `url` is where, if they say. Said twice, it counts once.

        It is out, so it is recorded whatever happened meanwhile; what did is in the answer.
        """
        if url is not None and not url.startswith(("https://", "http://")):
            raise NotAllowed("The link of your post should begin with https://.")

        def use(session: Session, case: Case, at: datetime) -> Recorded:
            reply = self._open_reply(session, case, reply_id, by)
            news = whats_new(session, case, seen, by)
            if reply.state in (READY, UNKNOWN, REFUSED, REPLACED):
                self._posting.record(session, case, reply, at, url, account)
            elif reply.state != POSTED:
                raise NotAllowed(self._refusal(session, reply))
            session.flush()
            promises = case.promised_for is None and promises_an_answer(reply.text, case.language)
            return Recorded(self.office.view(session, case), news, promises)

        return self.office.change(self._case_of(reply_id), use)

    def pending(self, number: int, *, by: str) -> Reply | None:
        """A reply of `by`'s that is on its way or whose outcome nobody knows."""
        with self.office.db.reading() as session:
            return self._newest(session, number, by, (SENDING, UNKNOWN))

    def not_posted(self, reply_id: int, *, by: str) -> None:
        """The employee looked: a reply of unknown outcome is not there, and can be sent again."""

        def use(session: Session, case: Case, at: datetime) -> None:
            reply = self._open_reply(session, case, reply_id, by)
            if reply.state == UNKNOWN:
                reply.state = REFUSED

        self.office.change(self._case_of(reply_id), use)

    # Helpers.

    @property
    def _drafts(self) -> Drafts:
        return Drafts(self.office)

    @property
    def _pictures(self) -> Pictures:
        return Pictures(self.office, self.posts_to)

    @property
    def _posting(self) -> Posting:
        return Posting(self.office)

    @property
    def overruling(self) -> Overruling:
        return Overruling(self.office)

    def _theirs(self, session: Session, number: int, by: str) -> Case:
        case = session.get(Case, number) if 0 < number < 2**31 else None
        if case is None:
            raise NoSuchCase(number)
        self._must_be_theirs(case, by)
        return case

    def _must_be_theirs(self, case: Case, by: str) -> None:
        if case.stage != CLAIMED:
            raise NotAllowed(f"Case {case.id} is {case.stage}. Claim it before you reply.")
        if case.owner != by and not self.office.person(by, case.brand).lead:
            raise NotAllowed(f"<@{case.owner}> has case {case.id}; only they or a lead reply in it.")

    @staticmethod
    def _must_be_there(mention: Mention) -> None:
        if mention.gone_at is not None:
            how = GONE_WORDS[mention.gone_because or DELETED]
            raise NotAllowed(f"The post {how}, so there is nothing left to reply to.")

    @staticmethod
    def _must_be_new(session: Session, mention: Mention, text: str, by: str) -> None:
        """A window submitted twice does not begin a second reply."""
        same = (Reply.mention_id == mention.id, Reply.by == by, Reply.text == text, Reply.state == POSTED)
        if session.scalar(select(Reply.id).where(*same).limit(1)) is not None:
            raise NotAllowed("You have posted this very reply already.")

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

    def _open_reply(self, session: Session, case: Case, reply_id: int, by: str) -> Reply:
        reply = session.get_one(Reply, reply_id)
        if reply.by != by and not self.office.person(by, case.brand).lead:
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

    def _refusal(self, session: Session, reply: Reply) -> str:
        place = source_name(session.get_one(Mention, reply.mention_id).source)
        return _STATES[reply.state].format(place=place)


_STATES = {
    DRAFT: "This reply has not passed the check yet. Open *Reply…* again.",
    READY: "This reply is ready to be posted.",
    SENDING: "This reply is on its way to {place} already.",
    POSTED: "This reply was posted already.",
    REFUSED: "{place} did not take this reply. Open *Reply…* again.",
    UNKNOWN: "Nobody knows yet whether this reply is on {place}: look there first.",
    REPLACED: "This draft was changed in another window. Open *Reply…* to see it as it is.",
}
_BY_HAND = {"x": "X takes replies from us only where we were mentioned. Post this one by hand."}
