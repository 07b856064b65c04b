"""The playbook's part on sources that send to us over HTTP."""

from typing import Annotated

from pydantic import AfterValidator, Field

from config.values import Part

OURS = ("slack", "phone", "in_person", "elsewhere", "replay")
"""Places of our own: what employees log themselves. Nobody outside may speak in their name."""


def outside(value: str) -> str:
    """A source's name that somebody outside may use. Raises ValueError."""
    if value in OURS:
        raise ValueError(f"{value} is one of our own places; name the platform that the posts come from")
    return value


SourceName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_\-]{0,39}$"), AfterValidator(outside)]
"""A platform, as posts carry it: "x", "facebook", "trustpilot" …"""


class Webhook(Part):
    """Another tool that sends mentions as JSON, signed. Its secret is in `.env`."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9\-]{0,39}$")]
    """The last part of its address: /hooks/mentions/<name>."""
    source: SourceName | None = None
    """The platform of all its posts; None: each post says its own."""
