"""What is there already that a batch of posts may belong to: looked up together, then kept in memory."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from bot.deadlines import targets_from
from bot.office import Office
from models.case import Case
from models.database import each_of
from models.mention import Mention
from models.moves import OPEN
from models.post import NO_NAME, Post

SAME_AUTHOR = timedelta(hours=24)
"""How long a customer's later post about the same thing joins the open case."""
BY_NAME = ("facebook",)
"""Platforms whose people have names and no handles: two of them may be called alike."""
OFTEN, OFTEN_WITHIN = 3, timedelta(days=30)
"""Somebody who writes so often within that time deserves a second look."""
_AT_ONCE = 500
"""Values in one statement: databases bound them."""
T = TypeVar("T", int, str)
Key = tuple[str, str]
"""A source, with what is unique there: a post's id, a conversation, an author."""


class Around:
    """The cases and authors around some mentions, for one transaction that places them one after the other.

    What a mention changes (a case opens, an author wrote once more) is seen by those after it. Cases are
    locked, in one order, so that two processes wait for each other rather than write over each other.
    """

    def __init__(self, office: Office, session: Session, at: datetime) -> None:
        self._office, self._session, self._at = office, session, at
        self._of_conversation: dict[Key, Case] = {}
        self._of_author: defaultdict[Key, list[Case]] = defaultdict(list)
        self._written: Counter[Key] = Counter()
        self._targets: dict[str, tuple[datetime, datetime]] = {}
        self._numbers: defaultdict[Case, set[str]] = defaultdict(set)
        """Who a case's author is by the platform's number, where names alone may be several people's."""

    def read(self, mentions: Collection[Mention]) -> None:
        """Looks up what concerns `mentions`, of which none is in a case yet."""
        ids = {*self._ids_by_conversation(mentions), *self._ids_by_author(mentions)}
        for some in _several(ids):
            for case in self._session.scalars(
                select(Case)
                .where(Case.id.in_(some))
                .order_by(Case.id)
                .options(selectinload(Case.events))
                .with_for_update()
            ):
                self.remember(case)
        self._tell_namesakes_apart(mentions)
        self._count_written(mentions)

    def case_of_conversation(self, mention: Mention) -> Case | None:
        """The newest case of the conversation. A closed one opens again for its customer only."""
        case = self._of_conversation.get((mention.source, mention.conversation or ""))
        return case if case is None or case.is_open or case.author == mention.author else None

    def case_of_author(self, mention: Mention) -> Case | None:
        """An open case of the same author about the same thing; a post without a topic goes with any."""
        since = self._at - SAME_AUTHOR
        return next(
            (
                case
                for case in reversed(self._of_author.get((mention.source, mention.author), ()))
                if case.is_open
                and case.last_post_at >= since
                and case.brand == mention.brand
                and mention.topic in (None, case.topic)
                and self._may_be_theirs(case, mention)
            ),
            None,
        )

    def remember(self, case: Case, opened_by: Mention | None = None) -> None:
        """A case that is there from now on, or is open again; the newest one last."""
        if opened_by is not None and opened_by.source in BY_NAME and opened_by.author_id is not None:
            self._numbers[case].add(opened_by.author_id)
        if case.conversation:
            self._of_conversation[case.source, case.conversation] = case
        theirs = self._of_author[case.source, case.author]
        if case.author != NO_NAME and case not in theirs:  # two people without a name are two people
            theirs.append(case)

    def wrote(self, mention: Mention) -> int:
        """One more post that is shown. Returns how many its author wrote lately, this one included."""
        self._written[mention.source, mention.author] += 1
        return self._written[mention.source, mention.author]

    def targets(self, queue: str) -> tuple[datetime, datetime]:
        """By when a case that begins now is to be answered, and solved."""
        if queue not in self._targets:
            self._targets[queue] = targets_from(self._session, self._office.playbook.queue(queue), self._at)
        return self._targets[queue]

    # Helpers, in the order in which they are called.

    def _may_be_theirs(self, case: Case, mention: Mention) -> bool:
        known = self._numbers.get(case)
        return not known or mention.author_id is None or mention.author_id in known

    def _ids_by_conversation(self, mentions: Iterable[Mention]) -> Iterator[int]:
        for source, some in _by_source((m.source, m.conversation) for m in mentions if m.conversation):
            yield from self._session.scalars(
                select(func.max(Case.id))
                .where(Case.source == source, Case.conversation.in_(some))
                .group_by(Case.conversation)
            )

    def _ids_by_author(self, mentions: Iterable[Mention]) -> Iterator[int]:
        named = ((m.source, m.author) for m in mentions if m.shown and m.author != NO_NAME)
        for source, some in _by_source(named):
            yield from self._session.scalars(
                select(Case.id).where(
                    Case.source == source,
                    Case.author.in_(some),
                    Case.stage.in_(OPEN),
                    Case.last_post_at >= self._at - SAME_AUTHOR,
                )
            )

    def _tell_namesakes_apart(self, mentions: Iterable[Mention]) -> None:
        named = {m.author for m in mentions if m.source in BY_NAME}
        cases = {c.id: c for (_, name), found in self._of_author.items() if name in named for c in found}
        for some in _several(cases):
            rows = self._session.execute(
                select(Mention.case_id, Mention.author_id)
                .join(Case, Case.id == Mention.case_id)
                .where(
                    Mention.case_id.in_(some),
                    Mention.source.in_(BY_NAME),
                    Mention.author == Case.author,
                    Mention.author_id.is_not(None),
                )
            )
            for number, author_id in rows:
                if number is not None and author_id is not None:
                    self._numbers[cases[number]].add(author_id)

    def _count_written(self, mentions: Iterable[Mention]) -> None:
        for source, some in _by_source((m.source, m.author) for m in mentions if m.author != NO_NAME):
            rows = self._session.execute(
                select(Mention.author, func.count(Mention.id))
                .where(
                    Mention.source == source,
                    Mention.author.in_(some),
                    Mention.stored_at > self._at - OFTEN_WITHIN,
                    Mention.shown,
                )
                .group_by(Mention.author)
            )
            self._written.update({(source, author): times for author, times in rows})


def known_among(session: Session, posts: Iterable[Post]) -> set[Key]:
    """The (source, external_id) of those of the posts that are stored already."""
    known: set[Key] = set()
    for source, some in _by_source(key_of(post) for post in posts):
        found = select(Mention.external_id).where(Mention.source == source, Mention.external_id.in_(some))
        known.update((source, external_id) for external_id in session.scalars(found))
    return known


def key_of(post: Post) -> Key:
    """What a post is unique by, as long as a row holds it."""
    return post.source[:40], post.external_id[:255]


def author_of(post: Post) -> Key:
    """Who wrote it, as long as a row holds it."""
    return post.source[:40], post.author[:200]


def earlier_languages(session: Session, posts: Iterable[Post]) -> dict[Key, str]:
    """The language of each author's newest post, where one is known."""
    spoken: dict[Key, str] = {}
    for source, some in _by_source(author_of(post) for post in posts if post.author != NO_NAME):
        # One look into the index for each of them, however much they have written.
        author = each_of(session, some)
        newest = (
            select(Mention.language)
            .where(
                Mention.source == source,
                Mention.author == author,
                Mention.language != "unknown",
            )
            .order_by(Mention.stored_at.desc())
            .limit(1)
            .scalar_subquery()
        )
        rows = session.execute(select(author, newest))
        spoken.update({(source, author): language for author, language in rows if language is not None})
    return spoken


def _by_source(keys: Iterable[Key]) -> Iterator[tuple[str, list[str]]]:
    """Each source with a bounded number of the values that were found with it, each of them once."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for source, value in keys:
        found[source].add(value)
    for source, all_of_them in sorted(found.items()):
        for some in _several(all_of_them):
            yield source, some


def _several(all_of_them: Collection[T]) -> Iterator[list[T]]:
    in_order = sorted(all_of_them)
    for start in range(0, len(in_order), _AT_ONCE):
        yield in_order[start : start + _AT_ONCE]
