"""Parts of a reply's modals: what went before with this customer, who else writes, what is new."""

from collections.abc import Sequence

from bot.blocks.card import KINDS
from bot.blocks.event_words import event_line
from bot.blocks.post import post_blocks
from bot.blocks.text import (
    Block,
    button,
    clock_time,
    context,
    escape,
    person,
    section,
    shorten,
)
from bot.case_view import CaseView
from bot.customer_history import Before
from bot.reply_news import News
from models.case import Case
from models.reply import POSTED

SHOWN = 3
"""Of each kind of news."""
HAPPENED = {
    "note": "noted",
    "promise": "promised an answer by",
    "private_reply": "wrote to them in private",
    "hand_over": "handed it over",
    "claim": "claimed it",
    "accept": "accepted it",
    "release": "released it",
    "escalate": "escalated it",
    "reopen": "reopened it",
    "return_to_owner": "gave it back to its owner",
}


def before_blocks(view: CaseView, before: Before | None) -> list[Block]:
    """Two lines at the most: their earlier cases, and our last public words to them."""
    if before is None:
        return []
    lines = []
    if before.last is not None:
        cases = "1 earlier case" if before.cases == 1 else f"{before.cases} earlier cases"
        posts = "1 post" if before.posts == 1 else f"{before.posts} posts"
        lines.append(f"*Before* · {cases}, {posts} · last: {_ended(view, before.last)}")
    if before.reply and before.replied_at:
        at = clock_time(before.replied_at, view.zone, view.now)
        lines.append(f"*We last wrote* ({at}) · “{escape(shorten(' '.join(before.reply.split()), 240))}”")
    return [context("reply|before", "\n".join(lines))]


def writing_blocks(members: Sequence[str]) -> list[Block]:
    """Others who are writing a reply in the same case."""
    if not members:
        return []
    who = " and ".join(person(member) for member in members[:SHOWN])
    are = "is" if len(members) == 1 else "are"
    return [section("reply|writing", f":pencil2: {who} {are} writing a reply in this case just now.")]


def news_blocks(view: CaseView, news: News) -> list[Block]:
    """What happened since the window was opened. Nothing when there is nothing."""
    if not news:
        return []
    head = ":bell: *New since you began. Please read it before you go on.*"
    blocks: list[Block] = [section("news|head", head)]
    for mention in news.posts[-SHOWN:]:
        blocks += post_blocks(mention, "news", view.zone, limit=500)
    for reply in news.replies[-SHOWN:]:
        did = "answered" if reply.state == POSTED else "has a reply on its way"
        words = escape(shorten(" ".join(reply.text.split()), 400))
        blocks.append(section(f"news|reply{reply.id}", f"{person(reply.by)} {did}:\n>{words}"))
    lines = [
        event_line(event, HAPPENED.get(event.what, event.what), view, 200) for event in news.events[-SHOWN:]
    ]
    if lines:
        blocks.append(section("news|events", "\n".join(lines)))
    return [*blocks, {"type": "divider"}]


def _ended(view: CaseView, case: Case) -> str:
    """`case 4, complaint about leaks, 3 Mar 10:20, resolved`."""
    kind = KINDS.get(case.kind, case.kind).lower()
    topic = f" about {view.playbook.topic_label(case.topic).lower()}" if case.topic else ""
    at = clock_time(case.opened_at, view.zone, view.now)
    return f"case {case.id}, {kind}{topic}, {at}, {case.stage}"


def promise_offer(view: CaseView) -> list[Block]:
    """After a reply that says they will be back: by when, so that they are reminded."""
    words = ":alarm_clock: You wrote that you will be back. By when? You are reminded in time."
    ask = button("word_promise", "Promise an answer…", view.case.id)
    return [section(f"sheet:{view.case.id}|back", words, accessory=ask)]
