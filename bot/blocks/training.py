"""Training as Slack shows it: the courses, their pages and quizzes, and a lead's list of people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.blocks.modals import View, modal, select_input
from bot.blocks.text import Block, context, escape, option, person, plain, section
from bot.training import Standing
from config.courses import Course, Question

LANGUAGE_NAMES = {"da": "Dansk", "en": "English", "nl": "Nederlands"}


def courses_modal(standing: Standing, known: dict[str, Course], languages: Sequence[str]) -> View:
    """What I have, what there is, and in which languages."""
    lines = [f"{_mark(standing, key)} *{course.title}*\n{course.about}" for key, course in known.items()]
    blocks: list[Block] = [
        section("training|level", level_words(standing)),
        section("training|courses", "\n".join(lines)),
        select_input("course", "Take a course", [option(c.title, key) for key, c in known.items()]),
        select_input("language", "In", [option(LANGUAGE_NAMES.get(x, x), x) for x in languages]),
    ]
    practise = " · ".join(f"`/training practice {code}`" for code in languages)
    blocks.append(context("training|practice", f"Or practise on a made-up customer: {practise}"))
    return modal("course_open", "Training", blocks, submit="Open", meta={})


def level_words(standing: Standing, when: str = "") -> str:
    """The level that somebody has, with that for brands whose levels are their own."""
    return f"You have level *{standing.level}* ({standing.level_name}){_elsewhere(standing)}{when}."


def _elsewhere(standing: Standing) -> str:
    return "".join(f", for {escape(one)} *{level}* ({name})" for one, level, name in standing.elsewhere)


def page_modal(key: str, course: Course, language: str, page: int) -> View:
    """One page; the last one leads to the quiz."""
    last = page == len(course.pages) - 1
    blocks: list[Block] = [
        section("page|text", course.pages[page]),
        context("page|number", f"{page + 1} of {len(course.pages)}"),
    ]
    meta = {"course": key, "language": language, "page": page}
    return modal("course_page", course.title, blocks, submit="To the quiz" if last else "Next", meta=meta)


def quiz_modal(key: str, course: Course, language: str, wrong: Sequence[int] = ()) -> View:
    """Every question with its answers; after a try, why the wrong ones were wrong."""
    blocks: list[Block] = []
    if wrong:
        words = f"{len(wrong)} of {len(course.quiz)} not right yet. Have another look:"
        blocks.append(section("quiz|wrong", f":bulb: *{words}*"))
    for number, question in enumerate(course.quiz):
        if number in wrong:
            blocks.append(context(f"quiz|why{number}", f":point_right: {question.why}"))
        blocks.append(_question(number, question))
    meta = {"course": key, "language": language}
    return modal("course_quiz", course.title, blocks, submit="Check", meta=meta)


def chosen_answers(view: dict[str, Any], questions: int) -> list[int | None]:
    """The answers chosen in a submitted quiz, from 1; None where none was."""
    values = view.get("state", {}).get("values", {})
    out: list[int | None] = []
    for number in range(questions):
        picked = (values.get(f"q{number}", {}).get("value") or {}).get("selected_option")
        out.append(int(picked["value"]) if picked else None)
    return out


def passed_words(course: Course, standing: Standing, until: datetime) -> str:
    return (
        f":tada: You passed “{course.title}”. Your certificate is valid until {until.day} {until:%b %Y}.\n"
        f"{level_words(standing, ' now')}"
    )


def team_list(team: Sequence[Standing], known: dict[str, Course], now: datetime) -> tuple[str, list[Block]]:
    """Who is trained for what, and whose certificates run out next."""
    if not team:
        return "Nobody has taken a course yet. `/training record tone @ana` records one you taught.", []
    lines = []
    for one in team:
        held = ", ".join(
            f"{known[key].title if key in known else key} (to {until.day} {until:%b %Y})"
            for key, until in one.until.items()
        )
        lines.append(
            f"{person(one.member)} level *{one.level}* ({one.level_name}){_elsewhere(one)}"
            + (f"\n{held}" if held else "")
        )
    return f"{len(team)} people are trained", [section("list|training", "*Trained*\n" + "\n".join(lines))]


def _mark(standing: Standing, key: str) -> str:
    until = standing.until.get(key)
    return f":white_check_mark: _to {until.day} {until:%b %Y}_" if until else ":white_large_square:"


def _question(number: int, question: Question) -> Block:
    options = [{"text": plain(text), "value": str(n)} for n, text in enumerate(question.answers, start=1)]
    return {
        "type": "input",
        "block_id": f"q{number}",
        "label": {**plain(question.question, 2000)},
        "element": {"type": "radio_buttons", "action_id": "value", "options": options},
    }
