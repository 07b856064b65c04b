"""The demo's approved answers, put on the shelf once."""

from bot.answers.keeping import Answers, Draft
from bot.office import Office
from config.demo_answers import demo_answers


def load_demo_answers(office: Office) -> None:
    """Those that were never there: one that a person changed or retired stays as they left it."""
    answers, lead = Answers(office), office.playbook.leads[0].slack
    days = office.playbook.answers.check_after.days
    for number, one in enumerate(demo_answers(), start=1):
        draft = Draft(one.title, one.topic, one.language, one.text, one.example, days)
        answers.add(draft, by=lead, request=f"demo:{number}")
