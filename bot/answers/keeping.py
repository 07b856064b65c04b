"""Approved answers: everybody looks and finds, leads add, change, confirm and retire."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from bot.answers.variables import KNOWN, fill, tidy, unknown_variables
from bot.blocks.text import LANGUAGES
from bot.office import Office
from bot.reply_check.check import check_reply
from bot.reply_check.us import Us
from bot.sift.personal_data import PersonalData, find_personal_data
from config.playbook import Playbook
from models.approved_answer import APPROVED, RETIRED, AnswerOffer, ApprovedAnswer
from models.errors import NotAllowed
from models.outbox import show_again
from models.people import Person
from models.post import storable

TITLE_LIMIT, TEXT_LIMIT, EXAMPLE_LIMIT = 80, 2000, 1000
"""Characters. A draft takes 2,900, and a variable may become longer than its name."""
SHORTEST_EXAMPLE = 8
LONGEST_HOLD = 1095
"""Days: three years. What nobody reads again for longer than that is not known to hold."""
PAGE = 8
MOST_WORDS = 10
TAKEN_OUT = "[…]"
"""Stands where personal data was taken out of an offered reply; a lead writes what belongs there."""


@dataclass(frozen=True)
class Draft:
    """What a lead filled in. `topic` None: any; `holds_days`: until "does this still hold?"."""

    title: str
    topic: str | None
    language: str
    text: str
    example: str
    holds_days: int

    def tidied(self) -> "Draft":
        """As it is stored: without spaces around it, and without what no database takes."""
        return Draft(
            " ".join(storable(self.title).split()),
            self.topic or None,
            self.language,
            tidy(storable(self.text).strip()),
            storable(self.example).strip(),
            self.holds_days,
        )


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

    def found(self, words: str, language: str) -> list[ApprovedAnswer]:
        """All answers in a language with every one of `words`, the most used first."""
        wanted = tuple(_folded(words).split())[:MOST_WORDS]
        known = self.most_used(language, None)
        return [one for one in known if all(word in self._folded_text(one) for word in wanted)]

    def most_used(self, language: str, limit: int | None) -> list[ApprovedAnswer]:
        with self.office.db.reading() as session:
            return list(
                session.scalars(
                    select(ApprovedAnswer)
                    .where(ApprovedAnswer.state == APPROVED, ApprovedAnswer.language == language)
                    .order_by(ApprovedAnswer.used.desc(), ApprovedAnswer.title, ApprovedAnswer.id)
                    .limit(limit)
                )
            )

    def one(self, number: int) -> ApprovedAnswer:
        """An answer with its record. Raises NotAllowed."""
        with self.office.db.reading() as session:
            return self._one(session, number)

    def wrong(self, draft: Draft) -> dict[str, str]:
        """What is wrong with a draft, one sentence for each field. Empty: nothing."""
        draft = draft.tidied()
        rules: dict[str, Callable[[Draft], str | None]] = {
            "title": _title_wrong,
            "topic": self._topic_wrong,
            "language": _language_wrong,
            "text": self._text_wrong,
            "example": self._example_wrong,
            "holds": _hold_wrong,
        }
        return {field: no for field, rule in rules.items() if (no := rule(draft))}

    def add(
        self, draft: Draft, *, by: str, request: str | None = None, offer: int | None = None
    ) -> ApprovedAnswer:
        """A new answer. `request` names the form: submitted twice, it is one. `offer` is the one it answers.

        Raises NotAllowed.
        """
        draft = self._right(draft, by)

        def work(session: Session) -> ApprovedAnswer:
            if request is not None and (known := _by_request(session, request)) is not None:
                return known
            answer = ApprovedAnswer.approve(
                **vars(draft), by=self.office.person(by), at=self.office.clock(), request=request
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
        return _folded(f"{answer.title} {answer.text} {answer.example} {topic} {language}")

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

    def _topic_wrong(self, draft: Draft) -> str | None:
        if draft.topic is None or draft.topic in {t.name for t in self.office.playbook.topics}:
            return None
        return "This topic is not in the playbook any more: choose another one."

    def _text_wrong(self, draft: Draft) -> str | None:
        if not draft.text:
            return "Write what the customer should read."
        if len(draft.text) > TEXT_LIMIT:
            return f"An answer has {TEXT_LIMIT:,} characters at most; this one has {len(draft.text):,}."
        if TAKEN_OUT in draft.text:
            return f"Something personal was taken out at {TAKEN_OUT}: write what should stand there instead."
        unknown = unknown_variables(draft.text)
        if unknown:
            known = ", ".join(f"{{{name}}}" for name in KNOWN)
            return f"{{{unknown[0]}}} is no variable. There are: {known}."
        sample = fill(draft.text, self._sample(), draft.language)
        stops = check_reply(
            sample, draft.language, Us.of(self.office.playbook), introduction_needed=False
        ).stops
        return stops[0] if stops else None

    def _example_wrong(self, draft: Draft) -> str | None:
        found = personal_data(draft.example, self.office.playbook)
        if found:
            return f"Take out the {found[0].kind}: an example is everybody's to read."
        return _length_of_example_wrong(draft)

    def _sample(self) -> dict[str, str | None]:
        """The values with which a new answer is checked."""
        company = self.office.playbook.company
        link = "https://private.example/message"
        return {
            "customer": "Mia", "me": "Ana", "role": company.role_in("en"), "company": company.name,
            "link": link, "reference": "#12",
        }  # fmt: skip

    def _right(self, draft: Draft, by: str) -> Draft:
        if not self.office.person(by).lead:
            raise NotAllowed("Only a lead can add or change an approved answer.")
        wrong = self.wrong(draft)
        if wrong:
            raise NotAllowed(next(iter(wrong.values())))
        return draft.tidied()

    def _take_offer(self, session: Session, number: int, answer: ApprovedAnswer, by: str) -> None:
        offer = session.get(AnswerOffer, number)
        if offer is None:
            raise NotAllowed("This offer is not there any more.")
        offer.take(answer, by=self.office.person(by), at=self.office.clock())
        show_again(session, [f"answer-offer:{offer.id}"], self.office.clock())
        words = f"<@{by}> made your reply in case {offer.case_id} an approved answer. Thank you!"
        self.office.tell(session, f"answer-offer:{offer.id}:said", offer.by, words)

    def _do(
        self, number: int, use: Callable[[ApprovedAnswer, Person, datetime], object], by: str
    ) -> ApprovedAnswer:
        def work(session: Session) -> ApprovedAnswer:
            answer = self._one(session, number)
            asked = question_key(answer)
            use(answer, self.office.person(by), self.office.clock())
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


def personal_data(text: str, playbook: Playbook) -> list[PersonalData]:
    """What in `text` leads to one person."""
    sift = playbook.sift
    return find_personal_data(text, order_pattern=sift.order_pattern, phone_regions=sift.phone_regions)


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


def _title_wrong(draft: Draft) -> str | None:
    if len(draft.title) < 3:
        return "Give it a title of a few words, by which colleagues find it."
    return f"A title has {TITLE_LIMIT} characters at most." if len(draft.title) > TITLE_LIMIT else None


def _language_wrong(draft: Draft) -> str | None:
    return None if draft.language in LANGUAGES else "Choose the language that it is written in."


def _length_of_example_wrong(draft: Draft) -> str | None:
    if len(draft.example) < SHORTEST_EXAMPLE:
        return "Write what a customer says who gets this answer, in their words: posts are compared with it."
    if len(draft.example) > EXAMPLE_LIMIT:
        return f"An example has {EXAMPLE_LIMIT:,} characters at most; this one has {len(draft.example):,}."
    return None


def _hold_wrong(draft: Draft) -> str | None:
    return None if 1 <= draft.holds_days <= LONGEST_HOLD else "Choose for how long it holds."
