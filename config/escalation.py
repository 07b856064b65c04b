"""The way to the specialists, as the playbook writes it: who is asked in which order, and who is away."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from config.values import Part, Span, Words


class ChainStep(Part):
    """Equals, of whom any can take the case: they are asked in turns."""

    ask: Annotated[Words, Field(min_length=1)]
    """Specialists by name."""
    acknowledge_within: Span | None = None
    """None: that of `escalation`."""


class Escalation(Part):
    """Who is asked in which order, and how long they have. Counted in the hours of whoever is asked."""

    acknowledge_within: Span = timedelta(minutes=30)
    resolve_within: Span | None = None
    """After how long whoever accepted is asked how it goes; after a second such time the line begins anew.
    None: nobody asks."""
    chains: dict[str, Annotated[tuple[ChainStep, ...], Field(min_length=1)]] = Field(default={})
    """By topic. Without one: specialists for it who speak the language, then its others. Then the leads."""


# The status that Slack offers for a day off first, then what people write themselves.
STATUS_EMOJI = (
    "palm_tree",
    "face_with_thermometer",
    "airplane",
    "airplane_departure",
    "beach_with_umbrella",
    "desert_island",
    "face_with_head_bandage",
    "hospital",
    "island",
    "luggage",
    "mask",
    "sick",
    "umbrella_on_ground",
)
STATUS_WORDS = (
    *("away", "day off", "holiday", "holidays", "off sick", "off today", "on leave", "ooo"),
    *("out of office", "out sick", "parental leave", "sick leave", "vacation", "vacationing"),
    *("afwezig", "ferie", "fri i dag", "föräldraledig", "ikke på arbejde", "med verlof", "permisjon"),
    *("semester", "sjuk", "sjukskriven", "syg", "sygemeldt", "sykmeldt", "vakantie", "ziek", "orlov"),
    *("abwesend", "elternzeit", "im urlaub", "krank", "krankgeschrieben", "urlaub"),
    *("arrêt maladie", "baja médica", "congé", "congés", "de baja", "de férias", "de vacaciones"),
    *("en congé", "en vacances", "férias", "in malattia", "vacaciones", "vacances", "vacanza"),
    *("休暇", "休み", "有休", "病欠", "休假", "请假", "病假"),
)
STATUS_UNLESS = (
    *("back from", "no longer", "not on", "after my", "planning"),
    *("tilbage fra", "tilbake fra", "tillbaka från", "terug van", "zurück aus", "zurück vom", "de retour"),
)


class StatusWords(Part):
    """What in somebody's Slack status says that they are away, besides `/case away`."""

    read: bool = True
    """False: only `/case away` counts."""
    emoji: Words = STATUS_EMOJI
    """Names without colons."""
    words: Words = STATUS_WORDS
    """Whole words, upper or lower case alike."""
    unless: Words = STATUS_UNLESS
    """With one of these it does not count: "back from vacation"."""
