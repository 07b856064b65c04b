"""Who does something."""

from dataclasses import dataclass

BOT_ID = "bot"


@dataclass(frozen=True)
class Person:
    """Somebody at the desk: their Slack member id, and whether they lead."""

    id: str
    lead: bool = False


BOT = Person(BOT_ID, lead=True)
"""The clock and the listener: may do what a lead may, and signs as the bot."""


def named(member: str | None) -> str:
    """A person in a sentence; the front end shows it as their name."""
    if member is None:
        return "nobody"
    return "Listening Post" if member == BOT_ID else f"<@{member}>"
