"""Where new cases go that are not alone: behind the first of their story, or into a heap.

What is severe always has a card of its own, and a complaint is never behind anything milder: nobody buries
one under copies of something else.
"""

import functools
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session, load_only

from bot.office import Office
from bot.stories.likeness import Likeness, alike, likeness
from bot.stories.room import Room
from models.case import SEVERE, Case
from models.heap import LikenessKey, Repost
from models.mention import Mention
from models.outbox import Outbox
from models.people import BOT

A_REPOST = "a repost"
"""The sift's reason for setting one aside."""
COMMON = 20
"""A key of more cases than this says nothing: a phrase that everybody uses."""
LOOKED_AT = 4
"""Cases with the most keys in common that are compared word by word."""
RANKS = {"complaint": 2, "question": 1}
_AT_ONCE = 500
_COMPARED = load_only(
    Case.brand, Case.queue, Case.kind, Case.topic, Case.source, Case.author, Case.stage, Case.severity,
    Case.like_id, Case.behind, Case.heap_id,
)  # fmt: skip
"""What is looked at of a case that a new one may be like: to load all of it takes twice as long."""


class Grouping:
    """For one transaction that opens cases, which have their numbers already and are written later."""

    def __init__(self, office: Office, session: Session, at: datetime) -> None:
        self._office, self._session, self._at = office, session, at
        self._groups = office.playbook.groups
        self._room = Room(office, session, at)
        self._by_key: defaultdict[int, set[int]] = defaultdict(set)
        self._cases: dict[int, Case] = {}
        self._made: dict[int, Likeness | None] = {}
        self._words: dict[int, tuple[str, list[str]]] = {}
        self._first: dict[int, Case] = {}
        """Of each copy the first case of its story."""
        self._here: dict[tuple[str, str], Case] = {}
        """Cases of posts that come in just now."""
        self._rows: list[dict[str, Any]] = []
        self._reposts: list[Repost] = []
        self.reposted: dict[int, Case] = {}
        """Cases whose cards count a repost more."""

    def place(
        self,
        placed: Iterable[tuple[Mention, Case]],
        opened: Sequence[Case],
        joined: Iterable[Case] = (),
        mentions: Iterable[Mention] = (),
    ) -> None:
        """Decides who stands behind whom. `placed` is who came into which case just now; `joined` had one
        more post; `mentions` may be reposts."""
        self._here = {(mention.source, mention.external_id): case for mention, case in placed}
        if self._groups.alike:
            self._find_stories(opened)
        if self._groups.most_waiting_cards:
            self._make_room(opened)
        for case in dict.fromkeys(joined):
            if case.behind:
                self._come_forward(case)
        self._count_reposts([m for m in mentions if m.case_id is None and m.reason == A_REPOST])

    def write(self) -> None:
        """What later posts are compared with, once cases and mentions are written."""
        if self._rows:
            self._session.execute(insert(LikenessKey), self._rows)
        self._session.add_all(self._reposts)

    # Stories.

    def _find_stories(self, opened: Sequence[Case]) -> None:
        for case in opened:
            self._cases[case.id] = case
            self._made[case.id] = likeness(case.mentions[0].text, case.mentions[0].personal_data)
        self._read_known([made for case in opened if (made := self._made[case.id])])
        quoted = self._cases_of([case.mentions[0] for case in opened])
        new: list[Case] = []
        for case in opened:
            first = self._quoted_by(case, quoted) or self._like(case)
            if first is not None and first.is_open:
                case.tells_of(first)
                case.behind = case.severity < SEVERE
                self._first[case.id] = first
                continue
            if first is not None:
                case.goes_on_with(first, by=BOT, at=self._at)
            new.append(case)
            for key in self._keys(case):
                self._by_key[key].add(case.id)
        self._rows = [
            {"case_id": case.id, "key": key, "at": self._at} for case in new for key in self._keys(case)
        ]

    def _keys(self, case: Case) -> Sequence[int]:
        made = self._made[case.id]
        return made.keys if made else ()

    def _read_known(self, several: Sequence[Likeness]) -> None:
        """Those cases of the last days that share the most keys with each of the new posts."""
        since = self._at - self._groups.within
        known: set[int] = set()
        for some in _several({key for made in several for key in made.keys}):
            counted = (
                select(LikenessKey.key)
                .where(LikenessKey.key.in_(some), LikenessKey.at > since)
                .group_by(LikenessKey.key)
                .having(func.count() <= COMMON)
            )
            telling = self._session.scalars(counted).all()
            found = select(LikenessKey.key, LikenessKey.case_id).where(
                LikenessKey.key.in_(telling), LikenessKey.at > since
            )
            for key, number in self._session.execute(found):
                self._by_key[key].add(number)
        for made in several:
            known.update(self._nearest(made, 2 * LOOKED_AT))
        self._read_cases(known - set(self._cases))

    def _nearest(self, made: Likeness, most: int) -> list[int]:
        """Numbers of cases by how many keys they share, the newest first among equals."""
        shared = Counter(chain.from_iterable(self._by_key.get(key, ()) for key in made.keys))
        return [
            number for _, number in sorted(((n, number) for number, n in shared.items()), reverse=True)[:most]
        ]

    def _read_cases(self, numbers: Collection[int]) -> None:
        """With the words of their first posts."""
        for some in _several(numbers):
            firsts = select(func.min(Mention.id)).where(Mention.case_id.in_(some)).group_by(Mention.case_id)
            rows = self._session.execute(
                select(Case, Mention.text, Mention.personal_data)
                .join(Mention, Mention.case_id == Case.id)
                .where(Mention.id.in_(firsts))
                .options(_COMPARED)
            )
            for case, text, personal_data in rows:
                self._cases[case.id] = case
                self._words[case.id] = text, personal_data

    def _like(self, case: Case) -> Case | None:
        """The newest case whose first post this one is a copy of; an open one before a closed one."""
        made = self._made[case.id]
        if made is None:
            return None
        first = self._copied(made, lambda other: _can_be_behind(case, other))
        if first is None or case.kind != "praise":
            return first
        # Praise with a few words more may be none: only the very same words stand behind it.
        theirs = self._made[first.id]
        return first if theirs is not None and made.text == theirs.text else None

    def _copied(self, made: Likeness, fits: Callable[[Case], bool]) -> Case | None:
        nearest = [self._cases[n] for n in self._nearest(made, 2 * LOOKED_AT) if n in self._cases]
        fitting = [other for other in nearest if fits(other)][:LOOKED_AT]
        copied = [other for other in fitting if (theirs := self._likeness(other)) and alike(made, theirs)]
        return max(copied, key=lambda other: (other.is_open, other.id), default=None)

    def _likeness(self, case: Case) -> Likeness | None:
        """Of one that was read: most are never compared."""
        if case.id not in self._made:
            self._made[case.id] = likeness(*self._words[case.id])
        return self._made[case.id]

    def _cases_of(self, mentions: Sequence[Mention]) -> dict[tuple[str, str], Case]:
        """The cases of the posts that are quoted or reposted; of a copy the first one of its story."""
        wanted: defaultdict[str, set[str]] = defaultdict(set)
        for mention in mentions:
            if mention.about:
                wanted[mention.source].add(mention.about)
        found: dict[tuple[str, str], Case] = {}
        for source, ids in wanted.items():
            for some in _several(ids):
                rows = self._session.execute(
                    select(Mention.external_id, Case)
                    .join(Case, Case.id == Mention.case_id)
                    .where(Mention.source == source, Mention.external_id.in_(some))
                )
                for external_id, case in rows:
                    found[source, external_id] = self._first_of(case)
            for external_id in ids:
                if (source, external_id) in self._here:
                    found[source, external_id] = self._first_of(self._here[source, external_id])
        return found

    def _first_of(self, case: Case) -> Case:
        if case.like_id is None:
            return case
        return self._cases.get(case.like_id) or self._session.get_one(Case, case.like_id)

    def _quoted_by(self, case: Case, quoted: dict[tuple[str, str], Case]) -> Case | None:
        """The case of the post that this one quotes, if it may stand behind that."""
        mention = case.mentions[0]
        first = quoted.get((mention.source, mention.about or ""))
        if first is None or first is case:
            return None
        first = self._first.get(first.id, first)
        same = (case.brand, case.queue) == (first.brand, first.queue) and case.author != first.author
        return first if same and RANKS.get(case.kind, 0) <= RANKS.get(first.kind, 0) else None

    # Room.

    def _make_room(self, opened: Sequence[Case]) -> None:
        shown = self._due_already(first.id for first in self._first.values())
        everyday = Counter(
            self._room.channel(case) for case in opened if not case.behind and case.severity < SEVERE
        )
        for channel, count in everyday.items():
            self._room.expect(channel, count)
        for case in opened:
            channel, first = self._room.channel(case), self._first.get(case.id)
            if not case.behind and (case.severity >= SEVERE or self._room.left(channel)):
                self._room.take(channel)
                shown.add(case.id)
            elif first is None:
                case.lies_in(self._room.heap(case).id)
            elif case.behind and first.behind and first.heap_id is not None:
                case.lies_in(first.heap_id)
            elif case.behind and not self._room.left(channel):
                case.lies_in(self._room.heap(case).id)
            elif case.behind and first.id not in shown:
                self._room.take(channel)
                shown.add(first.id)

    def _due_already(self, numbers: Iterable[int]) -> set[int]:
        """Those of the cases whose card will be drawn anew in any case."""
        found: set[int] = set()
        for some in _several(numbers):
            keys = [f"card:{number}" for number in some]
            due = select(Outbox.subject).where(Outbox.key.in_(keys), Outbox.due_at.is_not(None))
            found.update(number for number in self._session.scalars(due) if number is not None)
        return found

    def _come_forward(self, case: Case) -> None:
        """Its customer wrote again: it gets its own card, unless others wait for theirs."""
        channel = self._room.channel(case)
        if case.severity >= SEVERE or self._room.left(channel):
            self._room.take(channel)
            case.come_forward()
        elif case.heap_id is None:
            case.lies_in(self._room.heap(case).id)

    # Reposts.

    def _count_reposts(self, mentions: Sequence[Mention]) -> None:
        """A repost of a post that has a case counts there; any other stays set aside."""
        if not mentions:
            return
        found = self._cases_of(mentions)
        made = {mention.id: likeness(mention.text, mention.personal_data) for mention in mentions}
        self._read_known([one for one in made.values() if one])
        for mention in mentions:
            case = found.get((mention.source, mention.about or ""))
            words = made[mention.id]
            if case is None and words is not None:  # as in "RT @mia_j: …", which begins as what it repeats
                case = self._copied(words, functools.partial(_same_brand, mention.brand))
            if case is not None:
                mention.reason = f"{A_REPOST} of case {case.id}"
                self._reposts.append(Repost(mention_id=mention.id, case_id=case.id))
                self.reposted[case.id] = case


def _same_brand(brand: str, case: Case) -> bool:
    return case.brand == brand


def _can_be_behind(case: Case, other: Case) -> bool:
    """A copy stands behind what is of the same kind, about the same thing, and by somebody else."""
    return (case.brand, case.queue, case.kind, case.topic) == (
        other.brand,
        other.queue,
        other.kind,
        other.topic,
    ) and (case.source, case.author) != (other.source, other.author)


def _several(values: Iterable[int] | Iterable[str]) -> Iterator[list[int] | list[str]]:
    """Bounded numbers of values for one statement each."""
    in_order = sorted(set(values))  # type: ignore[type-var]  # all of one kind
    for start in range(0, len(in_order), _AT_ONCE):
        yield in_order[start : start + _AT_ONCE]  # type: ignore[misc]
