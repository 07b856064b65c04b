"""The Slack to try things on: a separate program, started and stopped with ours."""

import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import yaml
from sqlalchemy import select, update

from bot.office import Office
from config.errors import SettingsError
from models.case import Case
from models.escalation import ASKED, Escalation
from models.moves import OPEN, WAITING
from models.outbox import NORMAL, Outbox
from models.surge import Surge

FOLDER = ".local-slack"
READY_WITHIN = 15.0


def find_binary(root: Path) -> Path:
    """Where `make` put it. Raises SettingsError."""
    found = sorted((root / FOLDER).glob("node_modules/local-slack-*/bin/local-slack*"))
    if not found:
        raise SettingsError("The local Slack is not there yet: `make run` fetches it.")
    return found[0]


def tokens(workspace: Path) -> dict[str, str]:
    """The bot and app tokens that the workspace file declares."""
    app = yaml.safe_load(workspace.read_text(encoding="utf-8"))["app"]
    return {"bot": str(app["botToken"]), "app": str(app["appToken"])}


class LocalSlack:
    """One run of the local Slack on 127.0.0.1. Its messages live as long as it does."""

    def __init__(self, binary: Path, workspace: Path, port: int, log: Path) -> None:
        self.url = f"http://localhost:{port}"
        self._refuse_a_taken_port(port)
        log.parent.mkdir(parents=True, exist_ok=True)
        # In a session of its own, so that Ctrl-C reaches us first and we can say goodbye to it last.
        with log.open("ab") as out:
            self._process = subprocess.Popen(  # noqa: S603  # our own binary, our own arguments
                [str(binary), "--config", str(workspace), "--port", str(port)],
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        self._wait_until_ready(log)

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _refuse_a_taken_port(self, port: int) -> None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                raise SettingsError(
                    f"Port {port} is in use: stop what runs there, or say `PORT=3001 make run`."
                )

    def _wait_until_ready(self, log: Path) -> None:
        end = time.monotonic() + READY_WITHIN
        while time.monotonic() < end:
            if self._process.poll() is not None:
                raise SettingsError(f"The local Slack ended at once; its words are in {log}.")
            try:
                with urllib.request.urlopen(f"{self.url}/_control/state", timeout=1):  # noqa: S310  # localhost
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        self.stop()
        raise SettingsError(f"The local Slack does not answer on {self.url}; its words are in {log}.")


def show_cases_again(office: Office) -> None:
    """The local Slack begins empty each time: open cases, open requests and alarms are posted anew."""
    forgotten = {"ts": None, "slack_channel": None, "lease_until": None, "unknown_since": None}
    again = {"due_at": office.clock(), "parked_at": None, "error": None}
    open_cases = select(Case.id).where(Case.stage.in_(OPEN))
    heaps = select(Case.heap_id).where(Case.behind, Case.stage == WAITING)
    open_requests = select(Escalation.id).where(Escalation.state == ASKED)
    surges = select(Surge.id).where(Surge.live.is_not(None))
    with office.db.transaction() as session:
        session.execute(update(Outbox).values(**forgotten))
        for kind, subjects in (
            ("card", open_cases),
            ("heap", heaps),
            ("escalation", open_requests),
            ("surge", surges),
        ):
            shown = update(Outbox).where(Outbox.kind == kind, Outbox.subject.in_(subjects))
            # In the order in which they first came, not as changes to what can be seen.
            session.execute(shown.values(**again, priority=NORMAL))
