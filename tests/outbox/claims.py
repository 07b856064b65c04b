"""Rows of the outbox as delivery has claimed them."""

from bot.outbox.claiming import Claimed


def claimed(kind: str, subject: int, *, again: bool = False) -> Claimed:
    """A row that is no Slack message; `again`: an earlier try had an unknown outcome."""
    return Claimed(1, f"{kind}:{subject}", kind, subject, "x", None, None, 0, again, 0.0, "to:x", 0.0, 0, 0.0)
