"""Practice cases: the whole way of a case with a made-up customer, in a direct message with the bot.

Nothing of it is a case: it has a table of its own, is in no figure, and nothing leaves for a customer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.office import Office
from bot.reply_check.check import check_reply
from bot.reply_check.problem import Problem
from bot.reply_check.us import Us
from config.practice import PracticeWords, Sample, practice_languages, practice_words
from models.checklist import Checklist
from models.errors import NotAllowed
from models.outbox import SOON, put
from models.practice import RESOLVED, WAITING, Practice

PRACTICE = "practice"
"""The kind of an outbox row that shows one."""
DEMO_HANDLE = "us"


@dataclass(frozen=True)
class PracticeView:
    """One practice case as it is drawn; the sample's placeholders are filled in."""

    practice: Practice
    sample: Sample
    words: PracticeWords
    checklist: Checklist


@dataclass(frozen=True)
class Read:
    """What the check said of a draft; nothing in `problems` that stops: it would be posted now."""

    view: PracticeView
    text: str
    problems: Sequence[Problem]

    @property
    def passed(self) -> bool:
        return not any(problem.stops for problem in self.problems)


@dataclass(frozen=True)
class Practising:
    """What `/training practice` and the buttons of its message do."""

    office: Office

    def start(self, member: str, language: str) -> PracticeView:
        """A sample that the member has not finished yet, the one finished longest ago after that.

        One that is under way is shown anew instead: its message comes once more.
        """

        if language not in practice_languages():
            there = ", ".join(practice_languages())
            raise NotAllowed(f"There are no practice cases in that language. There are: {there}.")

        def work(session: Session) -> PracticeView:
            now = self.office.clock()
            known = session.scalars(
                select(Practice).where(Practice.member == member).order_by(Practice.id)
            ).all()
            under_way = next((one for one in known if one.stage != RESOLVED), None)
            if under_way is None:
                done = [one.sample for one in known]
                keys = [sample.key for sample in practice_words(language).samples]
                sample = min(keys, key=lambda key: _last(done, key))
                under_way = Practice(
                    member=member, sample=sample, language=language, ticks=[], tries=0, started_at=now,
                    stage=WAITING, reply="",
                )  # fmt: skip
                session.add(under_way)
                session.flush()
            self._show(session, under_way)
            return self.view(under_way)

        return self.office.transact(work)

    def claim(self, number: int, *, by: str) -> PracticeView:
        return self._change(number, lambda one: one.claim(by=by))

    def look(self, number: int, *, by: str) -> PracticeView:
        """The case for the reply modal. Raises NotAllowed where it is not theirs, or not claimed."""
        with self.office.db.reading() as session:
            one = session.get(Practice, number)
            if one is None:
                raise NotAllowed(_GONE)
            one.must_be_under_way(by)
            return self.view(one)

    def check(self, number: int, text: str, *, by: str) -> Read:
        """Reads a draft as a real one is read. Once it passes, the customer writes back where they would."""
        text = text.strip()
        if not text:
            raise NotAllowed("The reply is empty. Write what the customer should read.")
        view = self.look(number, by=by)
        finding = check_reply(
            text,
            view.practice.language,
            Us.of(self.office.playbook),
            platform="x",
            customer=[view.sample.text],
        )
        read = Read(view, text, finding.found)
        after = self._change(number, lambda one: one.draft(text, by=by, passed=read.passed))
        return Read(after, text, finding.found)

    def tick(self, number: int, step: str, *, by: str) -> PracticeView:
        if step not in self.office.playbook.steps:
            raise NotAllowed("This step is not in the checklist any more.")
        return self._change(number, lambda one: one.tick(step, by=by))

    def resolve(self, number: int, *, by: str) -> PracticeView:
        now = self.office.clock()
        return self._change(
            number, lambda one: one.resolve(by=by, at=now, checklist=self.view(one).checklist)
        )

    def finished(self, session: Session, member: str) -> int:
        """How many different samples the member has resolved."""
        done = select(Practice.sample).where(Practice.member == member, Practice.stage == RESOLVED)
        return len(set(session.scalars(done)))

    def view(self, practice: Practice) -> PracticeView:
        book, words = self.office.playbook, practice_words(practice.language)
        sample = words.sample(practice.sample)
        handles = next(iter(book.brands[0].handles.values()), ())
        names = {"company": book.company.name, "handle": handles[0] if handles else DEMO_HANDLE}
        told = {
            field: _filled(text, names)
            for field in ("text", "hint", "writes_back", "example")
            if (text := getattr(sample, field)) is not None
        }
        checklist = Checklist(book.checklist, sample.kind, practice.ticks, sample.private)
        return PracticeView(practice, sample.model_copy(update=told), words, checklist)

    # Helpers, in the order in which they are called.

    def _show(self, session: Session, practice: Practice) -> None:
        put(
            session,
            f"practice:{practice.id}",
            kind=PRACTICE,
            subject=practice.id,
            channel=practice.member,
            at=self.office.clock(),
            priority=SOON,
        )

    def _change(self, number: int, use: Callable[[Practice], None]) -> PracticeView:
        def work(session: Session) -> PracticeView:
            practice = session.get(Practice, number, with_for_update=True)
            if practice is None:
                raise NotAllowed(_GONE)
            use(practice)
            self._show(session, practice)
            session.flush()
            return self.view(practice)

        return self.office.transact(work)


def _last(done: Sequence[str], key: str) -> int:
    """How long ago the sample was finished: -1 never, else its place."""
    return max((place for place, one in enumerate(done) if one == key), default=-1)


def _filled(text: str, names: dict[str, str]) -> str:
    for name, value in names.items():
        text = text.replace(f"{{{name}}}", value)
    return text


_GONE = "This practice case is not there any more. `/training practice` opens another one."
