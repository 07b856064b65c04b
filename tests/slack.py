"""The real local Slack as tests drive it, our program connected to it, and a proxy that misbehaves."""

import json
import shutil
import socket
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

import websocket

from bot.clock import Clock
from bot.local_slack import LocalSlack, find_binary
from bot.reply_check.words import warm_up
from config.playbook import Playbook
from config.settings import ROOT, Settings
from handlers.parts import Parts, build
from handlers.running import clock_of
from handlers.slack import slack_app, slack_socket
from tests.databases import copy_migrated

T = TypeVar("T")
WORKSPACE = Path(__file__).parent / "workspace.yaml"
MENTIONS, NORDIC, LEADS = "C0MENTIONS", "C0NORDIC", "C0LEADS"
TEA, TEA_LEADS = "C0TEA", "C0TEALEADS"
PATIENT = 40.0
"""Seconds until a test gives up: many times what it needs, as other tests keep the machine busy."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(look: Callable[[], T | None], within: float = PATIENT) -> T:
    """The first truthy thing that `look` returns; fails when there is none in time."""
    end = time.monotonic() + within
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"nothing after {within} s")
        time.sleep(0.02)


class Slack:
    """A running local Slack. `act` methods do what a person in the browser does."""

    def __init__(self, workspace: Path = WORKSPACE) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="local-slack-"))
        self.port = free_port()
        self._process = LocalSlack(find_binary(ROOT), workspace, self.port, self._folder / "log")
        self.url = self._process.url
        self._ui: websocket.WebSocket | None = None
        self._views: deque[dict[str, Any]] = deque(maxlen=50)
        self._modal: dict[str, Any] = {"blocks": []}
        self._homes: dict[str, dict[str, Any]] = {}
        self._reader: threading.Thread | None = None

    def stop(self) -> None:
        if self._ui is not None:
            self._ui.close()
        self._process.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def reset(self) -> None:
        self._connect_ui()  # from now on every view that opens is seen, however soon
        self._post("reset", {})
        self._views.clear()
        self._homes.clear()

    # What people do.

    def command(self, user: str, command: str, text: str = "", channel: str = MENTIONS) -> None:
        """Types a slash command; returns when it was acknowledged."""
        self._post("command", {"channel": channel, "user": user, "command": command, "text": text})

    def click(self, user: str, message: dict[str, Any], action_id: str, value: str | None = None) -> None:
        """Presses the button, or chooses `value` in the menu, that has `action_id` in `message`."""
        block, element = find_action(message, action_id)
        action: dict[str, Any] = {
            "action_id": action_id,
            "block_id": block["block_id"],
            "type": element["type"],
        }
        if element["type"] == "button":
            action["value"] = element["value"]
        else:
            action["selected_option"] = next(o for o in element["options"] if o["value"] == value)
        self.press(user, action, message["channel"], message["ts"])

    def press(self, user: str, action: dict[str, Any], channel: str, ts: str = "1.1") -> None:
        """A button as Slack tells of it, whether the message that had it still stands or not."""
        self._post("interact", {"channel": channel, "messageTs": ts, "user": user, "action": action})

    def open_home(self, user: str) -> None:
        """Opens the bot's Home tab."""
        self._post("open-home", {"user": user})

    def click_home(self, user: str, action_id: str, value: str) -> None:
        """Presses the button on the Home tab that has `action_id` and `value`."""
        block, element = next(
            (block, element)
            for block, element in _elements(self.home(user))
            if element.get("action_id") == action_id and element.get("value") == value
        )
        action = {"action_id": action_id, "block_id": block["block_id"], "type": "button", "value": value}
        self._views.clear()
        self._send({"t": "block_action", "channel": "", "messageTs": "", "user": user, "action": action})
        assert element["type"] == "button"

    def submit(self, user: str, **inputs: str) -> None:
        """Fills the open modal's inputs by block id and submits it."""
        view = self.view()
        values: dict[str, Any] = {}
        for block in view["blocks"]:
            if block.get("block_id") in inputs:
                element = block["element"]
                values[block["block_id"]] = {
                    element["action_id"]: _filled(element, inputs[block["block_id"]])
                }
        self._views.clear()
        self._send({"t": "view_submit", "user": user, "values": values})

    def close(self, user: str) -> None:
        """Closes the open modal."""
        self._views.clear()
        self._send({"t": "view_close", "user": user})

    def view(self, title: str = "", *, having: str = "") -> dict[str, Any]:
        """The modal that is open now; waits for one with `title` in its title and `having` in its blocks."""
        self._connect_ui()

        def newest() -> dict[str, Any] | None:
            view = self._views[-1] if self._views else None
            fits = (
                view
                and title in view["title"]["text"]
                and having in json.dumps(view["blocks"], ensure_ascii=False)
            )
            return view if fits else None

        return eventually(newest)

    # What stands there.

    def home(self, user: str, having: str = "", *, without: str | None = None) -> dict[str, Any]:
        """The Home tab as `user` sees it, once it has the words `having` and no longer those `without`."""

        def look() -> dict[str, Any] | None:
            view = self._homes.get(user)
            fits = view and having in words(view) and (without is None or without not in words(view))
            return view if fits else None

        return eventually(look)

    def messages(self, channel: str = MENTIONS) -> list[dict[str, Any]]:
        return list(self._get(f"messages/{channel}")["messages"])

    def log(self) -> list[dict[str, Any]]:
        """All traffic with the bot, oldest first."""
        return list(self._get("log")["log"])

    def card(self, number: int, channel: str = MENTIONS, within: float = PATIENT) -> dict[str, Any]:
        return eventually(lambda: next(iter(self.cards(number, channel)), {}), within)

    def cards(self, number: int, channel: str = MENTIONS) -> list[dict[str, Any]]:
        return [m for m in self.messages(channel) if _first_id(m) == f"card:{number}|head"]

    def private(
        self, user: str, containing: str, channel: str = MENTIONS, within: float = PATIENT
    ) -> dict[str, Any]:
        """The newest message that only `user` sees and that has these words in it."""

        def look() -> dict[str, Any] | None:
            mine = [m for m in self.messages(channel) if m.get("ephemeral_to") == user]
            return next((m for m in reversed(mine) if containing in words(m)), None)

        return eventually(look, within)

    def direct(self, user: str, containing: str, within: float = PATIENT) -> dict[str, Any]:
        """The newest direct message from the bot to `user` that has these words in it."""

        def look() -> dict[str, Any] | None:
            for channel in self._get("state")["channels"]:
                if channel.get("is_im") and user in channel["members"]:
                    found = [m for m in self.messages(channel["id"]) if containing in words(m)]
                    if found:
                        return found[-1]
            return None

        return eventually(look, within)

    # Helpers.

    def _connect_ui(self) -> None:
        if self._ui is not None:
            return
        self._ui = websocket.create_connection(f"ws://127.0.0.1:{self.port}/ui", timeout=30)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while self._ui is not None:
            try:
                told = json.loads(self._ui.recv())
            except websocket.WebSocketTimeoutException:
                continue  # nobody did anything for a while
            except (websocket.WebSocketException, OSError, ValueError):
                return
            if told.get("t") == "view" and told.get("stack"):
                self._modal = told["stack"][-1]
                self._views.append(self._modal)
            elif told.get("t") == "home":
                self._homes[told["user"]] = told["view"]
            elif told.get("t") == "view_errors":
                self._views.append({**self._modal, "title": {"text": "errors"}, "errors": told["errors"]})

    def _send(self, message: dict[str, Any]) -> None:
        self._connect_ui()
        assert self._ui is not None
        self._ui.send(json.dumps(message))

    def conversations(self) -> list[dict[str, Any]]:
        """All channels and direct messages there are."""
        return list(self._get("state")["channels"])

    def _get(self, path: str) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.url}/_control/{path}", timeout=10) as answer:
            return dict(json.load(answer))

    def _post(self, path: str, body: dict[str, Any]) -> None:
        request = urllib.request.Request(
            f"{self.url}/_control/{path}",
            json.dumps(body).encode(),
            {"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=15) as answer:
            answer.read()


def words(message: dict[str, Any]) -> str:
    """Everything a person reads in a message or a view."""
    return json.dumps(message.get("blocks") or message.get("text"), ensure_ascii=False)


def find_action(message: dict[str, Any], action_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    for block, element in _elements(message):
        if element.get("action_id") == action_id:
            return block, element
    raise AssertionError(f"there is no {action_id} in {words(message)}")


def _elements(message: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for block in message.get("blocks") or []:
        for element in [*block.get("elements", []), block.get("accessory") or {}]:
            yield block, element


def _first_id(message: dict[str, Any]) -> str:
    blocks = message.get("blocks") or [{}]
    return str(blocks[0].get("block_id", ""))


def _filled(element: dict[str, Any], value: str) -> dict[str, Any]:
    if element["type"] in ("static_select", "radio_buttons"):
        option = next(o for o in element["options"] if o["value"] == value)
        return {"type": element["type"], "selected_option": option}
    if element["type"] == "users_select":
        return {"type": "users_select", "selected_user": value}
    if element["type"] == "datepicker":
        return {"type": "datepicker", "selected_date": value}
    return {"type": element["type"], "value": value}


@dataclass(frozen=True)
class Fault:
    """What the proxy does with one call: forward it or not, wait, answer `status`, or hang up."""

    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: str = '{"ok": false, "error": "internal_error"}'
    forward: bool = False
    """Pass the call on before misbehaving: it happened, and the caller can't know. Without a `status` the
    true answer comes, late."""
    wait: float = 0.0
    hang_up: bool = False


class FaultyProxy:
    """Stands before a Slack and misbehaves as a test asks, method by method."""

    def __init__(self, slack_url: str) -> None:
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self.calls: list[str] = []
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self._serve()

            def do_GET(self) -> None:
                self._serve()

            def log_message(self, format: str, *args: Any) -> None:
                pass

            def _serve(self) -> None:
                with proxy.serving(self.path):
                    self._misbehave()

            def _misbehave(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                method = self.path.split("?")[0].rsplit("/", 1)[-1]
                proxy.calls.append(method)
                fault = proxy._next(method)
                if fault is None:
                    self._answer(*proxy._forward(slack_url, self, body))
                    return
                true = proxy._forward(slack_url, self, body) if fault.forward else None
                if fault.wait:
                    time.sleep(fault.wait)
                if fault.hang_up:
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                if true is not None and fault.status is None:
                    self._answer(*true)
                    return
                self._answer(fault.status or 200, dict(fault.headers), fault.body.encode())

            def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
                try:
                    self.send_response(status)
                    for name, value in {"content-type": "application/json", **headers}.items():
                        self.send_header(name, value)
                    self.send_header("content-length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    pass  # the caller gave up or was killed: that is what some tests are about

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def next(self, method: str, *faults: Fault) -> None:
        """The coming calls of `method` meet these faults, in order."""
        self._faults[method].extend(faults)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @contextmanager
    def serving(self, path: str) -> Iterator[None]:
        """Around each call."""
        yield

    def _next(self, method: str) -> Fault | None:
        waiting = self._faults[method]
        return waiting.popleft() if waiting else None

    def _forward(
        self, slack_url: str, request: BaseHTTPRequestHandler, body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        headers = {k: v for k, v in request.headers.items() if k.lower() in ("authorization", "content-type")}
        data = body if request.command == "POST" else None
        try:
            with urllib.request.urlopen(
                urllib.request.Request(slack_url + request.path, data, headers, method=request.command),
                timeout=20,
            ) as answer:
                return answer.status, {}, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, {}, error.read()


def settings_for(slack_url: str, database_url: str) -> Settings:
    return replace(
        Settings(),
        slack_bot_token="xoxb-test",
        slack_app_token="xapp-test",
        slack_api_url=f"{slack_url}/api/",
        database_url=database_url,
    )


@contextmanager
def running(
    settings: Settings, playbook: Playbook, clock: Callable[[], Any] | None = None, *, connected: bool = True
) -> Iterator[Parts]:
    """The program as `run --role all` puts it together, in this process. The clock may be the test's."""
    warm_up(["en"])  # as the program does before anybody clicks: Slack waits three seconds for an answer
    ticking: Clock | None = None

    def nudge() -> None:
        if ticking is not None:
            ticking.nudge()

    if settings.database_url.startswith("sqlite:///"):
        copy_migrated(Path(settings.database_url.removeprefix("sqlite:///")))
    parts = build(settings, playbook, nudge, clock) if clock else build(settings, playbook, nudge)
    parts.office.db.upgrade()
    ticking = clock_of(parts, leads=True)
    ticking.start()
    connection = slack_socket(settings, slack_app(settings, parts.services)) if connected else None
    if connection is not None:
        connection.connect()
    try:
        yield parts
    finally:
        if connection is not None:
            hang_up(connection.client)
            connection.close()
        parts.works.delivery.stop()  # first, as `run` does: else the clock waits until all is sent
        ticking.stop()
        parts.office.db.close()


def hang_up(client: Any) -> None:
    """Slack's client would wait three seconds for its next read before it closes."""
    client.auto_reconnect_enabled = False
    with suppress(OSError, AttributeError):
        client.current_session.sock.shutdown(socket.SHUT_RDWR)
