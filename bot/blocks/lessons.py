"""What the team taught the sift, as leads see it."""

from datetime import datetime

from bot.blocks.card import KINDS
from bot.blocks.learned import learned_line, learned_lines
from bot.blocks.text import Block, button, clock_time, escape, language_name, person, section
from bot.lessons.listing import Taught
from config.playbook import Playbook
from models.lesson import BROUGHT_BACK, CORRECTED, DISMISSED, LOGGED, NO_TOPIC, Lesson

HOW = {
    DISMISSED: "dismissed it",
    CORRECTED: "said what it is",
    BROUGHT_BACK: "brought it back",
    LOGGED: "logged it",
}


def lessons_list(taught: Taught, book: Playbook, zone: str, now: datetime) -> tuple[str, list[Block]]:
    """The newest lessons, each with a way to take it back."""
    total = sum(taught.counts.values())
    if not taught.newest:
        return (
            "Nobody has taught the sift anything yet. `/case is 12 praise` does, and so does dismissing.",
            [],
        )
    head = "1 lesson counts" if total == 1 else f"{total} lessons count"
    newest = f", the {len(taught.newest)} newest" if total > len(taught.newest) else ""
    blocks: list[Block] = [section("list|head", f"*{head}*{newest}")]
    how_well = [learned_line(taught.standings), *learned_lines(taught.standings)]
    if taught.standings:
        blocks.append(section("list|learned", "\n".join(how_well)))
    for lesson in taught.newest:
        at = clock_time(lesson.at, zone, now)
        which = f"`/case {lesson.case_id}`" if lesson.case_id else "a post that was set aside"
        words = (
            f"{person(lesson.by)} {HOW.get(lesson.how, lesson.how)} · {at} · {which}\n{_said(lesson, book)}"
        )
        back = button("lesson_back", "Take back", lesson.id)
        blocks.append(section(f"list|{lesson.id}", words, accessory=back))
    return head, blocks


def _said(lesson: Lesson, book: Playbook) -> str:
    """`complaint → praise · Leaks → Delivery`."""
    said = []
    if lesson.needed is not None:
        was = "needs somebody" if lesson.ruled_shown else "needs nobody"
        said.append(_change(was, "needs somebody" if lesson.needed else "needs nobody"))
    if lesson.kind is not None:
        said.append(_change(*(KINDS.get(one, one).lower() for one in (lesson.ruled_kind, lesson.kind))))
    if lesson.topic is not None:
        was = book.topic_label(lesson.ruled_topic)
        said.append(_change(was, book.topic_label(None if lesson.topic == NO_TOPIC else lesson.topic)))
    if lesson.language is not None:
        said.append(_change(language_name(lesson.ruled_language), language_name(lesson.language)))
    return escape(" · ".join(said))


def _change(was: str, is_: str) -> str:
    return f"{was}, rightly" if was == is_ else f"{was} → {is_}"
