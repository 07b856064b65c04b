"""Outbox → Slack, and outward replies. The only place that posts.

A row is claimed by a conditional UPDATE with a lease, drawn as things are now, sent, and marked. Sending
stays outside transactions. A crash, a timeout or a 5xx leaves `unknown_since` on the row: the message is
then looked for by its block ids before it is posted again. Any number of processes may deliver: who is at
which channel, and Slack's pace, stand in the database (`bot/outbox/pacing.py`).
"""

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog
from slack_sdk import WebClient
from sqlalchemy.exc import DBAPIError

from bot.office import Office
from bot.outbox.claiming import Claimed, Claiming
from bot.outbox.marking import Marking
from bot.outbox.outcomes import Parked
from bot.outbox.pacing import EVERY, Paces
from bot.outbox.sending import Outward, Sending
from models.errors import DatabaseAway

log = structlog.get_logger()

SENDERS = 8
IDLE = 0.05
UPKEEP = 3600.0
"""Seconds between two looks for rows of the pace that nobody needs any more."""


class Delivery:
    """One per process that delivers. `drain` may be called from any thread, any number of times."""

    def __init__(
        self,
        office: Office,
        slack: WebClient,
        outward: dict[str, Outward] | None = None,
        now: Callable[[], float] = time.time,
        chance: random.Random | None = None,
    ) -> None:
        """`now`: Unix seconds, by which the pace is kept. All processes must go by the same time."""
        outward = outward or {}
        self._office = office
        self._now = now
        self._paces = Paces(now)
        self._claiming = Claiming(office, self._paces, outward, chance or random.Random())
        self._sending = Sending(office, slack, outward, self._claiming)
        self._marking = Marking(office, self._paces)
        self._pool = ThreadPoolExecutor(SENDERS, thread_name_prefix="delivery")
        self._free = threading.Semaphore(SENDERS)
        self._lock = threading.Lock()
        self._in_hand = 0
        self._tidied_at = float("-inf")
        self._one_drain = threading.Lock()
        self._stopping = threading.Event()
        self._woken = threading.Event()

    def wake(self) -> None:
        """Something is due: a drain under way looks at once, rather than at its next turn."""
        self._woken.set()

    def drain(self) -> None:
        """Sends whatever is due, at each channel's pace, until nothing is."""
        if not self._one_drain.acquire(blocking=False):
            return
        try:
            while not self._stopping.is_set():
                self._woken.clear()
                # What is claimed is sent at once: its lease does not run out while it waits for a thread.
                if not self._free.acquire(timeout=IDLE):
                    continue
                claimed = self._claim_or_give_back()
                if claimed is not None:
                    self._hand_on(claimed)
                elif self._quiet():
                    self._tidy()
                    return
                else:
                    self._woken.wait(IDLE)
        finally:
            self._one_drain.release()

    def stop(self) -> None:
        """Finishes what is in hand; the rest stays in the outbox."""
        self._stopping.set()
        self.wake()
        # A drain under way sees it within a moment, and hands on nothing it has claimed.
        with self._one_drain:
            self._pool.shutdown(wait=True)

    # Helpers, in the order in which they are called.

    def _claim_or_give_back(self) -> Claimed | None:
        claimed = None
        try:
            claimed = self._claiming.claim()
        finally:
            if claimed is None:
                self._free.release()
        return claimed

    def _hand_on(self, claimed: Claimed) -> None:
        with self._lock:
            self._in_hand += 1
        self._pool.submit(self._deliver, claimed)

    def _quiet(self) -> bool:
        """Nothing in hand, and nothing due but where Slack asked us to wait, or another process is."""
        with self._lock:
            if self._in_hand:
                return False
        return not self._claiming.is_due(within=EVERY)

    def _tidy(self) -> None:
        if self._now() >= self._tidied_at + UPKEEP:
            self._tidied_at = self._now()
            with self._office.db.transaction() as session:
                self._paces.forget_old(session)

    def _deliver(self, row: Claimed) -> None:
        try:
            outcome = self._sending.send(row)
            self._marking.mark(row, outcome, self._now())
        # In both cases its lease runs out, and then it is looked for before it is sent again.
        except DatabaseAway as away:
            log.warning(str(away), key=row.key)
        except DBAPIError:
            log.exception("the database broke off", key=row.key)
        except Exception as error:  # a sender thread must survive whatever one row does
            # Which error it was, and not its words: they may quote a post.
            log.exception("delivery broke", key=row.key)
            self._give_up(row, f"drawing or sending it broke ({type(error).__name__}); the log says more")
        finally:
            with self._lock:
                self._in_hand -= 1
            self._free.release()
            self.wake()

    def _give_up(self, row: Claimed, why: str) -> None:
        try:
            self._marking.mark(row, Parked(why, for_certain=False), self._now())
        except DatabaseAway as away:
            log.warning(str(away), key=row.key)
        except DBAPIError:
            log.exception("the database broke off", key=row.key)
