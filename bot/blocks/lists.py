"""Lists shown to one person: my cases, what was set aside."""

from collections.abc import Sequence

from bot.blocks.card import title
from bot.blocks.post import WITHHELD
from bot.blocks.text import Block, button, clock_time, escape, handle, quoted, section, shorten
from bot.case_view import CaseView
from models.mention import Mention


def case_list(views: Sequence[CaseView]) -> tuple[str, list[Block]]:
    """Open cases of one person, each with its next step and a button."""
    if not views:
        return "You have no case. `/claim` takes the most urgent one.", []
    blocks: list[Block] = [section("list|head", "*Your cases*")]
    for view in views:
        step = view.checklist.next
        following = f"Next: {step.label}" if step else "Ready to resolve"
        due = clock_time(view.case.promised_for or view.case.resolve_by, view.zone, view.now)
        words = f"*Case {view.case.id}* · {title(view)}\n{following} · due {due}"
        open_it = button("checklist", "Checklist", view.case.id)
        blocks.append(section(f"list|{view.case.id}", words, accessory=open_it))
    return f"Your cases, {len(views)} of them", blocks


def aside_list(mentions: Sequence[Mention]) -> tuple[str, list[Block]]:
    """Posts that were set aside, newest first, each with its reason and a way back."""
    if not mentions:
        return "Nothing has been set aside.", []
    blocks: list[Block] = [section("list|head", "*Set aside*, newest first")]
    for mention in mentions:
        body = WITHHELD if mention.personal_data else quoted(mention.text, 240)
        words = f"*{handle(mention.author, 60)}*: {escape(shorten(mention.reason, 200))}\n{body}"
        back = button("bring_back", "Bring back", mention.id)
        blocks.append(section(f"list|{mention.id}", words, accessory=back))
    return f"{len(mentions)} posts set aside", blocks
