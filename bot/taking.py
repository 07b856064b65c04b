"""A batch of posts becomes mentions: sifted, then stored with cases, cards and the source's cursor."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

import structlog
from sqlalchemy.orm import Session

from bot.around import author_of, earlier_languages, key_of, known_among
from bot.lessons.refining import Refining
from bot.names import without_data_in_names
from bot.office import Office
from bot.placing import Placing, sifted
from bot.revising import Revising
from bot.same_post import SamePosts
from bot.sift.sift import Sifter, Verdict
from bot.source_health import was_read
from bot.sources import Batch
from bot.withdrawing import Withdrawing
from models.mention import Mention
from models.post import NO_NAME, Post
from models.turns import take_turns_placing

log = structlog.get_logger()
AT_ONCE = 250
"""Posts in one transaction: on SQLite every claim waits until it ends."""
Sifted = tuple[Post, Verdict]


@dataclass(frozen=True)
class Taken:
    """What became of a batch."""

    stored: int
    shown: int
    repeated: int

    def __add__(self, more: "Taken") -> "Taken":
        return Taken(self.stored + more.stored, self.shown + more.shown, self.repeated + more.repeated)


@dataclass(frozen=True)
class Taking:
    """Takes in what sources bring."""

    office: Office
    sifter: Sifter

    @cached_property
    def learned(self) -> Refining:
        """What the team's corrections taught, beside the rules."""
        return Refining(self.office)

    def take(self, name: str, batch: Batch) -> Taken:
        """Stores a batch with its cases, cards and cursor, `name`'s.

        Up to `AT_ONCE` posts are stored with the cursor, or nothing is. A longer batch is stored in parts,
        and the cursor with the last of them: after a crash in between, what is stored comes again and is
        known.
        """
        batch = self._without_what_changed(batch)
        taken = Taken(0, 0, 0)
        for start in range(0, max(len(batch.posts), 1), AT_ONCE):
            part = batch.posts[start : start + AT_ONCE]
            taken += self._take(name, part, batch if start + AT_ONCE >= len(batch.posts) else None)
        set_aside = taken.stored - taken.shown
        self.office.metrics.took_in(name, shown=taken.shown, set_aside=set_aside, repeated=taken.repeated)
        if taken.stored:
            log.info(
                "mentions stored",
                source=name,
                stored=taken.stored,
                shown=taken.shown,
                repeated=taken.repeated,
            )
        return taken

    # Helpers, in the order in which they are called.

    def _without_what_changed(self, batch: Batch) -> Batch:
        """Deleted posts and new versions of known ones, each in a transaction of its own: before the cursor
        moves, as done twice they change nothing."""
        gone = {(one.source, one.external_id) for one in batch.gone}
        posts = [post for post in batch.posts if (post.source, post.external_id) not in gone]
        Withdrawing(self.office).withdraw_all(batch.gone)
        return replace(batch, posts=Revising(self.office, self.sifter).apart(posts))

    def _take(self, name: str, posts: Sequence[Post], end_of: Batch | None) -> Taken:
        # Before the transaction: on SQLite every claim waits until it ends.
        regions = self.office.playbook.sift.phone_regions
        verdicts = self._sift([without_data_in_names(post.storable(), regions) for post in posts])

        placed: list[Mention] = []

        def work(session: Session) -> Taken:
            at = self.office.clock()
            take_turns_placing(session)
            known = known_among(session, (post for post, _ in verdicts))
            rows = []
            for post, verdict in verdicts:
                if key_of(post) not in known:
                    known.add(key_of(post))
                    rows.append(Mention.from_post(post, stored_at=at, heard_from=name, **sifted(verdict)))
            fresh = _heard_first(session, rows, at)
            Placing(self.office, session, at, fresh).decide()
            if end_of is not None:
                was_read(self.office, session, name, end_of)
            placed[:] = fresh
            shown = sum(mention.shown for mention in fresh)
            return Taken(len(fresh), shown, len(posts) - len(fresh))

        taken = self.office.transact(work)
        for mention in placed:
            log.info(
                "mention placed",
                mention=mention.id,
                case=mention.case_id,
                heard_from=name,
                shown=mention.shown,
            )
        return taken

    def _sift(self, posts: Sequence[Post]) -> list[Sifted]:
        """The posts that are not stored yet, with their verdicts."""
        with self.office.db.reading() as session:
            known = known_among(session, posts)
            fresh = [post for post in posts if key_of(post) not in known]
            spoken = earlier_languages(session, fresh)
        verdicts = []
        for post in fresh:
            verdict = self.sifter.sift(post, earlier_language=spoken.get(author_of(post)))
            if verdict.language != "unknown" and post.author != NO_NAME:
                spoken[author_of(post)] = verdict.language
            verdicts.append((post, verdict))
        return self.learned.refine(verdicts)


def _heard_first(session: Session, mentions: Sequence[Mention], at: datetime) -> list[Mention]:
    """Without those that came from another source already, which may learn from them."""
    same, fresh = SamePosts(session, at, mentions), []
    for mention in mentions:
        if (known := same.of(mention)) is not None:
            same.learn(known, mention)
        else:
            fresh.append(mention)
    return fresh
