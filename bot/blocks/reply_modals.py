"""The modals of a reply: the draft with what the check says, the ways to post it, and an unknown outcome."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.blocks.card import title
from bot.blocks.modals import Meta, View, meta_of, modal, quoted_sections, select_input, text_input, value_of
from bot.blocks.post import post_blocks, view_link
from bot.blocks.reply_parts import before_blocks, news_blocks, writing_blocks
from bot.blocks.text import TEXT_LIMIT, Block, context, escape, option, section, source_name
from bot.case_view import CaseView
from bot.customer_history import Before
from bot.reply_news import News
from models.overrule import mark
from models.reply import COMPANY, OWN

DRAFT = "draft"
"""The block with the draft. Slack keeps what stands in a field for as long as its block id stays the same."""
TYPED = "reply_typed"
"""The action that hears of a draft while it is written."""
SHORT_LINK = 80
"""Characters of a link that may stand in a sentence as it is."""
_LINK_COMES = re.compile(r"[\s::]+$")
REMEMBERED = 60
"""Stops that a window remembers: its memory holds 3,000 characters."""


@dataclass(frozen=True)
class Writing:
    """All that the first window of a reply shows beside the customer's words."""

    draft: str = ""
    introduction: str | None = None
    """Offered where the writer has not said yet who they are."""
    invitation: str | None = None
    private_url: str | None = None
    """The link in the invitation."""
    stops: Sequence[str] = ()
    advice: Sequence[str] = ()
    before: Before | None = None
    news: News = field(default_factory=News)
    writing: Sequence[str] = ()
    """Others who write a reply in this case just now."""
    lead: bool = False
    asked: bool = False
    """A lead was asked to overrule the stops."""
    turn: int = 0
    """How often the draft was filled anew: each time in a field with another id, for Slack keeps what stands
    in one."""
    more: Sequence[Block] = ()
    """Further blocks above the draft, such as an approved answer."""
    remembered: Meta = field(default_factory=dict)
    """What the window remembers besides the case and the stops."""


def reply_modal(view: CaseView, page: Writing, *, answer: Meta) -> View:
    """The customer's words, what went before, what is wrong with the draft so far, and the draft."""
    blocks: list[Block] = [context("reply|about", f"*{title(view)}*")]
    blocks += post_blocks(view.to_answer, "reply", view.zone, limit=700)
    blocks += before_blocks(view, page.before)
    blocks += writing_blocks(page.writing)
    blocks += news_blocks(view, page.news)
    blocks += _findings(page)
    blocks += page.more
    field_id = f"{DRAFT}|{page.turn}" if page.turn else DRAFT
    blocks.append(text_input(field_id, "Your public reply", initial=page.draft, as_typed=TYPED))
    blocks += _to_copy(page)
    if page.stops and not page.asked:
        blocks.append(_nevertheless(page))
    meta = {
        "case": view.case.id,
        "introduction": page.introduction,
        "stops": [mark(stop) for stop in page.stops[:REMEMBERED]],
        "answer": answer,
        **page.remembered,
    }
    name = f"Reply · case {view.case.id}"
    return modal("reply_check", name, blocks, submit="Check it", meta=meta, tell_close=True)


def draft_in(view: View) -> str | None:
    """What stands in the field for the draft; None when it is empty or untouched."""
    turn = meta_of(view).get("turn")
    return value_of(view, f"{DRAFT}|{turn}" if turn else DRAFT)


@dataclass(frozen=True)
class Ways:
    """All that the second window shows: a reply that may be posted, and how."""

    reply: int
    text: str
    advice: Sequence[str] = ()
    post_url: str | None = None
    filled: bool = False
    """The reply stands already where `post_url` leads."""
    private_url: str | None = None
    invite_url: str | None = None
    invitation: str | None = None
    can_post: bool = False
    """The platform's API takes it."""
    news: News = field(default_factory=News)
    overruled: bool = False
    remembered: Meta = field(default_factory=dict)


def ready_modal(view: CaseView, page: Ways, *, answer: Meta) -> View:
    """The draft passed: the ways to post it, and the link that invites to a private message."""
    blocks: list[Block] = news_blocks(view, page.news)
    head = ":warning: *A lead lets this be posted*" if page.overruled else ":white_check_mark: *Good to go*"
    blocks.append(section("ready|head", head))
    blocks += quoted_sections("ready|text", page.text)
    if page.advice:
        blocks.append(section("ready|advice", "\n".join(f":bulb: {escape(a)}" for a in page.advice)))
    steps = [f"*{n}.* {words}" for n, words in enumerate(_steps(view, page), start=1)]
    if sum(map(len, steps)) < TEXT_LIMIT:
        steps = ["\n".join(steps)]
    blocks += [section(f"ready|how{n or ''}", words) for n, words in enumerate(steps)]  # links stay whole
    blocks += _by_hand(page)
    callback, submit = ("reply_post", "Post now") if page.can_post else ("reply_posted", "I posted it")
    meta = {"reply": page.reply, "case": view.case.id, "answer": answer, **page.remembered}
    name = f"Post · case {view.case.id}"
    return modal(callback, name, blocks, submit=submit, meta=meta, tell_close=True)


def unknown_modal(view: CaseView, reply: int) -> View:
    """The platform did not say whether a reply was posted: a person looks and tells."""
    mention = view.to_answer
    url = view_link(mention)
    where = f"<{url}|Look under the customer's post>" if url else "Look under the customer's post"
    place = source_name(mention.source)
    blocks = [
        section("unknown|why", f"{place} did not say whether your reply was posted. {where}: is it there?"),
        select_input(
            "there", "Is it there?", [option("Yes, it is there", "yes"), option("No, it is not", "no")]
        ),
    ]
    return modal(
        "reply_unknown", f"Reply · case {view.case.id}", blocks, submit="Save", meta={"reply": reply}
    )


# Helpers, in the order in which they are called.


def _findings(page: Writing) -> list[Block]:
    blocks: list[Block] = []
    if page.stops:
        said = "\n".join(f":no_entry: {escape(s)}" for s in page.stops)
        head = "A lead was asked; you get a message" if page.asked else "Not yet: please mend this first"
        blocks.append(section("reply|stops", f"*{head}*\n{said}"))
    if page.advice:
        blocks.append(section("reply|advice", "\n".join(f":bulb: {escape(a)}" for a in page.advice)))
    return [{"type": "divider"}, *blocks] if blocks else []


def _to_copy(page: Writing) -> list[Block]:
    """In the customer's language, ready to be copied."""
    lines = []
    if page.introduction:
        lines.append(f"*Say who you are*, for example: {escape(page.introduction)}")
    if page.invitation:
        lines.append(
            f"*For anything personal*, invite them: {_invitation(page.invitation, page.private_url)}"
        )
    return [context("reply|copy", "\n".join(lines))] if lines else []


def _invitation(words: str, url: str | None) -> str:
    """The sentence as it is, but a long link as a word that leads there."""
    if url is None or len(url) <= SHORT_LINK:
        return escape(words)
    return f"{escape(_LINK_COMES.sub('', words.replace(url, '')))} <{url}|(the link)>"


def _nevertheless(page: Writing) -> Block:
    if page.lead:
        label, hint = "Post it nevertheless, because…", "As a lead you may; it stays on the case's record."
    else:
        label, hint = "Ask a lead to allow it, because…", "Only for exactly this text."
    return text_input("why", label, hint=hint, optional=True, multiline=False, limit=500)


def _steps(view: CaseView, page: Ways) -> list[str]:
    place = source_name(view.to_answer.source)
    if page.can_post:
        steps = [f"*Post now* sends this reply to {place} from the company's account."]
    elif page.post_url and page.filled:
        steps = [f"<{page.post_url}|Open your reply, ready to post>, and post it."]
    elif page.post_url:
        steps = [f"Copy your reply, <{page.post_url}|open where it goes>, and post it there."]
    else:
        steps = ["Copy your reply and post it where the customer wrote."]
    if page.invite_url:
        steps.append(f"<{page.invite_url}|Post the private-message link below it>; X shows it as a button.")
    elif page.invitation:
        steps.append(f"For anything personal, invite them: {_invitation(page.invitation, page.private_url)}")
    if view.to_answer.source == "facebook" and view.playbook.sources.facebook is not None:
        steps.append(f"You may write to them in private yourself, once: `/case private {view.case.id}`.")
    if not page.can_post:
        steps.append("Come back and press *I posted it*.")
    return steps


def _by_hand(page: Ways) -> list[Block]:
    """Who posts by hand says from whose account, and where it is."""
    accounts = [option("The company's account", COMPANY), option("My own account", OWN)]
    if page.can_post:
        label, initial = "Have you posted it yourself already? From…", None
    else:
        label, initial = "Posted from", COMPANY
    hint = "Kept with the case, so that a colleague finds it."
    return [
        select_input("account", label, accounts, initial=initial, optional=True),
        text_input("url", "Link of your post", optional=True, multiline=False, limit=500, hint=hint),
    ]
