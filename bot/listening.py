"""From source to case: fetch, sift, store, and the card's place in the outbox, in one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import unquote

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.blocks.text import escape
from bot.deadlines import customer_wrote, targets_from
from bot.office import Office
from bot.sift.personal_data import find_personal_data
from bot.sift.severity import EVERYDAY, NOTICED
from bot.sift.sift import Sifter, Verdict
from bot.sources import Batch, Busy, Source, SourceError
from bot.specialists import follow_up
from config.sifting import Kind
from models.case import Case
from models.errors import NotAllowed
from models.mention import Mention
from models.moves import OPEN
from models.people import named
from models.post import NO_NAME, Post, storable
from models.source_state import SourceState

log = structlog.get_logger()
SAME_AUTHOR = timedelta(hours=24)
"""How long a customer's later post about the same thing joins the open case."""
OFTEN, OFTEN_WITHIN = 3, timedelta(days=30)
"""Somebody who writes so often within that time deserves a second look."""
TELL_LEADS_AFTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Taken:
    """What became of a batch."""

    stored: int
    shown: int
    repeated: int


@dataclass(frozen=True)
class Logged:
    """What became of something that an employee logged: its case, and whether it was there before."""

    case: int
    known: bool
    """The very same thing was logged before."""
    joined: bool
    """The customer had an open case, which it joined."""


@dataclass(frozen=True)
class Listener:
    """Polls sources. One that fails leaves the others working."""

    office: Office
    sifter: Sifter

    def poll(self, source: Source) -> Taken | None:
        """Fetches once if the source may be asked now. None: not asked, or it failed (which is on record)."""
        now = self.office.clock()
        with self.office.db.reading() as session:
            state = session.get(SourceState, source.name)
            if state is not None and state.next_at is not None and state.next_at > now:
                return None
            cursor = state.cursor if state is not None else None
        try:
            batch = source.fetch(cursor)
        except Busy as busy:
            log.info("source asked to wait", source=source.name, until=busy.until.isoformat(), why=str(busy))
            self._wait(source, busy)
            return None
        except SourceError as error:
            self._failed(source, str(error))
            return None
        except Exception as error:  # whatever a source throws, the others must go on
            log.exception("source broke", source=source.name)
            self._failed(source, f"{type(error).__name__}: {error}")
            return None
        for note in batch.notes:
            log.warning("source note", source=source.name, note=note)
        try:
            return self.take(source.name, batch)
        except Exception as error:  # it would break each time: somebody must hear of it
            log.exception("batch not stored", source=source.name)
            self._failed(
                source, f"What it brought can't be stored ({type(error).__name__}); the log says more"
            )
            return None

    def take(self, name: str, batch: Batch) -> Taken:
        """Stores a batch with its cases, cards and cursor: all of it, or none."""
        # Before the transaction: on SQLite every claim waits until it ends.
        sifted = self._sift(self._without_data_in_names(post.storable()) for post in batch.posts)

        def work(session: Session) -> Taken:
            stores = (self._store(session, post, verdict, name) for post, verdict in sifted)
            stored = [mention for mention in stores if mention is not None]
            self._recovered(session, name, batch)
            shown = sum(m.case_id is not None for m in stored)
            return Taken(len(stored), shown, len(batch.posts) - len(stored))

        taken = self.office.transact(work)
        if taken.stored:
            log.info(
                "mentions stored",
                source=name,
                stored=taken.stored,
                shown=taken.shown,
                repeated=taken.repeated,
            )
        return taken

    def set_aside(self, limit: int = 10) -> list[Mention]:
        """The newest mentions that were set aside and not brought back."""
        with self.office.db.reading() as session:
            return list(
                session.scalars(
                    select(Mention).where(Mention.case_id.is_(None)).order_by(Mention.id.desc()).limit(limit)
                )
            )

    def bring_back(self, mention_id: int, *, by: str) -> int:
        """A mention that was set aside becomes a case after all. Returns its number; twice gives the same."""

        def work(session: Session) -> int:
            mention = session.get(Mention, mention_id, with_for_update=True)
            if mention is None:
                raise NotAllowed("This post is not there any more.")
            if mention.case_id is None:
                if mention.kind == "ad":
                    mention.kind = "other"
                mention.shown, mention.reason = (
                    True,
                    f"brought back by <@{by}>; was set aside: {mention.reason}",
                )
                self._open_or_join(session, mention, self.office.clock())
                session.flush()
            assert mention.case_id is not None  # noqa: S101  # it was just given one
            return mention.case_id

        return self.office.transact(work)

    def case_of(self, source: str, external_id: str) -> int | None:
        """The case that a mention became, when it is known."""
        with self.office.db.reading() as session:
            return session.scalar(
                select(Mention.case_id).where(Mention.source == source, Mention.external_id == external_id)
            )

    def log(self, post: Post, *, kind: Kind, language: str, queue: str, by: str) -> Logged:
        """What an employee heard becomes a mention with its case; they say what it is, not the sift.

        Logged twice, it is the same case. Raises NotAllowed.
        """
        if queue not in [known.name for known in self.office.playbook.queues]:
            raise NotAllowed("This queue is not in the playbook any more. Choose another one.")
        post = post.storable()
        verdict = replace(
            self.sifter.sift(post),
            shown=True,
            reason=f"logged by {named(by)}",
            kind=kind,
            language=language,
            queue=queue,
        )

        def work(session: Session) -> Logged:
            at = self.office.clock()
            mention = session.scalar(
                select(Mention)
                .where(Mention.source == post.source, Mention.external_id == post.external_id)
                .with_for_update()
            )
            known = mention is not None
            if mention is None:
                mention = Mention.from_post(post, stored_at=at)
                session.add(mention)
            if mention.case_id is None:
                _apply(mention, verdict)
                self._open_or_join(session, mention, at)
                session.flush()
            case = session.get_one(Case, mention.case_id)
            return Logged(case.id, known, joined=not known and len(case.mentions) > 1)

        return self.office.transact(work)

    # Helpers.

    def _sift(self, posts: Iterable[Post]) -> list[tuple[Post, Verdict]]:
        """The posts that are not stored yet, with their verdicts."""
        sifted: list[tuple[Post, Verdict]] = []
        spoken: dict[tuple[str, str], str] = {}
        with self.office.db.reading() as session:
            for post in posts:
                if self._is_known(session, post):
                    continue
                who = post.source, post.author
                earlier = spoken.get(who) or self._earlier_language(session, post)
                verdict = self.sifter.sift(post, earlier_language=earlier)
                if verdict.language != "unknown":
                    spoken[who] = verdict.language
                sifted.append((post, verdict))
        return sifted

    def _without_data_in_names(self, post: Post) -> Post:
        """A name or a link with personal data in it is dropped: part of it can't be withheld."""

        def clean(text: str | None) -> bool:
            regions = self.office.playbook.sift.phone_regions
            found = find_personal_data(text or "", order_pattern=None, phone_regions=regions)
            return not any(one.kind in ("phone number", "e-mail address") for one in found)

        return replace(
            post,
            author=post.author if clean(post.author) else NO_NAME,
            author_name=post.author_name if clean(post.author_name) else None,
            url=None if "@" in unquote(post.url or "").partition("?")[2] else post.url,
        )

    def _store(self, session: Session, post: Post, verdict: Verdict, heard_from: str) -> Mention | None:
        """The mention as a new row with its case, or None when it is there already."""
        if self._is_known(session, post):
            return None
        at = self.office.clock()
        mention = Mention.from_post(post, stored_at=at, heard_from=heard_from)
        _apply(mention, verdict)
        session.add(mention)
        theirs = self._case_of_conversation(session, mention)
        if not mention.shown and theirs is not None and theirs.author == mention.author:
            mention.shown, mention.reason = True, f"they wrote again in case {theirs.id}"
        if mention.shown:
            self._notice_who_writes_often(session, mention, at)
            self._open_or_join(session, mention, at)
        session.flush()
        return mention

    def _notice_who_writes_often(self, session: Session, mention: Mention, at: datetime) -> None:
        if mention.author == NO_NAME or mention.kind not in ("complaint", "question"):
            return
        times = session.scalar(
            select(func.count(Mention.id)).where(
                Mention.source == mention.source,
                Mention.author == mention.author,
                Mention.stored_at > at - OFTEN_WITHIN,
                Mention.shown,
            )
        )
        if times is not None and times >= OFTEN and mention.severity == EVERYDAY:
            mention.severity = NOTICED
            mention.reason = f"{mention.reason}; has written {times} times in {OFTEN_WITHIN.days} days"

    def _open_or_join(self, session: Session, mention: Mention, at: datetime) -> None:
        case = self._case_of_conversation(session, mention) or self._case_of_author(session, mention, at)
        queue = self.office.playbook.queue(mention.queue)
        respond_by, resolve_by = targets_from(session, queue, at)
        if case is not None:
            case.join(mention, at=at, respond_by=respond_by, resolve_by=resolve_by)
            if mention.author == case.author:
                customer_wrote(session, self.office.playbook, case, at=at)
            self._tell_who_is_on_it(session, case, mention)
        else:
            case = Case.open(mention, at=at, respond_by=respond_by, resolve_by=resolve_by)
            session.add(case)
            session.flush()
        self.office.redraw(session, case)

    def _tell_who_is_on_it(self, session: Session, case: Case, mention: Mention) -> None:
        """The owner, and the specialist in the thread of the message that they have of it."""
        session.flush()  # it gets its id
        who = "The customer" if mention.author == case.author else "Somebody else"
        words = f"{who} of case {case.id} wrote again"
        told = follow_up(self.office, session, case, f"joined{mention.id}", f"{words}: it stands above now.")
        if case.owner is not None and case.owner != told and case.is_open:
            shown = f"{words}. `/case {case.id}` shows it."
            self.office.tell(session, f"joined:{mention.id}", case.owner, shown)

    def _case_of_conversation(self, session: Session, mention: Mention) -> Case | None:
        """The newest case of the conversation. A closed one opens again for its customer only."""
        if not mention.conversation:
            return None
        case = session.scalar(
            select(Case)
            .where(Case.source == mention.source, Case.conversation == mention.conversation)
            .order_by(Case.id.desc())
            .limit(1)
            .with_for_update()
        )
        return case if case is None or case.is_open or case.author == mention.author else None

    def _case_of_author(self, session: Session, mention: Mention, at: datetime) -> Case | None:
        """An open case of the same author about the same thing; a post without a topic goes with any."""
        if mention.author == NO_NAME:
            return None  # two people whose names nobody asked are two people
        cases = session.scalars(
            select(Case)
            .where(
                Case.source == mention.source,
                Case.author == mention.author,
                Case.brand == mention.brand,
                Case.stage.in_(OPEN),
                Case.last_post_at >= at - SAME_AUTHOR,
            )
            .order_by(Case.id.desc())
            .with_for_update()
        )
        return next((c for c in cases if mention.topic in (None, c.topic)), None)

    def _is_known(self, session: Session, post: Post) -> bool:
        known = select(Mention.id).where(
            Mention.source == post.source[:40], Mention.external_id == post.external_id[:255]
        )
        return session.scalar(known) is not None

    def _earlier_language(self, session: Session, post: Post) -> str | None:
        return session.scalar(
            select(Mention.language)
            .where(
                Mention.source == post.source[:40],
                Mention.author == post.author[:200],
                Mention.language != "unknown",
            )
            .order_by(Mention.stored_at.desc())
            .limit(1)
        )

    def _recovered(self, session: Session, name: str, batch: Batch) -> None:
        state = session.get(SourceState, name) or SourceState(name=name)
        session.add(state)
        now = self.office.clock()
        if state.leads_told_at is not None and state.failing_since is not None:
            key = f"source-ok:{name}:{now.timestamp():.0f}"
            self.office.tell_leads(session, key, f":large_green_circle: {name} can be read again.")
        if batch.cursor is not None:
            state.cursor = batch.cursor
        state.last_ok_at, state.next_at = now, None
        state.failing_since = state.last_error = state.leads_told_at = None

    def _wait(self, source: Source, busy: Busy) -> None:
        def work(session: Session) -> None:
            state = session.get(SourceState, source.name) or SourceState(name=source.name)
            session.add(state)
            state.next_at = busy.until

        self.office.transact(work)

    def _failed(self, source: Source, why: str) -> None:
        """On record at once and in the log when it is new; in the leads' channel after 15 minutes."""

        why = storable(why)  # it may quote the far side

        def work(session: Session) -> bool:
            now = self.office.clock()
            state = session.get(SourceState, source.name) or SourceState(name=source.name)
            session.add(state)
            new = state.last_error != why
            state.last_error = why
            state.failing_since = state.failing_since or now
            if now - state.failing_since >= TELL_LEADS_AFTER and state.leads_told_at is None:
                state.leads_told_at = now
                key = f"source:{source.name}:{state.failing_since.timestamp():.0f}"
                since = int((now - state.failing_since).total_seconds() // 60)
                text = f":red_circle: {source.name} can't be read for {since} minutes. {escape(why)}"
                self.office.tell_leads(session, key, text)
            return new

        if self.office.transact(work):
            log.warning("source failing", source=source.name, why=why)


def _apply(mention: Mention, verdict: Verdict) -> None:
    mention.shown, mention.reason = verdict.shown, verdict.reason
    mention.language, mention.kind, mention.topic = verdict.language, verdict.kind, verdict.topic
    mention.brand, mention.queue = verdict.brand, verdict.queue
    mention.personal_data, mention.severity = list(verdict.personal_data), verdict.severity
