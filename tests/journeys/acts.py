"""What several journeys do: customers' posts arriving, and the sheet as it stands now."""

from typing import Any

from bot.sources import Batch
from handlers.parts import Parts
from models.post import Post
from tests.slack import Slack, eventually, words


def hear(program: Parts, *posts: Post) -> None:
    """Customers write: the listener takes the posts as from a source."""
    program.works.listener.take("test", Batch(list(posts)))


def sheet_of(slack: Slack, user: str, number: int, having: str = "") -> dict[str, Any]:
    """The newest sheet of case `number` that only `user` sees, once it has the words `having`."""

    def look() -> dict[str, Any] | None:
        mine = [
            m
            for m in slack.messages()
            if m.get("ephemeral_to") == user
            and any(b.get("block_id") == f"sheet:{number}|head" for b in m.get("blocks") or [])
        ]
        return mine[-1] if mine and having in words(mine[-1]) else None

    return eventually(look)
