"""`/answers`: approved answers, for everybody to find and for leads to keep."""

import json
from typing import Any

from slack_bolt import Ack

from bot.answers.form import Draft, what_is_wrong
from bot.answers.keeping import Answers
from bot.blocks.answers import (
    ANY_BRAND,
    ANY_TOPIC,
    HELP,
    answer_modal,
    answer_sheet,
    answers_find_modal,
    shelf_list,
)
from bot.blocks.modals import meta_of, value_of
from handlers.wiring import Answer, Asked, Handler, Word
from handlers.words import as_typed, bare, nearest, row_id
from models.approved_answer import APPROVED, RETIRED, ApprovedAnswer
from models.errors import NotAllowed

KNOWN = ["find", "new", "retired", "help"]


def answers(ack: Ack, command: dict[str, Any], asked: Asked) -> None:
    """`/answers`, and what may stand behind it."""
    ack()
    word, _, rest = str(command.get("text") or "").strip().partition(" ")
    typed, word = word, word.lower()
    if not word:
        _show(asked)
    elif word == "find" and rest.strip():
        _show(asked, as_typed(rest))
    elif word == "find":
        asked.open_modal(answers_find_modal(asked.answer.remembered))
    elif word == "new":
        _new(asked)
    elif word == "retired":
        _show(asked, state=RETIRED)
    elif word == "help":
        asked.answer(HELP)
    else:
        meant = nearest(word, KNOWN)
        raise NotAllowed(f"There is no `/answers {bare(typed)}`. Did you mean `/answers {meant}`?")


def answers_back(ack: Ack, asked: Asked) -> None:
    ack()
    _show(asked)


def answers_page(ack: Ack, action: dict[str, Any], asked: Asked) -> None:
    ack()
    page, state, words = _place(str(action["value"]))
    _show(asked, words, page, state)


def answers_search(ack: Ack, asked: Asked) -> None:
    ack()
    asked.open_modal(answers_find_modal(asked.answer.remembered))


def answers_found(ack: Ack, view: dict[str, Any], asked: Asked) -> None:
    words = value_of(view, "words") or ""
    shelf = asked.services.answers.page(words)  # refused before the window closes
    ack()
    asked.answer(*shelf_list(shelf, asked.office.playbook, asked.office.clock(), lead=_leads(asked)))


def answer_open(ack: Ack, action: dict[str, Any], asked: Asked) -> None:
    ack()
    _sheet(asked, asked.services.answers.one(row_id(action["value"])))


def answer_new(ack: Ack, asked: Asked) -> None:
    ack()
    _new(asked)


def answer_change(ack: Ack, action: dict[str, Any], asked: Asked) -> None:
    ack()
    one = asked.services.answers.one(row_id(action["value"]))
    asked.services.answers.must_lead(one.brand, by=asked.user)
    asked.open_modal(
        answer_modal(
            asked.office.playbook,
            asked.answer.remembered,
            draft=_as_draft(one),
            number=one.id,
            seen=one.version,
            brands=asked.services.answers.brands_of(asked.user),
        )
    )


def answer_retire(ack: Ack, action: dict[str, Any], asked: Asked) -> None:
    ack()
    retired = asked.services.answers.retire(row_id(action["value"]), by=asked.user)
    _sheet(
        asked, retired, ":wastebasket: Retired: nobody is suggested it any more. *Change…* brings it back."
    )


def answer_holds(ack: Ack, action: dict[str, Any], user: str, answers: Answers, answer: Answer) -> None:
    """Yes, it still holds. The button knows which question it belongs to."""
    ack()
    number, _, due = str(action["value"]).partition(" ")
    one = answers.confirm(row_id(number), by=user, due=row_id(due) if due else None)
    answer(f"Thank you: “{_plain(one.title)}” holds. You are asked again on {one.check_at:%-d %b %Y}.")


def answer_save(ack: Ack, view: dict[str, Any], user: str, asked: Asked) -> None:
    """The form of a new answer, of a change, or of an offer that is taken."""
    meta, answers = meta_of(view), asked.services.answers
    draft = _draft(view, _before(asked, meta))
    try:
        answers.must_lead(draft.brand, by=user)
    except NotAllowed as no:
        raise NotAllowed(str(no), kept=draft.text) from None
    wrong = what_is_wrong(draft, asked.office.playbook)
    if wrong:
        ack(response_action="errors", errors=wrong)
        return
    try:
        if meta.get("number"):
            saved = answers.change(int(meta["number"]), draft, by=user, seen=meta.get("seen"))
        else:
            saved = answers.add(draft, by=user, offer=meta.get("offer"))
    except NotAllowed as no:
        raise NotAllowed(str(no), kept=draft.text) from None
    ack()
    _sheet(asked, saved, ":white_check_mark: Approved for everybody.")


# Helpers.


def _show(asked: Asked, words: str = "", page: int = 0, state: str = APPROVED) -> None:
    shelf = asked.services.answers.page(words, page, state)
    asked.answer(*shelf_list(shelf, asked.office.playbook, asked.office.clock(), lead=_leads(asked)))


def _sheet(asked: Asked, one: ApprovedAnswer, said: str = "") -> None:
    book, now = asked.office.playbook, asked.office.clock()
    lead = asked.office.person(asked.user, one.brand).lead
    asked.answer(*answer_sheet(one, book, now, lead=lead, said=said))


def _new(asked: Asked) -> None:
    if not _leads(asked):
        raise NotAllowed("Only a lead can add or change an approved answer.")
    book = asked.office.playbook
    asked.open_modal(
        answer_modal(book, asked.answer.remembered, brands=asked.services.answers.brands_of(asked.user))
    )


def _leads(asked: Asked) -> bool:
    return asked.user in asked.office.playbook.remits


def _place(value: str) -> tuple[int, str, str]:
    try:
        page, state, words = json.loads(value)
        return int(page), RETIRED if state == RETIRED else APPROVED, str(words)
    except (ValueError, TypeError):
        raise NotAllowed("This button is out of date. `/answers` shows the present state.") from None


def _as_draft(one: ApprovedAnswer) -> Draft:
    return Draft(one.title, one.topic, one.language, one.text, one.example, one.holds_days, one.brand)


def _before(asked: Asked, meta: dict[str, Any]) -> Draft:
    """What the form began with."""
    if meta.get("number"):
        return _as_draft(asked.services.answers.one(int(meta["number"])))
    if meta.get("offer"):
        return asked.services.answer_offers.draft(int(meta["offer"]))
    return Draft("", None, "", "", "", asked.office.playbook.answers.check_after.days)


def _draft(view: dict[str, Any], before: Draft) -> Draft:
    """What the form has now. An untouched field comes back empty from some clients: it is as it was."""
    topic, holds = value_of(view, "topic"), value_of(view, "holds")
    chosen, brand = {None: before.topic, ANY_TOPIC: None}, value_of(view, "brand")
    brands = {None: before.brand, ANY_BRAND: None}
    return Draft(
        title=value_of(view, "title") or before.title,
        topic=chosen.get(topic, topic),
        language=value_of(view, "language") or before.language,
        text=value_of(view, "text") or before.text,
        example=value_of(view, "example") or before.example,
        holds_days=int(holds) if holds and holds.isdecimal() else before.holds_days,
        brand=brands.get(brand, brand),
    )


def _plain(title: str) -> str:
    return title.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _word(asked: Asked, rest: str) -> None:
    _show(asked)


WORDS: dict[str, Word] = {"answers": Word(_word, "answers", "the approved ones, as `/answers`")}
COMMANDS: dict[str, tuple[Handler, str, str]] = {
    "/answers": (answers, "Approved answers: find one, keep them", "[find words | new | retired | help]"),
}
ACTIONS: dict[str, Handler] = {
    "answers_back": answers_back,
    "answers_earlier": answers_page,
    "answers_more": answers_page,
    "answers_search": answers_search,
    "answer_open": answer_open,
    "answer_new": answer_new,
    "answer_change": answer_change,
    "answer_retire": answer_retire,
    "answer_holds": answer_holds,
}
VIEWS: dict[str, Handler] = {"answers_find": answers_found, "answer_save": answer_save}
