"""The form of an approved answer: what a lead fills in, and what is wrong with it."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.answers.variables import KNOWN, fill, tidy, unknown_variables
from bot.blocks.text import LANGUAGES
from bot.reply_check.check import check_reply
from bot.reply_check.us import Us
from bot.sift.personal_data import PersonalData, find_personal_data
from config.playbook import Playbook
from models.post import storable

TITLE_LIMIT, TEXT_LIMIT, EXAMPLE_LIMIT = 80, 2000, 1000
"""Characters. A draft takes 2,900, and a variable may become longer than its name."""
SHORTEST_EXAMPLE = 8
LONGEST_HOLD = 1095
"""Days: three years. What nobody reads again for longer than that is not known to hold."""
TAKEN_OUT = "[…]"
"""Stands where personal data was taken out of an offered reply; a lead writes what belongs there."""


@dataclass(frozen=True)
class Draft:
    """What a lead filled in. `topic` None: any; `holds_days`: until "does this still hold?"."""

    title: str
    topic: str | None
    language: str
    text: str
    example: str
    holds_days: int
    brand: str | None = None
    """None: for the customers of all brands."""

    def tidied(self) -> "Draft":
        """As it is stored: without spaces around it, and without what no database takes."""
        return Draft(
            " ".join(storable(self.title).split()),
            self.topic or None,
            self.language,
            tidy(storable(self.text).strip()),
            storable(self.example).strip(),
            self.holds_days,
            self.brand or None,
        )


def what_is_wrong(draft: Draft, playbook: Playbook) -> dict[str, str]:
    """One sentence for each field of the form that something is wrong with. Empty: nothing."""
    draft = draft.tidied()
    return {field: no for field, rule in _RULES.items() if (no := rule(draft, playbook))}


def personal_data(text: str, playbook: Playbook) -> list[PersonalData]:
    """What in `text` leads to one person."""
    sift = playbook.sift
    return find_personal_data(text, order_pattern=sift.order_pattern, phone_regions=sift.phone_regions)


# The rules. Each gets the draft and the playbook, and returns its sentence.


def _title(draft: Draft, playbook: Playbook) -> str | None:
    if len(draft.title) < 3:
        return "Give it a title of a few words, by which colleagues find it."
    return f"A title has {TITLE_LIMIT} characters at most." if len(draft.title) > TITLE_LIMIT else None


def _topic(draft: Draft, playbook: Playbook) -> str | None:
    if draft.topic is None or draft.topic in {topic.name for topic in playbook.topics}:
        return None
    return "This topic is not in the playbook any more: choose another one."


def _brand(draft: Draft, playbook: Playbook) -> str | None:
    if draft.brand is None or draft.brand in {brand.name for brand in playbook.brands}:
        return None
    return "This brand is not in the playbook any more: choose another one."


def _language(draft: Draft, playbook: Playbook) -> str | None:
    return None if draft.language in LANGUAGES else "Choose the language that it is written in."


def _text(draft: Draft, playbook: Playbook) -> str | None:
    if not draft.text:
        return "Write what the customer should read."
    if len(draft.text) > TEXT_LIMIT:
        return f"An answer has {TEXT_LIMIT:,} characters at most; this one has {len(draft.text):,}."
    if TAKEN_OUT in draft.text:
        return f"Something personal was taken out at {TAKEN_OUT}: write what should stand there instead."
    unknown = unknown_variables(draft.text)
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in KNOWN)
        return f"{{{unknown[0]}}} is no variable. There are: {known}."
    # An introduction is put behind it where it has none, so that is no reason to refuse it.
    sample = fill(draft.text, _sample(draft, playbook), draft.language)
    stops = check_reply(sample, draft.language, Us.of(playbook, draft.brand), introduction_needed=False).stops
    return stops[0] if stops else None


def _example(draft: Draft, playbook: Playbook) -> str | None:
    if len(draft.example) < SHORTEST_EXAMPLE:
        return "Write what a customer says who gets this answer, in their words: posts are compared with it."
    if len(draft.example) > EXAMPLE_LIMIT:
        return f"An example has {EXAMPLE_LIMIT:,} characters at most; this one has {len(draft.example):,}."
    found = personal_data(draft.example, playbook)
    return f"Take out the {found[0].kind}: an example is everybody's to read." if found else None


def _holds(draft: Draft, playbook: Playbook) -> str | None:
    return None if 1 <= draft.holds_days <= LONGEST_HOLD else "Choose for how long it holds."


def _sample(draft: Draft, playbook: Playbook) -> dict[str, str | None]:
    """The values with which it is checked."""
    company = playbook.of(draft.brand).company
    return {
        "customer": "Mia",
        "me": "Ana",
        "role": company.role_in(draft.language),
        "company": company.name,
        "link": "https://private.example/message",
        "reference": "#12",
    }


_RULES: dict[str, Callable[[Draft, Playbook], str | None]] = {
    "title": _title,
    "topic": _topic,
    "brand": _brand,
    "language": _language,
    "text": _text,
    "example": _example,
    "holds": _holds,
}
"""By the field's block in the form, in its order."""
