"""A customer's post as Slack shows it: unmodified, with author, handle, time and a link back.

X's display requirements: the post's text is not altered, author and handle and time stand with it, and it
links to X; our own buttons stand in a block apart. A post with personal data in it is withheld, never
rewritten.
"""

from datetime import datetime

from bot.blocks.text import (
    LOGGED,
    Block,
    context,
    customer_section,
    escape,
    handle,
    local,
    quoted,
    section,
    shorten,
    source_name,
    unformatted,
)
from models.mention import DELETED, GONE_WORDS, Mention

WITHHELD = "_Withheld here: the post contains personal data. Read it where it was posted._"


def post_blocks(mention: Mention, prefix: str, zone: str, *, limit: int = 1200) -> list[Block]:
    """Two blocks: who and what they wrote, and when with the link. `prefix` begins their block ids."""
    if mention.gone_at is not None:
        return [
            section(f"{prefix}|post{mention.id}", said(mention, limit)),
            context(f"{prefix}|seen{mention.id}", f"{_when(mention.created_at, zone)}{_link(mention)}"),
        ]
    name = unformatted(escape(shorten(mention.author_name or mention.author, 80)))
    known_as = f" {handle(mention.author, 80)}" if mention.author_name not in (None, mention.author) else ""
    when = f"{_when(mention.created_at, zone)}{' · edited' if mention.edited_at else ''}"
    return [
        customer_section(f"{prefix}|post{mention.id}", f"*{name}*{known_as}\n{said(mention, limit)}"),
        context(f"{prefix}|seen{mention.id}", f"{when}{_link(mention)}"),
    ]


def said(mention: Mention, limit: int) -> str:
    """The post's words, or why they don't stand here."""
    if mention.gone_at is not None:
        return f"_This post {GONE_WORDS[mention.gone_because or DELETED]}. Its words are gone here too._"
    return WITHHELD if mention.personal_data else quoted(mention.text, limit)


def view_link(mention: Mention) -> str | None:
    """The post's own address, when it is one that may be shown as a link."""
    url = mention.url or ""
    safe = url.startswith(("https://", "http://")) and not any(c in url for c in "<>|\n\r\t ")
    return url if safe and len(url) < 2000 else None


def _link(mention: Mention) -> str:
    url = view_link(mention)
    where = source_name(mention.source)
    if url and mention.source in LOGGED:
        return f" · {where} · <{url}|Open the link>"  # somebody gave it; it may lead anywhere
    return f" · <{url}|View on {where}>" if url else f" · {where}"


def _when(at: datetime, zone: str) -> str:
    there = local(at, zone)
    return f"{there.day} {there:%b %Y · %H:%M}"
