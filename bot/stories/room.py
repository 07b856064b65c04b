"""How many more messages a channel takes before what comes now would be seen too late.

Slack takes about one message per second and channel. So of everyday posts only a few get a card of their
own while others wait; the rest goes into heaps, of which a channel has three at most, each redrawn every
few seconds: whatever comes is counted there within ten.
"""

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import func, not_, select
from sqlalchemy.orm import Session

from bot.office import Office
from models.case import Case
from models.heap import Heap
from models.outbox import SOON, Outbox, put

LATELY, MOST_LATELY = timedelta(seconds=10), 8
"""From so many cases in that time on, cards would take the channel's whole pace."""
FAR_TOO_MANY = 20
TOPICS = 2
"""Heaps of a topic that a channel has at once; what is about anything else lies in a third one."""
HEAP = "heap"
"""The kind of a heap's card in the outbox."""


class Room:
    """Of all channels, for one transaction that opens cases."""

    def __init__(self, office: Office, session: Session, at: datetime) -> None:
        self._office, self._session, self._at = office, session, at
        self._most = office.playbook.groups.most_waiting_cards
        self._left: Counter[str] = Counter()
        self._read: set[str] = set()
        self._heaps: dict[str, Heap | None] = {}
        self._topics_of: dict[str, int] = {}

    def channel(self, case: Case) -> str:
        return self._office.playbook.queue(case.queue).channel

    def left(self, channel: str) -> int:
        """How many cards may still be posted there now."""
        if not self._most:
            return 1_000_000
        if channel not in self._read:
            self._read.add(channel)
            left = min(self._most - self._waiting(channel), MOST_LATELY - self._lately(channel))
            self._left[channel] += left
        return max(0, self._left[channel])

    def expect(self, channel: str, count: int) -> None:
        """So many new ones come together: of far too many none gets a card, as the heaps need the pace."""
        self.left(channel)
        if self._most and count > max(FAR_TOO_MANY, 2 * self._most):
            self._left[channel] = 0

    def take(self, channel: str) -> None:
        """One more message goes there."""
        self._left[channel] -= 1

    def heap(self, case: Case) -> Heap:
        """The heap for `case`: of its topic, or for all the rest."""
        channel = self.channel(case)
        for topic in dict.fromkeys((case.topic, None)):
            if _live(channel, topic) not in self._heaps:
                self._heaps[_live(channel, topic)] = self._there(channel, topic)
            heap = self._heaps[_live(channel, topic)]
            if heap is None and (topic is None or self._topics(channel) < TOPICS):
                heap = self._begin(channel, topic)
            if heap is not None:
                heap.last_at = max(heap.last_at, self._at)
                self._heaps[_live(channel, heap.topic)] = heap
                return heap
        raise AssertionError("a heap without a topic can always begin")

    # Helpers, in the order in which they are called.

    def _waiting(self, channel: str) -> int:
        due = select(func.count(Outbox.id)).where(
            Outbox.channel == channel, Outbox.due_at.is_not(None), Outbox.kind != HEAP
        )
        return self._session.scalar(due) or 0

    def _lately(self, channel: str) -> int:
        """Cases of the last moments that had a message of their own or lie in a heap."""
        queues = [queue.name for queue in self._office.playbook.queues if queue.channel == channel]
        new = select(func.count(Case.id)).where(
            Case.opened_at > self._at - LATELY,
            Case.opened_at < self._at,
            Case.queue.in_(queues),
            not_(Case.behind & Case.heap_id.is_(None)),
        )
        return self._session.scalar(new) or 0

    def _there(self, channel: str, topic: str | None) -> Heap | None:
        return self._session.scalar(select(Heap).where(Heap.live == _live(channel, topic)).with_for_update())

    def _topics(self, channel: str) -> int:
        if channel not in self._topics_of:
            live = select(func.count(Heap.id)).where(
                Heap.channel == channel, Heap.live.is_not(None), Heap.topic.is_not(None)
            )
            self._topics_of[channel] = self._session.scalar(live) or 0
        return self._topics_of[channel]

    def _begin(self, channel: str, topic: str | None) -> Heap:
        heap = Heap(
            live=_live(channel, topic), channel=channel, topic=topic, opened_at=self._at, last_at=self._at
        )
        self._session.add(heap)
        self._session.flush()
        if topic is not None:
            self._topics_of[channel] = self._topics(channel) + 1
        put(
            self._session,
            f"heap:{heap.id}",
            kind=HEAP,
            subject=heap.id,
            channel=channel,
            at=self._at,
            priority=SOON,
        )
        return heap


def _live(channel: str, topic: str | None) -> str:
    return f"{channel}:{topic or ''}"
