"""Approved answers: everybody looks and finds, leads add, change, confirm and retire."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from bot.answers.form import Draft, what_is_wrong
from bot.blocks.text import LANGUAGES, escape
from bot.office import Office
from models.approved_answer import APPROVED, RETIRED, AnswerOffer, ApprovedAnswer
from models.case import Case
from models.errors import NotAllowed
from models.outbox import show_again
from models.people import Person

PAGE = 8
MOST_WORDS = 10


@dataclass(frozen=True)
class Shelf:
    """A page of answers, and how many there are in all that fit."""

    answers: list[ApprovedAnswer]
    total: int
    page: int
    """From 0."""
    words: str
    state: str

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True)
class Answers:
    """What `/answers` does."""

    office: Office

    def page(self, words: str = "", page: int = 0, state: str = APPROVED) -> Shelf:
        """The answers with every one of `words` in them, by topic and language, the most used first."""
        wanted = tuple(dict.fromkeys(_folded(words).split()))
        if len(wanted) > MOST_WORDS:
            raise NotAllowed(f"Look for {MOST_WORDS} words at most.")
        with self.office.db.reading() as session:
            known = session.scalars(select(ApprovedAnswer).where(ApprovedAnswer.state == state)).all()
        found = [one for one in known if all(word in self._folded_text(one) for word in wanted)]
        found.sort(key=lambda a: (*self._place(a), -a.used, a.title.lower(), a.id))
        page = max(0, min(page, (len(found) - 1) // PAGE))
        return Shelf(found[page * PAGE : (page + 1) * PAGE], len(found), page, words.strip(), state)

    def found(self, words: str, language: str, brand: str) -> list[ApprovedAnswer]:
        """All of a brand's answers in a language with every one of `words`, the most used first."""
        wanted = tuple(_folded(words).split())[:MOST_WORDS]
        known = self.most_used(language, None, brand)
        return [one for one in known if all(word in self._folded_text(one) for word in wanted)]

    def most_used(self, language: str, limit: int | None, brand: str) -> list[ApprovedAnswer]:
        """Those in a language that a brand's customers may get."""
        with self.office.db.reading() as session:
            return list(
                session.scalars(
                    select(ApprovedAnswer)
                    .where(ApprovedAnswer.state == APPROVED, ApprovedAnswer.language == language)
                    .where(ApprovedAnswer.serves(brand))
                    .order_by(ApprovedAnswer.used.desc(), ApprovedAnswer.title, ApprovedAnswer.id)
                    .limit(limit)
                )
            )

    def must_lead(self, brand: str | None, *, by: str) -> None:
        """Raises NotAllowed for whoever may not keep a brand's answers; None: those for all brands."""
        if not self.office.person(by, brand).lead:
            whose = "a lead of all brands" if brand is None and self.office.playbook.own else "a lead"
            of = f" of {escape(brand)}" if brand in self.office.playbook.own and brand else ""
            raise NotAllowed(f"Only {whose}{of} can add or change such an approved answer.")

    def brands_of(self, member: str) -> list[str | None]:
        """The brands whose answers somebody keeps, None for those for all; none where there is no choice."""
        book = self.office.playbook
        remit = book.remits.get(member)
        if remit is None or not book.own:
            return []
        return [*remit.brands] if remit.brands else [None, *(brand.name for brand in book.brands)]

    def one(self, number: int) -> ApprovedAnswer:
        """An answer with its record. Raises NotAllowed."""
        with self.office.db.reading() as session:
            return self._one(session, number)

    def add(
        self, draft: Draft, *, by: str, request: str | None = None, offer: int | None = None
    ) -> ApprovedAnswer:
        """A new answer. `request` names where it came from: added twice, it is one.

        `offer` is the one it answers. Raises NotAllowed.
        """
        draft = self._right(draft, by)

        def work(session: Session) -> ApprovedAnswer:
            if request is not None and (known := _by_request(session, request)) is not None:
                return known
            answer = ApprovedAnswer.approve(
                **vars(draft), by=self.office.person(by, draft.brand), at=self.office.clock(), request=request
            )
            session.add(answer)
            session.flush()
            if offer is not None:
                self._take_offer(session, offer, answer, by)
            return answer

        return self.office.transact(work)

    def change(self, number: int, draft: Draft, *, by: str, seen: int | None = None) -> ApprovedAnswer:
        """`seen` is the version that `by` had before them: somebody else may have changed it since."""
        draft = self._right(draft, by)

        def use(answer: ApprovedAnswer, person: Person, at: datetime) -> None:
            if seen in (None, answer.version):
                answer.change(**vars(draft), by=person, at=at)
            elif not _same(answer, draft):  # the same again is a form that was submitted twice
                raise NotAllowed(
                    "Somebody changed this answer while you wrote: copy your text and open it anew."
                )

        return self._do(number, use, by)

    def retire(self, number: int, *, by: str) -> ApprovedAnswer:
        """It is suggested no more. Said twice, it counts once."""
        return self._do(number, lambda answer, person, at: answer.retire(by=person, at=at), by)

    def confirm(self, number: int, *, by: str, due: int | None = None) -> ApprovedAnswer:
        """It still holds. `due` names the question that was answered (`due_mark`): twice, it counts once."""

        def use(answer: ApprovedAnswer, person: Person, at: datetime) -> None:
            if due is None or due_mark(answer) == due:
                answer.confirm(by=person, at=at)

        return self._do(number, use, by)

    # Helpers, in the order in which they are called.

    def _folded_text(self, answer: ApprovedAnswer) -> str:
        topic = self.office.playbook.topic_label(answer.topic) if answer.topic else ""
        language = LANGUAGES.get(answer.language, answer.language)
        brand = answer.brand or ""
        return _folded(f"{answer.title} {answer.text} {answer.example} {topic} {language} {brand}")

    def _place(self, answer: ApprovedAnswer) -> tuple[str, str]:
        topic = self.office.playbook.topic_label(answer.topic) if answer.topic else "\uffff"
        return topic.lower(), LANGUAGES.get(answer.language, answer.language)

    @staticmethod
    def _one(session: Session, number: int) -> ApprovedAnswer:
        answer = (
            session.get(ApprovedAnswer, number, options=[selectinload(ApprovedAnswer.events)])
            if 0 < number < 2**31
            else None
        )
        if answer is None:
            raise NotAllowed("This answer is not there any more. `/answers` shows those that are.")
        return answer

    def _right(self, draft: Draft, by: str) -> Draft:
        self.must_lead(draft.brand, by=by)
        wrong = what_is_wrong(draft, self.office.playbook)
        if wrong:
            raise NotAllowed(next(iter(wrong.values())))
        return draft.tidied()

    def _take_offer(self, session: Session, number: int, answer: ApprovedAnswer, by: str) -> None:
        offer = session.get(AnswerOffer, number)
        if offer is None:
            raise NotAllowed("This offer is not there any more.")
        brand = session.get_one(Case, offer.case_id).brand
        offer.take(answer, by=self.office.person(by, brand), at=self.office.clock())
        show_again(session, [f"answer-offer:{offer.id}"], self.office.clock())
        words = f"<@{by}> made your reply in case {offer.case_id} an approved answer. Thank you!"
        self.office.tell(session, f"answer-offer:{offer.id}:said", offer.by, words)

    def _do(
        self, number: int, use: Callable[[ApprovedAnswer, Person, datetime], object], by: str
    ) -> ApprovedAnswer:
        def work(session: Session) -> ApprovedAnswer:
            answer = self._one(session, number)
            asked = question_key(answer)
            use(answer, self.office.person(by, answer.brand), self.office.clock())
            session.flush()
            show_again(session, [asked], self.office.clock())
            return answer

        return self.office.transact(work)


def due_mark(answer: ApprovedAnswer) -> int:
    """Names the time at which an answer is due to be confirmed: unix seconds."""
    return int(answer.check_at.timestamp())


def question_key(answer: ApprovedAnswer) -> str:
    """The outbox key of "does this still hold?" for the time that is due now."""
    return f"answer-check:{answer.id}:{due_mark(answer)}"


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _by_request(session: Session, request: str) -> ApprovedAnswer | None:
    return session.scalar(
        select(ApprovedAnswer)
        .where(ApprovedAnswer.request == request)
        .options(selectinload(ApprovedAnswer.events))
    )


def _same(answer: ApprovedAnswer, draft: Draft) -> bool:
    return answer.state != RETIRED and all(
        getattr(answer, name) == value for name, value in vars(draft).items()
    )
