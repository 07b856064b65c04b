"""The playbook's part about where mentions come from."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, HttpUrl, model_validator

from config.settings import ROOT
from config.social_sources import BlueskyListening, MastodonListening
from config.values import Part, Span, from_days_to_days
from config.web_sources import FacebookListening, Webhook


class Feed(Part):
    """An RSS or Atom feed."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_\-]*$")]
    url: HttpUrl
    every: Span = timedelta(minutes=10)


class ReadingBudget(Part):
    """What reading may cost. Each post is paid for once a UTC day, by whatever it was read."""

    per_post: Annotated[Decimal, Field(ge=0, le=100)] = Decimal("0.005")
    """What one post costs, with what your contract says about its author."""
    monthly: Annotated[Decimal, Field(ge=0, le=10_000_000)] | None = None
    """For a UTC month; None: it is only counted."""
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "USD"

    @property
    def post_micros(self) -> int:
        """In millionths."""
        return int(self.per_post * 1_000_000)

    @property
    def monthly_micros(self) -> int:
        """In millionths; 0 without a bound."""
        return int((self.monthly or 0) * 1_000_000)


class Recheck(Part):
    """How often stored posts are looked at again, to see what their authors deleted or changed. A look costs
    a post read, but for posts that were read on the same UTC day."""

    every: Annotated[Span, from_days_to_days(1, 365)] = timedelta(days=7)
    """Posts of open cases are looked at each day, whatever stands here."""
    within: Annotated[Span, from_days_to_days(1, 3660)] = timedelta(days=30)
    """Posts older than this are looked at only while their case is open."""


class XListening(Part):
    """X: what to ask for. Tokens are in `.env`."""

    every: Span = timedelta(minutes=1)
    search: bool = True
    mentions: bool = True
    stream: bool = False
    """Search by the filtered stream, where our access allows it: posts come at once, and search only fills
    its gaps."""
    budget: ReadingBudget | None = None
    recheck: Recheck | None = Recheck()
    """None: deleted and edited posts are not noticed unless they come by themselves."""

    @model_validator(mode="after")
    def one_way_at_least(self) -> "XListening":
        if not (self.search or self.mentions):
            raise ValueError("search or mentions must be true: else nothing comes from there")
        return self

    @model_validator(mode="after")
    def the_stream_has_search_for_its_gaps(self) -> "XListening":
        if self.stream and not self.search:
            raise ValueError("stream: true needs search: true, which fills the stream's gaps")
        return self


class Replay(Part):
    """A JSON Lines file read as if it came from outside: for trying things out."""

    file: Annotated[Path, AfterValidator(lambda path: path if path.is_absolute() else ROOT / path)]
    """A relative path begins at the project's folder, wherever the program is started."""
    first: Annotated[int, Field(ge=0)] = 8
    """How many posts come at once at the start."""
    every: Annotated[float, Field(gt=0)] = 5.0
    """Seconds between later posts."""


class Sources(Part):
    """Where mentions come from."""

    x: XListening | None = None
    facebook: FacebookListening | None = None
    bluesky: BlueskyListening | None = None
    mastodon: MastodonListening | None = None
    feeds: tuple[Feed, ...] = ()
    webhooks: tuple[Webhook, ...] = ()
    replay: Replay | None = None

    @model_validator(mode="before")
    @classmethod
    def a_name_alone_switches_a_source_on(cls, given: object) -> object:
        """`x:` with nothing below it, as it is left when every line there is a comment."""
        if not isinstance(given, dict):
            return {} if given is None else given
        alone = ("x", "facebook", "bluesky", "mastodon")
        lists = ("feeds", "webhooks")
        empty: dict[str, object] = {key: {} for key in alone} | {key: [] for key in lists}
        return {key: empty.get(key, value) if value is None else value for key, value in given.items()}

    @property
    def need_web(self) -> bool:
        """Whether somebody outside sends to us, so that we have to listen on PORT."""
        return bool(self.webhooks) or (self.facebook is not None and self.facebook.webhook)
