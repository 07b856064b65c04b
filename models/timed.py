"""What a case does with time: its targets, the wait for the customer, and what they were promised."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Interval, false
from sqlalchemy.orm import Mapped, mapped_column

from models.errors import NotAllowed
from models.people import BOT, Person

LONGEST_PROMISE = timedelta(days=366)
SAYING_IT = timedelta(minutes=10)
"""An answer so soon after a promise is taken for the one that made it, not for the one that keeps it."""


class Timed:
    """The columns and verbs of a case that have to do with time. How deadlines are counted, in a queue's
    open hours, is `bot.deadlines`; here they are moments."""

    respond_by: Mapped[datetime]
    resolve_by: Mapped[datetime]
    """While the case waits for the customer this stands still, and so is not what counts."""
    first_response_at: Mapped[datetime | None] = mapped_column(index=True)
    target_missed_at: Mapped[datetime | None]

    paused_at: Mapped[datetime | None] = mapped_column(index=True)
    """Since when it waits for the customer; None while it doesn't."""
    resolve_left: Mapped[timedelta | None] = mapped_column(Interval)
    """The open time that was left to solve it when the wait began."""
    pause_reminded: Mapped[bool] = mapped_column(default=False, server_default=false())

    promised_for: Mapped[datetime | None] = mapped_column(index=True)
    """By when the customer is to hear from us; None when nothing is owed to them."""
    promised_at: Mapped[datetime | None]
    promise_warned: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Its owner was reminded before the time."""
    promise_reminded: Mapped[bool] = mapped_column(default=False)
    """The time is over, which is on record and was said."""

    if TYPE_CHECKING:  # what the case itself has
        id: Mapped[int]
        private: Mapped[bool]

        @property
        def is_open(self) -> bool: ...
        def must_be_worked_on_by(self, by: Person) -> None: ...
        def _record(self, what: str, by: Person, at: datetime, why: str | None = None) -> object: ...

    # Answers.

    def answered(self, *, by: Person, at: datetime, where: str) -> None:
        """Somebody replied in public; the first time counts as first response."""
        if self.first_response_at is None:
            self.first_response_at = at
        self._record("reply", by, at, where)
        if self.promised_at is None or at - self.promised_at >= SAYING_IT:
            self.told_them(by=by, at=at)

    def wrote_privately(self, *, by: Person, at: datetime) -> None:
        """Somebody wrote to the customer in private: the private steps apply. It is no answer in public."""
        self._record("private_reply", by, at)
        self.private = True
        self.told_them(by=by, at=at)

    def miss_target(self, *, at: datetime) -> None:
        """The first response is overdue; said once."""
        self.target_missed_at = at
        self._record("target_missed", BOT, at)

    def is_overdue(self, now: datetime) -> bool:
        """Nobody has answered in public and the time for it is over."""
        return self.is_open and self.first_response_at is None and now >= self.respond_by

    # Waiting for the customer.

    def wait_for_customer(self, *, left: timedelta, by: Person, at: datetime, why: str | None = None) -> None:
        """The time to solve it stands still, with `left` of it to go, until the customer writes."""
        self.must_be_worked_on_by(by)
        if self.first_response_at is None:
            raise NotAllowed(f"The customer of case {self.id} has had no answer yet. Reply first, then wait.")
        if self.paused_at is not None:
            raise NotAllowed(f"Case {self.id} waits for the customer already.")
        self.paused_at, self.resolve_left, self.pause_reminded = at, left, False
        self._record("wait", by, at, why)

    def go_on(self, *, resolve_by: datetime, by: Person, at: datetime, why: str | None = None) -> None:
        """The customer wrote, or its owner has something to do: time counts again."""
        if self.paused_at is None:
            raise NotAllowed(f"Case {self.id} doesn't wait for the customer.")
        if by is not BOT:
            self.must_be_worked_on_by(by)
        self.end_pause(resolve_by)
        self._record("go_on", by, at, why)

    def end_pause(self, resolve_by: datetime) -> None:
        """Time counts again because the case moved on; that move is the event."""
        self.resolve_by, self.paused_at, self.resolve_left = resolve_by, None, None
        self.pause_reminded = False

    # Promises.

    def promise(self, for_: datetime, *, by: Person, at: datetime) -> None:
        """The customer was told that they hear from us by `for_`. Said twice, it counts once; a later
        promise takes the place of an earlier one."""
        self.must_be_worked_on_by(by)
        if for_ <= at:
            raise NotAllowed("A promise must lie in the future: choose a later day or hour.")
        if for_ > at + LONGEST_PROMISE:
            raise NotAllowed("A promise more than a year ahead is none: choose an earlier day.")
        if for_ == self.promised_for:
            return
        self.break_promise(at=at)
        self.promised_for, self.promised_at = for_, at
        self.promise_warned = self.promise_reminded = False
        self._record("promise", by, at, for_.isoformat(timespec="minutes"))

    def told_them(self, *, by: Person, at: datetime) -> None:
        """The customer heard from us: what was promised is kept, or too late; nothing is owed any more."""
        if self.promised_for is None:
            return
        if not self.break_promise(at=at) and not self.promise_reminded:
            self._record("promise_kept", by, at)
        self.owe_nothing()

    def keep_promise(self, *, by: Person, at: datetime) -> None:
        """Its owner says that the customer heard from them, where the bot can't see it."""
        self.must_be_worked_on_by(by)
        if self.promised_for is None:
            raise NotAllowed(f"Nothing is promised to the customer of case {self.id}.")
        self.told_them(by=by, at=at)

    def break_promise(self, *, at: datetime) -> bool:
        """The time of a promise is over and they have heard nothing: on record, once. True the first time."""
        if self.promised_for is None or self.promised_for > at or self.promise_reminded:
            return False
        self.promise_reminded = True
        self._record("promise_broken", BOT, at, self.promised_for.isoformat(timespec="minutes"))
        return True

    def owe_nothing(self) -> None:
        self.promised_for = self.promised_at = None
        self.promise_warned = self.promise_reminded = False
