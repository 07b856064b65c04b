"""The playbook's part on sources that send to us over HTTP: webhooks and Facebook."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, HttpUrl, model_validator

from config.values import Part, Span

OURS = ("slack", "phone", "in_person", "elsewhere", "replay")
"""Places of our own: what employees log themselves. Nobody outside may speak in their name."""


def outside(value: str) -> str:
    """A source's name that somebody outside may use. Raises ValueError."""
    if value in OURS:
        raise ValueError(f"{value} is one of our own places; name the platform that the posts come from")
    return value


SourceName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_\-]{0,39}$"), AfterValidator(outside)]
"""A platform, as posts carry it: "x", "facebook", "trustpilot" …"""


def _kept_private(url: HttpUrl) -> HttpUrl:
    """What is told must not be read on its way. Raises ValueError."""
    if url.scheme != "https" and url.host not in ("localhost", "127.0.0.1"):
        raise ValueError("write an address that begins with https:// (http:// only to localhost)")
    return url


class Webhook(Part):
    """Another tool that sends mentions as JSON, signed. Its secret is in `.env`."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9\-]{0,39}$")]
    """The last part of its address: /hooks/mentions/<name>."""
    source: SourceName | None = None
    """The platform of all its posts; None: each post says its own."""
    callback: Annotated[HttpUrl, AfterValidator(_kept_private)] | None = None
    """Where it hears what becomes of what it sent; None: nowhere."""


def _digits(value: object) -> object:
    """YAML takes digits without quotes for a number."""
    return str(value) if type(value) is int else value


class FacebookListening(Part):
    """Our page on Facebook: told of what happens there, asked, or both. Tokens are in `.env`."""

    page_id: Annotated[str, BeforeValidator(_digits), Field(pattern=r"^[0-9]{1,25}$")]
    """The page's number (on Facebook: the page, About, Page transparency); with quotes or without."""
    webhook: bool = True
    """Facebook sends what happens to /hooks/facebook."""
    poll: bool = True
    """We ask as well: what the webhook missed, or in its place."""
    every: Span = timedelta(minutes=5)

    @model_validator(mode="after")
    def one_way_at_least(self) -> "FacebookListening":
        if not (self.webhook or self.poll):
            raise ValueError("webhook or poll must be true: else nothing comes from there")
        return self
