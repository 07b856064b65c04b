"""A post that its author changed is shown anew, marked as edited, and sifted again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.forgetting import Was, forget, messages_of
from bot.lessons.recording import opening_of
from bot.office import Office
from bot.placing import Placing, sifted
from bot.search.keeping import keep_posts
from bot.sift.sift import Sifter, Verdict
from config.sifting import Kind
from models.case import Case
from models.heap import LikenessKey
from models.lesson import Lesson
from models.mention import Mention
from models.moves import WAITING
from models.outbox import show_again
from models.post import Post, storable
from models.turns import take_turns_placing

log = structlog.get_logger()


@dataclass(frozen=True)
class Revising:
    """For sources that learn of a change, by asking or by being told."""

    office: Office
    sifter: Sifter

    def apart(self, posts: Sequence[Post]) -> list[Post]:
        """`posts` without the versions of what is known: later ones take its place, earlier ones are past.

        What is known under the same id and was not changed stays in the list.
        """
        past = {
            (post.source, one) for post in posts for one in post.versions[: _place(post, post.external_id)]
        }
        kept = []
        for post in posts:
            if (post.source, post.external_id) in past:
                continue
            known = None
            if post.edited_at is not None or len(post.versions) > 1:
                post = replace(post.storable(), versions=tuple(map(storable, post.versions)))
                known = self._known(post)
            if known is None or not (_is_later(post, known) or _is_earlier(post, known)):
                kept.append(post)
            elif _is_later(post, known):
                self._revise(known, post)
        return kept

    def edit(self, post: Post) -> bool:
        """The post says something else than what is stored of it, or of its earlier version. False: it does
        not, or nothing is stored of it."""
        known = self._known(post)
        if known is None or (known.text == post.text and not _is_later(post, known)):
            return False
        self._revise(known, post)
        return True

    # Helpers, in the order in which they are called.

    def _known(self, post: Post) -> Mention | None:
        ids = {storable(one)[:255] for one in (post.external_id, *post.versions)}
        with self.office.db.reading() as session:
            return session.scalar(
                select(Mention)
                .where(
                    Mention.source == storable(post.source)[:40],
                    Mention.external_id.in_(ids),
                    Mention.gone_at.is_(None),
                )
                .order_by(Mention.id)
                .limit(1)
            )

    def _revise(self, known: Mention, post: Post) -> None:
        post = post.storable()
        verdict = self.sifter.sift(post, earlier_language=known.language)
        number = known.id
        if known.case_id is None:
            self.office.transact(lambda session: self._aside(session, number, post, verdict))
        else:
            self.office.change(
                known.case_id, lambda session, case, at: self._in_case(session, case, number, post, verdict)
            )
        log.info("post edited", case=known.case_id)

    def _aside(self, session: Session, number: int, post: Post, verdict: Verdict) -> None:
        """It was set aside; as it is now, somebody may have to see it."""
        take_turns_placing(session)
        mention, at = session.get_one(Mention, number, with_for_update=True), self.office.clock()
        was = Was.of(mention, post.text)
        mention.edit(post, at=at)
        _write(mention, sifted(verdict))
        forget(session, mention, was, None)
        if mention.shown and mention.case_id is None:
            Placing(self.office, session, at, [mention]).show()

    def _in_case(self, session: Session, case: Case, number: int, post: Post, verdict: Verdict) -> None:
        """It stays in its case. What a person said of it holds; what it may give away does not."""
        mention, at = session.get_one(Mention, number, with_for_update=True), self.office.clock()
        was = Was.of(mention, post.text)
        mention.edit(post, at=at)
        keep_posts(session, [mention])
        taught = session.scalar(select(Lesson.id).where(Lesson.live == mention.id)) is not None
        half = sifted(_as_before(verdict, mention, words_too=taught))
        if taught:
            half.pop("ruled")
        _write(mention, half)
        if opening_of(case) is mention and not taught and case.stage == WAITING:
            case.kind, case.topic, case.language = mention.kind, mention.topic, mention.language
        forget(session, mention, was, case)
        session.execute(delete(LikenessKey).where(LikenessKey.case_id == case.id))
        case.post_changed(mention, at=at)
        self._tell(session, case, mention, at)

    def _tell(self, session: Session, case: Case, mention: Mention, at: datetime) -> None:
        if case.owner is not None and case.is_open:
            told = (
                f"A post in your case {case.id} was changed by its author: `/case {case.id}` shows it anew."
            )
            self.office.tell(session, f"edited:{mention.id}:{at.timestamp():.0f}", case.owner, told)
        session.flush()
        show_again(session, messages_of(session, case), at)


def _write(mention: Mention, half: dict[str, Any]) -> None:
    for name, value in half.items():
        setattr(mention, name, value)


def _as_before(verdict: Verdict, mention: Mention, *, words_too: bool) -> Verdict:
    """`verdict` with what an edit does not change: whose case it is, and (`words_too`) what a person said."""
    same = replace(verdict, shown=True, brand=mention.brand, queue=mention.queue)
    if not words_too:
        return same
    return replace(same, kind=cast(Kind, mention.kind), topic=mention.topic, language=mention.language)


def _is_later(post: Post, known: Mention) -> bool:
    if post.external_id != known.external_id:
        return _place(post, post.external_id) > _place(post, known.external_id)
    if post.edited_at is None or len(post.versions) > 1:
        return False
    return known.edited_at is None or post.edited_at > known.edited_at


def _is_earlier(post: Post, known: Mention) -> bool:
    if post.external_id == known.external_id:
        return False
    return _place(post, post.external_id) < _place(post, known.external_id)


def _place(post: Post, version: str) -> int:
    return post.versions.index(version) if version in post.versions else -1
