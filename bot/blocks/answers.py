"""Approved answers as Slack shows them: the list, one of them, its form, and what leads are asked."""

import json
from collections.abc import Sequence
from datetime import datetime

from bot.answers.form import EXAMPLE_LIMIT, TEXT_LIMIT, TITLE_LIMIT, Draft
from bot.answers.keeping import Shelf, due_mark, question_key
from bot.answers.offering import Offered
from bot.answers.variables import KNOWN
from bot.blocks.card import title
from bot.blocks.modals import Meta, View, modal, select_input, text_input
from bot.blocks.text import (
    LANGUAGES,
    Block,
    actions,
    button,
    context,
    customer_section,
    escape,
    language_name,
    option,
    person,
    quoted,
    section,
    shorten,
    unformatted,
)
from config.playbook import Playbook
from models.approved_answer import RETIRED, TAKEN, ApprovedAnswer

ANY_TOPIC = ANY_BRAND = "-"
HOLDS = {30: "1 month", 90: "3 months", 180: "6 months", 365: "a year"}
BEGINNING = 160
"""Characters of an answer that stand in a list."""
EVENTS_SHOWN = 6
EVENT_WORDS = {
    "approve": "approved it",
    "change": "changed it",
    "confirm": "said that it still holds",
    "retire": "retired it",
}
HELP = """*Approved answers* are texts that a lead approved for everybody. *Reply…* suggests those that fit.
`/answers` all of them, by topic and language · `/answers find descale` those with these words
`/answers new` a new one (leads) · `/answers retired` those that are suggested no more
*In a text* """ + " · ".join(f"`{{{name}}}` {what}" for name, what in KNOWN.items())


def shelf_list(shelf: Shelf, playbook: Playbook, now: datetime, *, lead: bool) -> tuple[str, list[Block]]:
    """One page, each answer with its beginning and how often it was used."""
    retired = shelf.state == RETIRED
    what = "retired answer" if retired else "approved answer"
    many = f"{shelf.total} {what}{'' if shelf.total == 1 else 's'}"
    words = f" with “{escape(shorten(shelf.words, 100))}”" if shelf.words else ""
    if not shelf.total:
        many = f"There is no {what}"
        hint = " *New…* adds the first one." if lead and not (words or retired) else ""
        blocks: list[Block] = [section("list|answers", f"*{many}{words}*.{hint}")]
    else:
        blocks = [section("list|answers", f"*{many}{words}*")]
    blocks += [_line(answer, playbook, now) for answer in shelf.answers]
    blocks.append(actions("list|do", *_ways(shelf, lead=lead)))
    if shelf.pages > 1:
        blocks.append(context("list|page", f"Page {shelf.page + 1} of {shelf.pages}"))
    return f"{many}{words}", blocks


def answer_sheet(
    answer: ApprovedAnswer, playbook: Playbook, now: datetime, *, lead: bool, said: str = ""
) -> tuple[str, list[Block]]:
    """One answer in full, with its record; for leads what they can do with it."""
    key, number = "list", answer.id
    head = f"{said + chr(10) if said else ''}{_head(answer, playbook)}\n{_state(answer, now)}"
    blocks: list[Block] = [section(f"{key}|answer{number}", head)]
    blocks += _in_full(f"{key}|text", answer.text)
    blocks.append(
        customer_section(f"{key}|example", f"*For customers who say*\n{quoted(answer.example, 900)}")
    )
    blocks.append(context(f"{key}|record", _record(answer)))
    ways = [button("answers_back", "All answers", 0)]
    if lead:
        ways.insert(0, button("answer_change", "Change…", number))
        if answer.state != RETIRED:
            ways.insert(1, button("answer_retire", "Retire", number))
    blocks.append(actions(f"{key}|do", *ways))
    return f"Approved answer: {shorten(escape(answer.title), 100)}", blocks


def answer_modal(
    playbook: Playbook, answer: Meta, *, draft: Draft | None = None, number: int | None = None,
    seen: int | None = None, offer: int | None = None, brands: Sequence[str | None] = (),
) -> View:  # fmt: skip
    """The form of a new answer, or of one that is changed. `brands`: those whose answers its lead keeps,
    None for one for all brands; empty: nothing to choose."""
    chosen = draft.holds_days if draft else playbook.answers.check_after.days
    spans = dict(sorted({**HOLDS, chosen: HOLDS.get(chosen, f"{chosen} days")}.items()))
    topics = [option("Any topic", ANY_TOPIC), *(option(t.label or t.name, t.name) for t in playbook.topics)]
    languages = [option(name, code) for code, name in sorted(LANGUAGES.items(), key=lambda one: one[1])]
    variables = ", ".join(f"{{{name}}}" for name in KNOWN)
    blocks = [
        text_input(
            "title", "Title", initial=draft.title if draft else "", multiline=False, limit=TITLE_LIMIT,
            hint="By which colleagues find it.",
        ),
        select_input("topic", "Topic", topics[:100], initial=(draft and draft.topic) or ANY_TOPIC),
        select_input("language", "Language", languages, initial=draft.language if draft else None),
        text_input(
            "text", "What the customer reads", initial=draft.text if draft else "", limit=TEXT_LIMIT,
            hint=f"Filled in for each case: {variables}.",
        ),
        text_input(
            "example", "What customers say who get it", initial=draft.example if draft else "",
            limit=EXAMPLE_LIMIT,
            hint="In their words, one example a line. New posts are compared with them.",
        ),
        select_input(
            "holds", "Ask me after so long whether it still holds",
            [option(words, days) for days, words in spans.items()], initial=str(chosen),
        ),
    ]  # fmt: skip
    if brands:
        chosen_brand = draft.brand if draft and draft.brand in brands else brands[0]
        options = [option(brand or "All brands", brand or ANY_BRAND) for brand in brands[:100]]
        whose = select_input("brand", "For customers of", options, initial=chosen_brand or ANY_BRAND)
        blocks.insert(2, whose)
    meta = {"number": number, "seen": seen, "offer": offer, "answer": answer}
    title = "Change an answer" if number else "New approved answer"
    return modal("answer_save", title, blocks, submit="Save" if number else "Approve", meta=meta)


def answers_find_modal(answer: Meta) -> View:
    blocks = [
        text_input(
            "words", "Words to look for", multiline=False, limit=200,
            hint="All of them must be there: in title, text, example, topic or language.",
        )
    ]  # fmt: skip
    return modal("answers_find", "Find answers", blocks, submit="Find", meta={"answer": answer})


def still_holds(key: str, answer: ApprovedAnswer, playbook: Playbook) -> tuple[str, list[Block]]:
    """ "Does this still hold?", and what was said once somebody answered."""
    ask = f"Does this approved answer still hold? {escape(answer.title)}"
    head = f"*Does this still hold?*\n{_head(answer, playbook)} · {_used(answer)}"
    blocks: list[Block] = [section(f"{key}|head", head), *_in_full(f"{key}|text", answer.text)]
    open_ = question_key(answer) == key and answer.state != RETIRED
    if open_:
        blocks.append(
            actions(
                f"{key}|do",
                button("answer_holds", "Yes", f"{answer.id} {due_mark(answer)}", style="primary"),
                button("answer_change", "Change…", answer.id),
                button("answer_retire", "Retire", answer.id),
            )
        )
    else:
        last = answer.events[-1]
        said = EVENT_WORDS.get(last.what, last.what)
        blocks.append(context(f"{key}|said", f"{person(last.actor)} {said} · {_day(last.at)}"))
    return ask, blocks


def offer_message(key: str, offered: Offered, answer_title: str | None) -> tuple[str, list[Block]]:
    """A reply that somebody offers; leads approve it or don't."""
    offer, draft = offered.offer, offered.draft
    head = f"{person(offer.by)} offers a reply as an approved answer"
    where = f"{title(offered.view)} · `/case {offer.case_id}`"
    blocks: list[Block] = [
        section(f"{key}|head", f"*{head}*\n{where}"),
        customer_section(f"{key}|example", f"*They wrote*\n{quoted(draft.example, 600)}"),
        section(f"{key}|ours", "*The reply*, with names and links as variables"),
        *_in_full(f"{key}|text", draft.text),
    ]
    if offer.decided_by is None:
        take = button("answer_offer_take", "Approve…", offer.id, style="primary")
        blocks.append(actions(f"{key}|do", take, button("answer_offer_decline", "Not this one", offer.id)))
    else:
        what = f"approved it as “{escape(answer_title or '')}”" if offer.state == TAKEN else "did not take it"
        blocks.append(context(f"{key}|said", f"{person(offer.decided_by)} {what}"))
    return f"{head}: case {offer.case_id}", blocks


def used_words(answer: ApprovedAnswer, unconfirmed_since: datetime | None) -> str:
    """How often it was used, and whether somebody should look at it again."""
    since = f" · :warning: not confirmed since {_day(unconfirmed_since)}" if unconfirmed_since else ""
    return f"{_used(answer)}{since}"


# Helpers.


def _line(answer: ApprovedAnswer, playbook: Playbook, now: datetime) -> Block:
    beginning = unformatted(escape(shorten(" ".join(answer.text.split()), BEGINNING)))
    words = f"{_head(answer, playbook)}\n{beginning}\n_{_state(answer, now)}_"
    return section(f"list|answer{answer.id}", words, accessory=button("answer_open", "Open", answer.id))


def _head(answer: ApprovedAnswer, playbook: Playbook) -> str:
    topic = playbook.topic_label(answer.topic) if answer.topic else "any topic"
    name = unformatted(escape(answer.title))
    whose = f" · {escape(answer.brand)}" if answer.brand else ""
    return f"*{name}* · {escape(topic)} · {language_name(answer.language)}{whose}"


def _state(answer: ApprovedAnswer, now: datetime) -> str:
    if answer.state == RETIRED:
        return f"retired · {_used(answer)}"
    return used_words(answer, answer.confirmed_at if answer.is_unconfirmed(now) else None)


def _used(answer: ApprovedAnswer) -> str:
    if not answer.used or answer.last_used_at is None:
        return "not used yet"
    times = "once" if answer.used == 1 else f"{answer.used} times"
    return f"used {times}, last on {_day(answer.last_used_at)}"


def _day(at: datetime) -> str:
    return f"{at.day} {at:%b %Y}"


def _record(answer: ApprovedAnswer) -> str:
    lines = [
        f"{_day(event.at)}  {person(event.actor)} {EVENT_WORDS.get(event.what, event.what)}"
        for event in answer.events[-EVENTS_SHOWN:]
    ]
    return "\n".join([*lines, f"Its lead is asked on {_day(answer.check_at)} whether it still holds."])


def _in_full(prefix: str, text: str) -> list[Block]:
    """A long text in as many sections as it takes: escaping makes one character five."""
    parts = [text[n : n + 550] for n in range(0, len(text), 550)]
    return [customer_section(f"{prefix}{n}", quoted(part, 550)) for n, part in enumerate(parts)]


def _ways(shelf: Shelf, *, lead: bool) -> list[dict[str, object]]:
    def place(page: int) -> str:
        return json.dumps([page, shelf.state, shelf.words[:200]], ensure_ascii=False)

    ways = [button("answers_search", "Find…", "find")]
    if lead:
        ways.append(button("answer_new", "New…", "new"))
    if shelf.page > 0:
        ways.append(button("answers_earlier", "Back", place(shelf.page - 1)))
    if shelf.page + 1 < shelf.pages:
        ways.append(button("answers_more", "More", place(shelf.page + 1)))
    if shelf.words or shelf.state == RETIRED:
        ways.append(button("answers_back", "All answers", 0))
    return ways
