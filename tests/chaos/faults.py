"""Does what a plan says; what lasts for a while ends by itself, or with `end`."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import psycopg

from tests.chaos.moments import Moments
from tests.chaos.plan import CUT, CUT_SOCKETS, FREEZE, KILL, MOVE, STOP, TROUBLE, Fault
from tests.chaos.postgres import Postgres
from tests.chaos.processes import Processes
from tests.chaos.proxy import TroubledSlack
from tests.chaos.wall_clock import WallClock

PATIENCE = 40.0
"""Seconds for which a clock that is ahead stays so until the feed is asked, at the most."""


@dataclass
class Faults:
    """One run's; `say` hears of each."""

    postgres: Postgres
    processes: Processes
    proxy: TroubledSlack
    clock: WallClock
    moments: Moments
    say: Callable[[str], None]
    asked_to_wait: Callable[[], int] = lambda: 0
    """How often the feed has asked for rest, which it does while the clock is ahead."""
    _over: bool = False
    _ends: list[tuple[threading.Timer, Callable[[], None]]] = field(default_factory=list)

    def do(self, fault: Fault) -> None:
        self.say(f"{fault.at:6.1f} s  {self._HOW[fault.what](self, fault)}")

    def end(self) -> None:
        """Whatever lasts ends now."""
        self._over = True
        for timer, end in self._ends:
            timer.cancel()
            end()
        self.proxy.trouble_for(0)

    # One for each kind of fault; what they return is what happened.

    def _kill(self, fault: Fault) -> str:
        if fault.moment and self.moments.meet(fault.moment):
            return f"kill -9 {self.processes.role_of(self.moments.last)}: {fault.moment}"
        begun: set[str] = set()
        if not fault.even_starting:
            with suppress(psycopg.OperationalError):
                begun = self.moments.begun()
        role, doing = self.processes.kill(fault.which, self.moments.of, begun)
        self.moments.met[doing] += 1
        return f"kill -9 {role}: {doing}"

    def _cut(self, fault: Fault) -> str:
        return f"{self.postgres.cut_connections()} {fault.what}"

    def _stop(self, fault: Fault) -> str:
        self.postgres.pause()
        time.sleep(fault.lasts)
        self.postgres.go_on()
        return f"{fault.what} for {fault.lasts:.1f} s"

    def _trouble(self, fault: Fault) -> str:
        self.proxy.trouble_for(fault.lasts)
        return f"{fault.what} for {fault.lasts:.1f} s"

    def _cut_sockets(self, fault: Fault) -> str:
        return f"{self.proxy.sockets.cut()} {fault.what}"

    def _freeze(self, fault: Fault) -> str:
        try:
            leader = self.moments.leader()
        except psycopg.OperationalError:
            leader = None
        if leader is None:
            return "no clock leads that could stand still"
        self._later(fault.lasts, self.processes.freeze(leader))
        return f"the clock that leads {fault.what} for {fault.lasts:.0f} s"

    def _move(self, fault: Fault) -> str:
        before, patient_until = self.asked_to_wait(), time.monotonic() + fault.lasts + PATIENCE

        def set_right() -> None:
            waits = fault.by > 0 and self.asked_to_wait() == before and time.monotonic() < patient_until
            if waits and not self._over:  # perhaps no clock leads just now that could ask it
                self._later(1.0, set_right)
            elif self.clock.ahead == fault.by:
                self.clock.move(0.0)

        self.clock.move(fault.by)
        self._later(fault.lasts, set_right)
        where = "ahead" if fault.by > 0 else "back"
        return f"{fault.what} {where} by {abs(fault.by):.0f} s for {fault.lasts:.0f} s or more"

    def _later(self, seconds: float, end: Callable[[], None]) -> None:
        timer = threading.Timer(seconds, end)
        timer.daemon = True
        timer.start()
        self._ends.append((timer, end))

    _HOW = {  # noqa: RUF012  # a table of functions, never changed
        KILL: _kill,
        CUT: _cut,
        STOP: _stop,
        TROUBLE: _trouble,
        CUT_SOCKETS: _cut_sockets,
        FREEZE: _freeze,
        MOVE: _move,
    }
