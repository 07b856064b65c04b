"""A heap's card, the lists of stories and heaps, and the window in which a story's rest is closed."""

from bot.blocks.card import grave, title
from bot.blocks.modals import Meta, View, modal, text_input
from bot.blocks.post import said, view_link
from bot.blocks.story_line import still_wait, story_words
from bot.blocks.text import (
    Block,
    actions,
    button,
    clock_time,
    context,
    customer_section,
    escape,
    handle,
    language_name,
    person,
    section,
    shorten,
    source_name,
    span_words,
    unformatted,
)
from bot.case_view import CaseView
from bot.stories.story import HeapNow, Listed
from models.alike import STORY
from models.mention import Mention
from models.moves import CLAIMED, DISMISSALS, ESCALATED, RESOLVED, WAITING

PLURALS = {
    "complaint": ("complaint", "complaints"),
    "question": ("question", "questions"),
    "praise": ("praise", "praise"),
    "idea": ("idea", "ideas"),
    "ad": ("ad", "ads"),
    "other": ("other", "others"),
}
COUNTED = 4
"""Kinds or languages that are counted one by one."""
WORDS_SHOWN = 160
LONGEST_LINK = 400


def heap_card(heap: HeapNow) -> tuple[str, list[Block]]:
    """One card for all that came too fast: how many, of what, the newest lines, and the ways in."""
    key = f"heap:{heap.id}"
    many = f"{heap.total:,} more {'post' if heap.total == 1 else 'posts'}"
    about = f" about {escape(heap.topic_label)}" if heap.topic else ""
    within = span_words((heap.last_at - heap.opened_at).total_seconds())
    head = f"*{many}{about}* within {within}"
    see_all = button("word_group", "See all", key)
    if not heap.waiting:
        done = ":white_check_mark: None of them waits here: each was taken, closed, or has a card of its own."
        return f"{many}{about}", [
            section(f"{key}|head", head),
            context(f"{key}|state", done),
            actions(f"{key}|do", see_all),
        ]
    by = clock_time(heap.respond_by, heap.zone, heap.now) if heap.respond_by else ""
    counts = [_kinds(heap.kinds), _languages(heap.languages)]
    blocks: list[Block] = [section(f"{key}|head", f"{head}\n{' · '.join(filter(None, counts))}")]
    for view in heap.newest:
        mention = view.mentions[-1]
        body = said(mention, WORDS_SHOWN)
        blocks.append(customer_section(f"{key}|case{view.case.id}", f"{_seen(view, mention)}\n{body}"))
    waits = ":large_blue_circle: " + (
        still_wait(heap.waiting) + (f" · the first answer is due by {by}" if by else "")
    )
    blocks.append(context(f"{key}|state", f"{waits} · what is severe has a card of its own"))
    claim = button("claim_heap", "Claim the most urgent", heap.id, style="primary")
    blocks.append(actions(f"{key}|do", claim, see_all))
    return f"{many}{about}", blocks


def listed(found: Listed) -> tuple[str, list[Block]]:
    """One page of a story's or a heap's cases, those who wait first, each with Claim while it waits."""
    if found.heap is not None:
        heap = found.heap
        about = f" about {escape(heap.topic_label)}" if heap.topic else ""
        head = (
            f"*{heap.total:,} {'post' if heap.total == 1 else 'posts'}{about}* · {still_wait(heap.waiting)}"
        )
    else:
        story = found.story
        head = f"*Case {found.name}*" + (f" {story_words(story)}" if story else "")
    blocks: list[Block] = [section("list|head", head)]
    blocks += [_row(view) for view in found.views]
    turns = []
    if found.page > 1:
        turns.append(button("group_back", "Back", f"{found.name} {found.page - 1}"))
    if found.page < found.pages:
        turns.append(button("group_on", "Next", f"{found.name} {found.page + 1}"))
    if turns:
        blocks.append(context("list|page", f"Page {found.page} of {found.pages}"))
        blocks.append(actions("list|turn", *turns))
    return shorten(head.replace("*", ""), 150), blocks


def answered_modal(first: int, waiting: int, answer: Meta) -> View:
    """Asks for whom the answer of the first case serves."""
    whom = "the one" if waiting == 1 else f"all {waiting:,}"
    blocks = [
        section(
            "answered|why",
            f"Closes {whom} who still wait as answered with case {first}. Nobody writes to them: do this "
            "where they can read your answer too. Whoever of them writes again is back in the channel.",
        ),
        text_input(
            "only",
            "Only these cases",
            multiline=False,
            optional=True,
            limit=1000,
            hint="Numbers, as in 14 15 18. Empty: all of them.",
        ),
    ]
    meta = {"case": first, "waiting": waiting, "answer": answer}
    return modal("answered", f"Answered · case {first}", blocks, submit="Close them", meta=meta)


def _row(view: CaseView) -> Block:
    """Who, when, their first words, how it stands; with Claim while it waits."""
    case, mention = view.case, view.mentions[-1]
    copy = f" · like case {case.like_id}" if case.like_id is not None and case.heap_id is not None else ""
    body = said(mention, WORDS_SHOWN)
    head = f"*Case {case.id}*{grave(view)} · {title(view)}{copy}"
    words = "\n".join([head, f"{_seen(view, mention)} · {_state(view)}", body])
    block = customer_section(f"list|{case.id}", words)
    if case.stage == WAITING:
        block["accessory"] = button("claim", "Claim", case.id)
    return block


def _seen(view: CaseView, mention: Mention) -> str:
    """Who wrote it, when, and where it stands, as X asks for it; of a post that is gone nothing is left."""
    at = clock_time(mention.created_at, view.zone, view.now)
    if mention.gone_at is not None:
        return at
    name = f"*{unformatted(escape(shorten(mention.author_name or mention.author, 60)))}*"
    known_as = f" {handle(mention.author, 60)}" if mention.author_name not in (None, mention.author) else ""
    url = view_link(mention)
    link = f" · <{url}|View on {source_name(mention.source)}>" if url and len(url) <= LONGEST_LINK else ""
    return f"{name}{known_as} · {at}{link}"


def _state(view: CaseView) -> str:
    case = view.case
    if case.stage == WAITING:
        by = clock_time(case.respond_by, view.zone, view.now)
        if case.is_overdue(view.now):
            return f":red_circle: waits, was due at {by} · `/claim {case.id}`"
        return f":large_blue_circle: waits, answer by {by} · `/claim {case.id}`"
    if case.stage == CLAIMED:
        answered = ", answered" if case.first_response_at else ""
        return f":large_green_circle: {person(case.owner)} has it{answered}"
    if case.stage == ESCALATED:
        return f":large_orange_circle: escalated to {person(view.asked)}"
    if case.stage == RESOLVED:
        return f":white_check_mark: resolved by {person(case.owner)}"
    if case.closed_because == STORY:
        return f":white_check_mark: answered with case {case.like_id}"
    return f":heavy_minus_sign: no reply needed: {DISMISSALS.get(case.closed_because or '', 'dismissed')}"


def _kinds(counts: list[tuple[str, int]]) -> str:
    named = [f"{count:,} {PLURALS.get(kind, (kind, kind))[count != 1]}" for kind, count in counts[:COUNTED]]
    return ", ".join(named)


def _languages(counts: list[tuple[str, int]]) -> str:
    named = [f"{count:,} {language_name(code)}" for code, count in counts[:COUNTED]]
    rest = sum(count for _, count in counts[COUNTED:])
    return ", ".join([*named, *([f"{rest:,} in other languages"] if rest else [])])
