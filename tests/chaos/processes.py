"""The program as processes that are killed and started again, as a service manager would."""

import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from config.settings import ROOT

_PAUSE = 0.3
"""Seconds between the end of a process and its next start."""


def name_of(index: int) -> str:
    """What a process is called where it has to be told from the others."""
    return f"p{index}"


class Processes:
    """Keeps one process for each of `roles` running until `stop`."""

    def __init__(
        self,
        roles: tuple[str, ...],
        environment: dict[str, str],
        folder: Path,
        own: Callable[[str], dict[str, str]] = lambda name: {},
        program: Sequence[str] = ("app.py",),
    ) -> None:
        """`own`: what each has of its own in its environment. `program`: what Python is started with."""
        self._roles = roles
        self._environment = environment
        self._folder = folder
        self._own, self._program = own, program
        self._running: list[subprocess.Popen[bytes]] = []
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self.killed: Counter[str] = Counter()
        self.ended_by_itself: Counter[str] = Counter()
        self._keeper = threading.Thread(target=self._keep, daemon=True)

    def start(self) -> None:
        self._running = [self._start(index) for index in range(len(self._roles))]
        self._keeper.start()

    def kill(
        self, index: int, look: Callable[[str], str] = lambda name: "", begun: Collection[str] = ()
    ) -> tuple[str, str]:
        """kill -9 of that process, or of the next one when it is down already; of those that have `begun`,
        where there is one. Returns its role, and what `look` sees of it while it stands still before that."""
        with self._lock:
            order = [*range(index, len(self._roles)), *range(index)]
            order.sort(key=lambda i: name_of(i) not in begun)
            up = next((i for i in order if self._running[i].poll() is None), None)
            if up is None:
                return "nothing, as nothing runs", ""
            self._running[up].send_signal(signal.SIGSTOP)
            seen = look(name_of(up))
            self._running[up].kill()
            self._running[up].wait()
        self.killed[self._roles[up]] += 1
        return self._roles[up], seen

    def role_of(self, name: str) -> str:
        return next(role for i, role in enumerate(self._roles) if name_of(i) == name)

    def kill_called(self, name: str) -> None:
        """kill -9 of just that process, if it runs."""
        with self._lock:
            index = next(i for i in range(len(self._roles)) if name_of(i) == name)
            if self._running[index].poll() is not None:
                return
            self._running[index].kill()
            self._running[index].wait()
        self.killed[self._roles[index]] += 1

    def freeze(self, index: int) -> Callable[[], None]:
        """It stands still until what is returned is called."""
        process = self._running[index]
        process.send_signal(signal.SIGSTOP)
        return lambda: process.send_signal(signal.SIGCONT)

    def ids(self) -> list[int]:
        """Their process ids, of this moment."""
        return [process.pid for process in self._running]

    def stop(self) -> None:
        """Ends all of them, softly."""
        self._ended.set()
        if self._keeper.is_alive():
            self._keeper.join()
        for process in self._running:
            process.terminate()
        for process in self._running:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def said(self) -> str:
        """Everything that they logged."""
        return "".join(path.read_text(encoding="utf-8") for path in sorted(self._folder.glob("*.log")))

    def _keep(self) -> None:
        while not self._ended.wait(0.05):
            for index, process in enumerate(self._running):
                with self._lock:
                    code = process.poll()
                if code is None or self._ended.is_set():
                    continue
                if code != -9:
                    self.ended_by_itself[self._roles[index]] += 1
                time.sleep(_PAUSE)
                with self._lock:
                    self._running[index] = self._start(index)

    def _start(self, index: int) -> "subprocess.Popen[bytes]":
        role = self._roles[index]
        with (self._folder / f"{index}-{role}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *self._program, "run", "--role", role],
                cwd=ROOT,
                env=self._environment | self._own(name_of(index)),
                stdout=log,
                stderr=log,
            )
