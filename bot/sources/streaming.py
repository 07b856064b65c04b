"""A connection kept open by a thread of its own, read in batches by `Source.fetch`; no loss goes unnoticed.

What arrives waits in a bounded buffer until a cursor that covers it comes back: a batch that was not stored
is handed out again. Wherever something may be missing (a start, a broken connection, a buffer that nobody
emptied) a `Break` stands among the items, which the source fills by asking for that time.
"""

import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, Generic, Literal, Protocol, TypeVar

import structlog

from bot.sources import Busy, SourceError
from bot.sources.window import FIRST_WINDOW
from models.ahead import is_ahead

log = structlog.get_logger()
T = TypeVar("T")
Arriving = TypeVar("Arriving", covariant=True)
Trouble = Literal["network", "refused", "busy"]
SETTLED = 20.0
"""A connection that lasted so many seconds was a good one: the next trouble is the first again."""


@dataclass(frozen=True)
class Wait:
    """How long to wait before connecting again, in seconds: `first`, then more each time, up to `most`."""

    first: float
    most: float
    doubling: bool = True
    """False: by `first` more each time."""

    def seconds(self, failures: int) -> float:
        """After so many failures in a row, from 1 on."""
        grown = self.first * (2.0 ** min(failures - 1, 30) if self.doubling else failures)
        return min(grown, self.most)


WAITS: Mapping[Trouble, Wait] = {
    "network": Wait(0.25, 16.0, doubling=False),
    "refused": Wait(5.0, 320.0),
    "busy": Wait(60.0, 900.0),
}
"""As X documents them, and polite elsewhere: docs.x.com/x-api/fundamentals/handling-disconnections."""


class Lost(SourceError):
    """A connection broke, or could not be made. `trouble` says which waits apply."""

    def __init__(self, message: str, trouble: Trouble = "network") -> None:
        super().__init__(message)
        self.trouble: Trouble = trouble


class Connection(Protocol[Arriving]):
    """One open connection. Iterating gives items as they arrive, and None for a mere sign of life.

    It raises Lost (or anything) when it breaks, and must do so when nothing arrives for too long; its end
    counts as a break. `close` may be called by another thread, and more than once.
    """

    def __iter__(self) -> Iterator[Arriving | None]: ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Break:
    """From `since` on something may be missing; None: from wherever the cursor says."""

    since: datetime | None


@dataclass(frozen=True)
class Haul(Generic[T]):
    """What waited: everything that no cursor has covered yet, oldest first, at most as much as was asked."""

    items: list[T]
    breaks: list[Break]
    position: dict[str, Any]
    """For the cursor, JSON-able: given back to `read`, it says that all this was stored."""
    covered: datetime | None
    """Up to then everything that the far side sent is in here or came before (but for breaks)."""
    connected_since: datetime | None
    """None: there is no connection now."""
    error: SourceError | None = None
    """Why there is none."""

    def missing_since(self, covered: datetime | None, now: datetime) -> datetime:
        """From when on something may be missing, if the cursor says that all was there up to `covered`."""
        begin = min(each.since or covered or now for each in self.breaks)
        # Where the clock was ahead, nobody knows any more when that was.
        return now - FIRST_WINDOW if is_ahead(begin, now) else begin


@dataclass(frozen=True)
class _Entry(Generic[T]):
    serial: int
    at: datetime
    what: T | Break


@dataclass
class KeptOpen(Generic[T]):
    """Opens the connection when first started, again when it breaks, and lets it go on `close`.

    `connect` makes a connection or raises Lost, Busy or another SourceError (taken for a refusal).
    """

    name: str
    connect: Callable[[], Connection[T]]
    clock: Callable[[], datetime]
    waits: Mapping[Trouble, Wait] = field(default_factory=lambda: WAITS)
    most: int = 2_000
    """Items that wait at most. Then reading stops, and the far side has to wait."""
    patience: float = 15.0
    """Seconds that it waits for room before the connection is given up and the gap is on record."""

    def __post_init__(self) -> None:
        self._run = secrets.token_hex(4)
        self._entries: deque[_Entry[T]] = deque()
        self._serial = self._handed = 0
        self._changed = threading.Condition()
        self._stop: threading.Event | None = None
        self._thread: threading.Thread | None = None
        self._connection: Connection[T] | None = None
        self._heard: datetime | None = None
        self._connected_since: datetime | None = None
        self._error: SourceError | None = None

    def start(self) -> None:
        """Begins to listen, unless it does already."""
        with self._changed:
            if self._stop is not None:
                return
            self._stop = threading.Event()
            self._break()
            arguments = (self._stop,)
            self._thread = threading.Thread(
                target=self._listen, args=arguments, name=f"stream {self.name}", daemon=True
            )
            self._thread.start()

    def close(self) -> None:
        """Stops listening; what waits stays, and `start` begins anew. Returns within about two seconds."""
        with self._changed:
            stop, thread, connection = self._stop, self._thread, self._connection
            self._stop = self._thread = self._connected_since = None
            if stop is not None:
                stop.set()
            self._changed.notify_all()
        if connection is not None:
            with suppress(Exception):
                connection.close()
        if thread is not None:
            thread.join(2.0)

    def read(self, since: object, most: int = 500) -> Haul[T]:
        """What waits. `since`: the position that the cursor keeps; what it covers is let go of.

        A position of another run of the program covers nothing here.
        """
        with self._changed:
            done = since.get("serial") if isinstance(since, dict) and since.get("run") == self._run else None
            while type(done) is int and self._entries and self._entries[0].serial <= done:
                self._entries.popleft()
            self._changed.notify_all()
            handed = list(islice(self._entries, most))
            last = handed[-1].serial if handed else self._serial
            self._handed = max(self._handed, last)
            left = len(self._entries) > len(handed)
            return Haul(
                [entry.what for entry in handed if not isinstance(entry.what, Break)],
                [entry.what for entry in handed if isinstance(entry.what, Break)],
                {"run": self._run, "serial": last},
                handed[-1].at if left else self._heard,
                self._connected_since,
                self._error,
            )

    # The thread.

    def _listen(self, stop: threading.Event) -> None:
        failures = 0
        while not stop.is_set():
            began = time.monotonic()
            try:
                self._wait_for_room(stop)
                self._follow(stop)
                raise Lost(f"{self.name}: the far side closed the connection")
            except Exception as error:  # noqa: BLE001  # whatever breaks, it is connected again
                if stop.is_set():
                    return
                failures = 1 if time.monotonic() - began >= SETTLED else failures + 1
                seconds = self._troubled(error, failures)
            stop.wait(seconds)

    def _follow(self, stop: threading.Event) -> None:
        connection = self.connect()
        with self._changed:
            if stop.is_set():
                connection.close()
                return
            self._connection, self._connected_since, self._error = connection, self.clock(), None
            self._heard = self._connected_since
        log.info("stream connected", source=self.name)
        try:
            for item in connection:
                self._arrived(item, stop)
        finally:
            with suppress(Exception):
                connection.close()
            with self._changed:
                self._connection = None
                if self._stop is stop:
                    self._connected_since = None
                    self._break()

    def _arrived(self, item: T | None, stop: threading.Event) -> None:
        with self._changed:
            if item is not None:
                if not self._changed.wait_for(lambda: self._room() or stop.is_set(), self.patience):
                    raise Lost(f"{self.name}: more comes than can be stored")
                if stop.is_set():
                    return
                self._append(item)
            self._heard = self.clock()

    def _wait_for_room(self, stop: threading.Event) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._room() or stop.is_set())

    def _room(self) -> bool:
        return len(self._entries) < self.most

    def _append(self, what: T | Break) -> None:
        self._serial += 1
        self._entries.append(_Entry(self._serial, self.clock(), what))

    def _break(self) -> None:
        """Something may be missing from now on; a break that nobody has seen yet says so for this one too."""
        last = self._entries[-1] if self._entries else None
        if last is None or not isinstance(last.what, Break) or last.serial <= self._handed:
            self._append(Break(self._heard))

    def _troubled(self, error: Exception, failures: int) -> float:
        """What broke is on record. Returns the seconds to wait."""
        if isinstance(error, SourceError):
            tell = log.warning if failures == 1 else log.info
            tell("stream broken", source=self.name, why=str(error), failures=failures)
        else:
            log.exception("stream broken", source=self.name)
            error = Lost(f"{self.name} broke ({type(error).__name__})", "refused")
        with self._changed:
            self._error = error
        if isinstance(error, Busy):
            asked = (error.until - self.clock()).total_seconds()
            return max(asked, self.waits["busy"].seconds(failures))
        return self.waits[error.trouble if isinstance(error, Lost) else "refused"].seconds(failures)
