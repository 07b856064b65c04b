"""The demo's approved answers, put on the shelf once."""

import structlog

from bot.answers.form import Draft
from bot.answers.keeping import Answers
from bot.office import Office
from config.demo_answers import demo_answers
from models.errors import NotAllowed

log = structlog.get_logger()


def load_demo_answers(office: Office) -> None:
    """Those that were never there: one that a person changed or retired stays as they left it."""
    answers, lead = Answers(office), office.playbook.leads[0].slack
    days = office.playbook.answers.check_after.days
    for number, one in enumerate(demo_answers(), start=1):
        draft = Draft(one.title, one.topic, one.language, one.text, one.example, days)
        try:
            answers.add(draft, by=lead, request=f"demo:{number}")
        except NotAllowed as no:  # the demo is worth starting without it
            log.warning("an approved answer of the demo is refused", title=one.title, why=str(no))
