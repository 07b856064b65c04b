"""Lists shown to one person: my cases, what waits, what a search found, what was set aside."""

from collections.abc import Sequence

from bot.blocks.card import grave, title
from bot.blocks.post import said
from bot.blocks.text import (
    Block,
    actions,
    button,
    clock_time,
    customer_section,
    escape,
    escape_but_people,
    handle,
    person,
    section,
    shorten,
    unformatted,
)
from bot.case_view import CaseView
from bot.searching import Found
from models.mention import Mention
from models.moves import WAITING


def case_list(views: Sequence[CaseView]) -> tuple[str, list[Block]]:
    """Open cases of one person, each with its next step and a button."""
    if not views:
        return "You have no case. `/claim` takes the most urgent one.", []
    blocks: list[Block] = [section("list|head", "*Your cases*")]
    for view in views:
        step = view.checklist.next
        following = f"Next: {step.label}" if step else "Ready to resolve"
        words = f"*Case {view.case.id}*{grave(view)} · {title(view)}\n{following} · {_due(view)}"
        open_it = button("checklist", "Checklist", view.case.id)
        blocks.append(section(f"list|{view.case.id}", words, accessory=open_it))
    return f"Your cases, {len(views)} of them", blocks


def _due(view: CaseView) -> str:
    case = view.case
    if case.paused_at is not None and case.promised_for is None:
        return f"waiting for the customer since {clock_time(case.paused_at, view.zone, view.now)}"
    return f"due {clock_time(case.promised_for or case.resolve_by, view.zone, view.now)}"


def waiting_list(views: Sequence[CaseView], total: int, queue: str | None) -> tuple[str, list[Block]]:
    """What waits, most urgent first, each with Claim."""
    where = f" in {escape(queue)}" if queue else ""
    if not views:
        return f"Nothing is waiting{where}. Well done, everybody.", []
    many = f"{total} cases wait" if total > 1 else "1 case waits"
    first = f", the {len(views)} most urgent" if total > len(views) else ""
    blocks: list[Block] = [section("list|head", f"*{many}{where}*{first}")]
    for view in views:
        by = clock_time(view.case.respond_by, view.zone, view.now)
        due = (
            f":red_circle: an answer was due at {by}" if view.case.is_overdue(view.now) else f"answer by {by}"
        )
        blocks.append(_post_of(view, view.mentions[-1:], f"{due} · {view.case.queue}"))
    return f"{many}{where}", blocks


def found_list(found: Found) -> tuple[str, list[Block]]:
    """What a search found, newest first; a post with personal data is withheld as on its card."""
    words = escape(shorten(" ".join(found.words), 100))
    if not found.views and found.more:
        return (
            f"Very many posts have such words; none of the newest has all of “{words}”. Add a rarer one.",
            [],
        )
    if not found.views:
        return f"Nothing has “{words}” in it: neither posts nor names nor notes.", []
    many = f"{found.total:,} cases" if found.total > 1 else "1 case"
    if found.more:
        many = f"More than {many}"
    first = f", the {len(found.views)} newest" if found.total > len(found.views) else ""
    blocks: list[Block] = [section("list|head", f"*{many} with “{words}”*{first}")]
    for view in found.views:
        owner = f" · {person(view.case.owner)}" if view.case.owner else ""
        blocks.append(_post_of(view, found.shown(view), f"{view.case.stage}{owner}", found.noted(view)))
    return f"{many} found", blocks


def resolved_message(number: int, *, offer: bool) -> tuple[str, list[Block]]:
    """Well done; and the reply that solved it may serve others."""
    said = f":tada: Case {number} is resolved. Well done."
    if not offer:
        return said, []
    return said, [
        section("list|resolved", f"{said}\nWould your reply help others too?"),
        actions("list|do", button("word_offer", "Offer it as an approved answer", number)),
    ]


def aside_list(mentions: Sequence[Mention]) -> tuple[str, list[Block]]:
    """Posts that were set aside, newest first, each with its reason and a way back."""
    if not mentions:
        return "Nothing has been set aside.", []
    blocks: list[Block] = [section("list|head", "*Set aside*, newest first")]
    for mention in mentions:
        words = (
            f"*{handle(mention.author, 60)}*: {escape(shorten(mention.reason, 200))}\n{said(mention, 240)}"
        )
        back = button("bring_back", "Bring back", mention.id)
        other = button("aside_is", "It is something else…", mention.id)
        blocks.append(section(f"list|{mention.id}", words))
        blocks.append(actions(f"list|{mention.id}|do", back, other))
    return f"{len(mentions)} posts set aside", blocks


def _post_of(view: CaseView, mentions: Sequence[Mention], state: str, note: str | None = None) -> Block:
    """A case in a few lines, with Claim while it waits."""
    lines = [f"*Case {view.case.id}*{grave(view)} · {title(view)}\n{state} · `/case {view.case.id}`"]
    for mention in mentions:
        name = unformatted(escape(shorten(mention.author_name or mention.author, 60)))
        lines.append(f"*{name}*\n{said(mention, 240)}")
    if note:
        lines.append(f":memo: {escape_but_people(shorten(' '.join(note.split()), 160))}")
    block = customer_section(f"list|{view.case.id}", "\n".join(lines))
    if view.case.stage == WAITING:
        block["accessory"] = button("claim", "Claim", view.case.id)
    return block
