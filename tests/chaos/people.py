"""Employees at work while everything falls over: they claim, tick, resolve and release."""

import random
import threading
from concurrent import futures

import psycopg

from tests.chaos.postgres import Postgres
from tests.chaos.town import PEOPLE, STEP, channel_id
from tests.slack import Slack

_OPEN = "SELECT id, stage, owner, queue FROM cases WHERE stage IN ('waiting', 'claimed') ORDER BY id"
AT_ONCE = 3


class People:
    """Of each waiting case several people press the button at the same moment; its owner finishes it."""

    def __init__(self, slack: Slack, postgres: Postgres, seed: int) -> None:
        self._slack = slack
        self._postgres = postgres
        self._dice = random.Random(seed)
        self.acts = self.unanswered = 0
        """What they did, and how often nobody acknowledged it."""
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._end.set()
        self._thread.join()

    def _work(self) -> None:
        with futures.ThreadPoolExecutor(AT_ONCE) as hands:
            while not self._end.wait(self._dice.uniform(0.1, 0.5)):
                try:
                    rows = self._postgres.rows(_OPEN)
                except psycopg.OperationalError:
                    continue  # it is stopped just now
                if not rows:
                    continue
                number, stage, owner, queue = self._dice.choice(rows)
                channel = channel_id(int(queue[1:])) if queue != "everyone" else channel_id(0)
                if stage == "waiting":
                    some = self._dice.sample(PEOPLE, AT_ONCE)
                    futures.wait(
                        [hands.submit(self._act, who, "/claim", f"{number}", channel) for who in some]
                    )
                elif self._dice.random() < 0.2:
                    self._act(owner, "/case", f"release {number}", channel)
                else:
                    self._press(owner, "tick", f"{number} {STEP}", channel)
                    self._act(owner, "/case", f"resolve {number}", channel)

    def _act(self, who: str, command: str, text: str, channel: str) -> None:
        self.acts += 1
        try:
            self._slack.command(who, command, text, channel)
        except OSError:
            self.unanswered += 1  # nobody was there to acknowledge it: a person would try again

    def _press(self, who: str, action_id: str, value: str, channel: str) -> None:
        """A button on a sheet, twice, as an impatient person does."""
        action = {"action_id": action_id, "block_id": "sheet", "type": "button", "value": value}
        for _ in range(2):
            self.acts += 1
            try:
                self._slack.press(who, action, channel)
            except OSError:
                self.unanswered += 1
