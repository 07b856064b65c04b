"""It is something else: a person says what a post is, and the case and the sift follow."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy.orm import Session

from bot.blocks.text import LANGUAGES
from bot.by_hand import brought_back
from bot.case_view import CaseView
from bot.deadlines import to_queue
from bot.lessons.recording import opening_of, record, taught_by_correction
from bot.levels import Levels, level_needed
from bot.moving_cards import move_card
from bot.office import Office
from bot.sift.queues import queue_for
from config.playbook import Playbook
from config.sifting import KINDS, Kind
from config.work import Queue
from models.case import Case
from models.corrected import Said
from models.errors import NoSuchCase, NotAllowed
from models.lesson import CORRECTED, NO_TOPIC
from models.mention import Mention
from models.moves import WAITING
from models.people import Person
from models.turns import take_turns_placing


@dataclass(frozen=True)
class Correction:
    """What became of it."""

    view: CaseView
    changed: bool
    moved_to: str | None
    """The channel that the case is in now, when that is another one."""
    above: int | None
    """The level that it needs now, when its owner does not have it."""


@dataclass(frozen=True)
class Correcting:
    """For whoever may work on a case, or may claim it; of posts that were set aside, for everybody."""

    office: Office

    def to_correct(self, number: int, *, by: str) -> CaseView:
        """The case, for somebody about to correct it. Raises what `correct` would refuse them with."""
        with self.office.db.reading() as session:
            case = session.get(Case, number) if 0 < number < 2**31 else None
            if case is None:
                raise NoSuchCase(number)
            self._must_be_allowed(session, case, self.office.person(by, case.brand), self.office.clock())
            return self.office.view(session, case)

    def correct(self, number: int, said: Said, *, by: str) -> Correction:
        """The case is what `said` says, and goes to the queue of such cases. Said twice, it counts once.

        Raises NotAllowed.
        """
        self._must_be_known(said)

        def use(session: Session, case: Case, at: datetime) -> Correction:
            person = self.office.person(by, case.brand)
            self._must_be_allowed(session, case, person, at)
            before = self._queue_for(case)
            if not case.correct(said, by=person, at=at):
                return Correction(self.office.view(session, case), False, None, None)
            mention = opening_of(case)
            taught_by_correction(session, mention, said, by=by, at=at)
            mention.kind, mention.topic, mention.language = case.kind, case.topic, case.language
            moved_to = self._move(session, case, mention, before, by=by, at=at)
            session.flush()
            return Correction(self.office.view(session, case), True, moved_to, self._above(session, case, at))

        return self.office.change(number, use)

    def aside(self, mention_id: int) -> Mention:
        """A post that was set aside, for somebody about to correct it. Raises NotAllowed."""
        with self.office.db.reading() as session:
            return self._aside(session, mention_id)

    def correct_aside(self, mention_id: int, said: Said, *, needed: bool, by: str) -> int | None:
        """What a post is that was set aside; if somebody needs to see it, it becomes a case: its number.

        Raises NotAllowed.
        """
        self._must_be_known(said)

        def work(session: Session) -> int | None:
            if needed:
                take_turns_placing(session)  # before the post is locked, as whoever places posts does
            mention = self._aside(session, mention_id)
            at = self.office.clock()
            record(session, mention, CORRECTED, by=by, at=at, said=said, needed=needed)
            mention.kind = said.kind or mention.kind
            mention.topic = mention.topic if said.topic is None else said.topic or None
            mention.language = said.language or mention.language
            mention.queue = self._queue_for(mention).name
            return brought_back(self.office, session, mention_id, by=by) if needed else None

        return self.office.transact(work)

    # Helpers, in the order in which they are called.

    def _must_be_known(self, said: Said) -> None:
        book = self.office.playbook
        if said == Said():
            raise NotAllowed("Say what it is, as in `/case is 12 praise`, `about leaks` or `in sv`.")
        if said.kind is not None and said.kind not in KINDS:
            raise NotAllowed(f"There is no such kind. There are: {', '.join(KINDS)}.")
        if said.topic not in (None, NO_TOPIC, *(topic.name for topic in book.topics)):
            raise NotAllowed("This topic is not in the playbook any more. Choose another one.")
        if said.language not in (None, "unknown", *languages_of(book)):
            raise NotAllowed("This language is not known here.")

    def _must_be_allowed(self, session: Session, case: Case, person: Person, at: datetime) -> None:
        case.must_be_theirs_to_correct(person)
        if case.stage == WAITING:
            Levels(self.office).must_be_allowed(session, case, person, at)

    def _queue_for(self, what: Case | Mention) -> Queue:
        kind = cast(Kind, what.kind)
        return queue_for(
            self.office.playbook, language=what.language, topic=what.topic, kind=kind, brand=what.brand
        )

    def _move(
        self, session: Session, case: Case, mention: Mention, before: Queue, *, by: str, at: datetime
    ) -> str | None:
        """To another queue, if what was said is the reason: what somebody put elsewhere stays there."""
        queue = self._queue_for(case)
        if queue.name in (before.name, case.queue):
            return None
        there = self.office.playbook.queue(case.queue).channel
        to_queue(session, self.office.playbook, case, queue, at)
        mention.queue = queue.name
        move_card(self.office, session, case, by=by)
        return queue.channel if queue.channel != there else None

    def _above(self, session: Session, case: Case, at: datetime) -> int | None:
        """Its owner keeps it, and hears that it needs more than they are trained for."""
        training = self.office.playbook.of(case.brand).training
        if training is None or case.owner is None:
            return None
        if Levels(self.office).may_take(session, [case], self.office.person(case.owner, case.brand), at):
            return None
        return level_needed(training, case.kind, case.topic, case.severity).level

    @staticmethod
    def _aside(session: Session, mention_id: int) -> Mention:
        mention = session.get(Mention, mention_id, with_for_update=True)
        if mention is None:
            raise NotAllowed("This post is not there any more.")
        if mention.case_id is not None:
            raise NotAllowed(f"This post is case {mention.case_id} now: `/case is {mention.case_id}`.")
        return mention


def languages_of(book: Playbook) -> list[str]:
    """Those with a name, and those of the playbook."""
    ours = [code for queue in book.queues for code in queue.languages]
    ours += [code for brand in book.brands for code in brand.languages]
    return list(dict.fromkeys([*LANGUAGES, *ours]))
