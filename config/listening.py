"""The playbook's part about where mentions come from."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, HttpUrl, model_validator

from config.settings import ROOT
from config.values import Part, Span
from config.web_sources import Webhook


class Feed(Part):
    """An RSS or Atom feed."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_\-]*$")]
    url: HttpUrl
    every: Span = timedelta(minutes=10)


class XListening(Part):
    """X: what to ask for. Tokens are in `.env`."""

    every: Span = timedelta(minutes=1)
    search: bool = True
    mentions: bool = True
    stream: bool = False
    """Search by the filtered stream, where our access allows it: posts come at once, and search only fills
    its gaps."""

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
    feeds: tuple[Feed, ...] = ()
    webhooks: tuple[Webhook, ...] = ()
    replay: Replay | None = None

    @property
    def need_web(self) -> bool:
        """Whether somebody outside sends to us, so that we have to listen on PORT."""
        return bool(self.webhooks)
