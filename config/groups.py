"""When posts share a card: near copies, and more at once than a channel can show."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

from config.values import Part, Span


def _two_weeks(span: timedelta) -> timedelta:
    if span > timedelta(days=14):
        raise ValueError("write 14d at most: what is older is another story")
    return span


class Groups(Part):
    """Many voices, one story."""

    alike: bool = True
    """Near copies and quotes of a post stand behind the card of the first one."""
    within: Annotated[Span, AfterValidator(_two_weeks)] = timedelta(hours=48)
    """So long after the last like it."""
    most_waiting_cards: Annotated[int, Field(ge=0, le=100)] = 5
    """New cards that may wait for their turn in a channel, which takes about one message a second. Further
    everyday posts share one card. 0: each gets its own, however long that takes."""
