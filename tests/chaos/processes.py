"""The program as processes that are killed and started again, as a service manager would."""

import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from config.settings import ROOT

_PAUSE = 0.3
"""Seconds between the end of a process and its next start."""


class Processes:
    """Keeps one process for each of `roles` running until `stop`."""

    def __init__(self, roles: tuple[str, ...], environment: dict[str, str], folder: Path) -> None:
        self._roles = roles
        self._environment = environment
        self._folder = folder
        self._running: list[subprocess.Popen[bytes]] = []
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self.killed: Counter[str] = Counter()
        self.ended_by_itself: Counter[str] = Counter()
        self._keeper = threading.Thread(target=self._keep, daemon=True)

    def start(self) -> None:
        self._running = [self._start(index) for index in range(len(self._roles))]
        self._keeper.start()

    def kill(self, index: int) -> str:
        """kill -9 of that process, or of the next one when it is down already. Returns its role."""
        with self._lock:
            order = [*range(index, len(self._roles)), *range(index)]
            up = next((i for i in order if self._running[i].poll() is None), None)
            if up is None:
                return "nothing, as nothing runs"
            self._running[up].kill()
            self._running[up].wait()
        self.killed[self._roles[up]] += 1
        return self._roles[up]

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
                [sys.executable, "app.py", "run", "--role", role],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
            )
