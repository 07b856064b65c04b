"""`/training`: courses and quizzes for everybody; who is trained, and courses taught, for leads."""

from typing import Any

from slack_bolt import Ack

from bot.blocks.modals import meta_of, said_modal, value_of
from bot.blocks.training import (
    chosen_answers,
    courses_modal,
    page_modal,
    passed_words,
    quiz_modal,
    team_list,
)
from bot.practising import Practising
from bot.training import Training
from config.courses import course_languages, courses
from handlers.wiring import Answer, Asked, Handler, OpenModal, Word
from handlers.words import members
from models.errors import NotAllowed

STARTED = "Your practice case is in your direct messages with me."


def training(
    ack: Ack,
    command: dict[str, Any],
    user: str,
    training: Training,
    practising: Practising,
    asked: Asked,
    answer: Answer,
    open_modal: OpenModal,
) -> None:
    """`/training` opens the courses, `practice` a practice case; `team` and `record` are for leads."""
    ack()
    word, _, rest = str(command.get("text") or "").strip().partition(" ")
    word = word.lower()
    if not word:
        open_modal(courses_modal(training.standing(user), courses(), course_languages()))
    elif word == "team":
        answer(*team_list(training.team(by=user), courses(), training.office.clock()))
    elif word == "record":
        course, _, people = rest.strip().partition(" ")
        named = members(people)
        if user in training.office.playbook.remits:  # whoever else asks is refused for that
            for one in named:
                asked.services.people.must_be_able_to_have_cases(one)
        done = training.record(course, named, by=user)
        names = ", ".join(f"<@{one.member}>" for one in done)
        answer(f"Recorded “{courses()[course].title}” for {names}.")
    elif word == "practice":
        practising.start(user, rest.strip().lower() or "en")
        answer(STARTED)
    else:
        raise NotAllowed(
            "Write `/training` or `/training practice`, or as a lead `/training team` or "
            "`/training record tone @ana @bo`."
        )


def training_button(ack: Ack, user: str, training: Training, open_modal: OpenModal) -> None:
    ack()
    open_modal(courses_modal(training.standing(user), courses(), course_languages()))


def course_open(ack: Ack, view: dict[str, Any]) -> None:
    key, language = value_of(view, "course"), value_of(view, "language") or "en"
    if key is None:
        ack(response_action="errors", errors={"course": "Choose a course."})
        return
    ack(response_action="update", view=page_modal(key, courses(language)[key], language, 0))


def course_page(ack: Ack, view: dict[str, Any]) -> None:
    meta = meta_of(view)
    key, language, page = str(meta["course"]), str(meta["language"]), int(meta["page"]) + 1
    course = courses(language)[key]
    following = page_modal(key, course, language, page) if page < len(course.pages) else None
    ack(response_action="update", view=following or quiz_modal(key, course, language))


def course_quiz(ack: Ack, view: dict[str, Any], user: str, training: Training) -> None:
    """Graded as a whole: without a mistake it is passed, otherwise the reasons are shown and it goes on."""
    meta = meta_of(view)
    key, language = str(meta["course"]), str(meta["language"])
    course = courses(language)[key]
    wrong = training.grade(key, language, chosen_answers(view, len(course.quiz)))
    if wrong:
        ack(response_action="update", view=quiz_modal(key, course, language, wrong))
        return
    standing = training.passed(key, by=user)
    ack(
        response_action="update",
        view=said_modal("Passed", passed_words(course, standing, standing.until[key])),
    )


def _word(asked: Asked, rest: str) -> None:
    standing = asked.services.training.standing(asked.user)
    asked.open_modal(courses_modal(standing, courses(), course_languages()))


WORDS: dict[str, Word] = {"training": Word(_word, "training", "the courses, as `/training`")}
COMMANDS: dict[str, tuple[Handler, str, str]] = {
    "/training": (training, "Courses, and what you may answer", "[practice | team | record tone @ana]"),
}
ACTIONS: dict[str, Handler] = {"training": training_button}
VIEWS: dict[str, Handler] = {
    "course_open": course_open,
    "course_page": course_page,
    "course_quiz": course_quiz,
}
