"""The playbook's part on open networks: Bluesky and Mastodon."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field, model_validator

from config.values import Part, Span


class BlueskyListening(Part):
    """Bluesky: asked by search and mentions, which needs an account, or by its public stream, which does not.
    The account is in `.env`."""

    every: Span = timedelta(minutes=1)
    """Between two searches. The stream brings posts at once."""
    search: bool = True
    mentions: bool = True
    """Who mentions, answers or quotes our account."""
    stream: bool = False
    """All of Bluesky, sifted here."""

    @model_validator(mode="after")
    def one_way_at_least(self) -> "BlueskyListening":
        if not (self.search or self.mentions or self.stream):
            raise ValueError("search, mentions or stream must be true: else nothing comes from there")
        return self


# A bound within the pattern would cost 10 MB: it is written out a hundred times for every letter there is.
Tag = Annotated[str, Field(pattern=r"^#?\w+$", max_length=101)]


class MastodonListening(Part):
    """Mastodon, as far as the server of our account sees it. Server and account are in `.env`."""

    every: Span = timedelta(minutes=1)
    tags: tuple[Tag, ...] | None = None
    """Hashtags, with or without #; None: each keyword of the brands that can be one."""
    mentions: bool = True
    """Who mentions or quotes our account."""
    search: bool = False
    """Keywords in the server's search, where it has one."""
    stream: bool = False
    """Hashtags and mentions at once, by the server's stream; then asking only fills what it left out."""

    @model_validator(mode="after")
    def one_way_at_least(self) -> "MastodonListening":
        if not (self.mentions or self.search) and self.tags == ():
            raise ValueError("mentions, search or a tag is needed: else nothing comes from there")
        if self.stream and not self.mentions and self.tags == ():
            raise ValueError("stream: true brings tags and mentions, not search: switch one of them on")
        return self
