"""Which queue gets a post."""

from config.playbook import Playbook
from config.sifting import Kind
from config.work import Queue


def queue_for(playbook: Playbook, *, language: str, topic: str | None, kind: Kind, brand: str) -> Queue:
    """The first queue whose rules all fit; an empty rule fits all, and one queue takes the rest."""
    return next(
        queue
        for queue in playbook.queues
        if (not queue.languages or language in queue.languages)
        and (not queue.topics or topic in queue.topics)
        and (not queue.kinds or kind in queue.kinds)
        and (not queue.brands or brand in queue.brands)
    )
