"""The windows of a reply, drawn from what the use case gave and from what the window before remembers."""

from collections.abc import Sequence
from typing import Any
from zlib import crc32

from slack_sdk import WebClient

from bot.blocks.reply_modals import Ways, Writing, ready_modal, reply_modal
from bot.blocks.text import Block, source_name
from bot.desk import Desk
from bot.reply_pictures import Checked, Opened
from config.say import say
from handlers.names import first_name

Meta = dict[str, Any]


def writing_window(
    opened: Opened,
    meta: Meta,
    more: Sequence[Block] = (),
    *,
    others: Sequence[str] = (),
    asked: bool = False,
    seen: object = None,
) -> dict[str, Any]:
    """The first window: the draft and all that is said about it. `meta` is what the window before remembers,
    `more` the blocks of other features above the draft, `others` members who write here too, and `seen` what
    counts as read when that is not all that this window shows."""
    introduction = meta.get("introduction") if opened.first_contact else None
    page = Writing(
        draft=opened.text or (f"{introduction} " if introduction else ""),
        introduction=introduction,
        invitation=opened.links.invitation,
        private_url=opened.links.private,
        stops=opened.stops,
        advice=opened.advice,
        before=opened.before,
        news=opened.news,
        writing=others,
        lead=opened.lead,
        asked=asked,
        turn=int(meta.get("turn") or 0),
        more=more,
        remembered={
            "turn": meta.get("turn"),
            "filled": meta.get("filled"),
            "introduction": meta.get("introduction"),
            "seen": seen or opened.seen.remembered,
            "shown": shown(opened),
            "ready": opened.ready,
            "asked": mark(opened.text) if asked else None,
        },
    )
    return reply_modal(opened.view, page, answer=meta.get("answer") or {})


def ready_window(checked: Checked, meta: Meta) -> dict[str, Any]:
    """The second window: the ways to post."""
    page = Ways(
        reply=checked.reply,
        text=checked.text,
        advice=checked.advice,
        post_url=checked.links.post,
        filled=checked.links.filled,
        private_url=checked.links.private,
        invite_url=checked.links.invite,
        invitation=checked.links.invitation,
        can_post=checked.way == "api",
        news=checked.news,
        overruled=checked.overruled,
        remembered={"seen": checked.seen.remembered},
    )
    return ready_modal(checked.view, page, answer=meta.get("answer") or {})


def prepared_introduction(client: WebClient, desk: Desk, user: str, opened: Opened) -> str | None:
    """`I'm Ana, customer care at Tindra.` in the customer's language; None when we don't know the name."""
    name = first_name(client, desk, user)
    if name is None:
        return None
    company, language = opened.view.playbook.company, opened.view.case.language
    return say(language)("introduction", name=name, role=company.role_in(language), company=company.name)


def shown(opened: Opened) -> int:
    """A mark of what the check and the news say, by which a window knows whether it is still true."""
    news = [*(m.id for m in opened.news.posts), *(r.id for r in opened.news.replies)]
    return mark(repr((opened.stops, opened.advice, news, len(opened.news.events))))


def mark(text: str) -> int:
    """A number by which a window remembers a text."""
    return crc32(text.encode())


def on_its_way(opened: Opened) -> str:
    place = source_name(opened.view.to_answer.source)
    return f"Your reply is on its way to {place}. You get a message when it is there."
