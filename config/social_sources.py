"""The playbook's part on open networks: Bluesky."""

from datetime import timedelta

from pydantic import model_validator

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
