"""The command line as a person uses it: what it prints, and how it ends."""

import ast
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from slack_sdk import WebClient
from sqlalchemy import text

from app import main
from config.manifest import METHOD_SCOPES
from config.settings import ROOT, Settings
from handlers.features import register
from handlers.wiring import Services
from models.database import Database
from tests.journeys.test_killed import PLAYBOOK
from tests.slack import Fault, Slack, free_port

NONE = {name.upper(): "" for name in Settings.__dataclass_fields__}
"""Empty, not absent: an empty variable wins over a developer's .env."""
TOKENS = {"SLACK_BOT_TOKEN": "xoxb-test", "SLACK_APP_TOKEN": "xapp-test"}
NO_SERVER = "postgresql://care:hunter2@127.0.0.1:9/care"
Command = Callable[..., Result]


@pytest.fixture
def place(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'care.db'}"


@pytest.fixture
def command(place: str) -> Command:
    """Runs a command that ends by itself, in this process."""

    def run(*arguments: str, input: str | None = None, **environment: str) -> Result:
        env = {**NONE, "DATABASE_URL": place, **environment}
        return CliRunner().invoke(main, list(arguments), input=input, env=env)

    return run


@pytest.fixture
def program(place: str) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Starts `python app.py …` with settings that can't work; it must end by itself."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, **NONE, "DATABASE_URL": place, "PORT": str(free_port()), **environment}
        return subprocess.run(
            [sys.executable, "app.py", *arguments],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            timeout=30,
        )

    return run


def one_line(done: subprocess.CompletedProcess[str] | Result) -> str:
    """What a mistake says: one line (the log aside), on standard error, and code 2."""
    code = done.exit_code if isinstance(done, Result) else done.returncode
    assert (code, done.stdout) == (2, ""), done
    [sentence] = sentences(done.stderr)
    return sentence


def sentences(errors: str) -> list[str]:
    return [line for line in errors.splitlines() if not line.startswith("timestamp=")]


# Every command explains itself.


def commands(group: click.Group, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, one in group.commands.items():
        yield (*before, name)
        if isinstance(one, click.Group):
            yield from commands(one, (*before, name))


@pytest.mark.parametrize("words", list(commands(main)), ids=" ".join)
def test_every_command_explains_itself_and_is_in_the_help(command, words):
    shown = command(*words, "--help")
    assert shown.exit_code == 0
    explanation = shown.stdout.split("\n\n")[1].strip()
    assert explanation.endswith(".")
    assert words[-1] in command(*words[:-1], "--help").stdout


def test_what_is_no_command_is_refused(command):
    refused = command("rnu")
    assert refused.exit_code == 2
    assert "No such command" in refused.stderr


# Settings that can't work, at the start.


def test_half_of_the_tokens_are_refused(program):
    assert one_line(program("run", SLACK_BOT_TOKEN="xoxb-1")).startswith(".env: SLACK_APP_TOKEN: needed")


@contextmanager
def taken_port() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield str(server.getsockname()[1])


def test_a_taken_port_is_told(program, slack, place):
    Database(place).upgrade()
    with taken_port() as port:
        assert f"Port {port} is in use" in one_line(program("run", PORT=port))
        over_http = {"SLACK_SIGNING_SECRET": "s", "SLACK_API_URL": f"{slack.url}/api/", "PORT": port}
        refused = program("run", "--role", "web", LOG_LEVEL="WARNING", **TOKENS, **over_http)
        assert f"Port {port} can't be used" in one_line(refused)


def test_a_web_process_for_webhooks_alone_starts_while_slack_is_away(program, place, tmp_path):
    Database(place).upgrade()
    book = tmp_path / "playbook.yaml"
    book.write_text(re.sub("sources: .*", "sources: {webhooks: [{name: desk}]}", PLAYBOOK))
    away = {"SLACK_API_URL": "http://127.0.0.1:9/api/", "WEBHOOK_SECRETS": f"desk={'s' * 32}"}
    with taken_port() as port:
        told = program("run", "--role", "web", PLAYBOOK=str(book), PORT=port, **TOKENS, **away)
    assert f"Port {port} can't be used" in told.stderr, "it came so far"


def test_a_broken_playbook_is_told_before_anything_starts(program, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("company: {name: Tindra, nmae: x}\n")
    refused = program("run", PLAYBOOK=str(path))
    assert (refused.returncode, refused.stdout) == (2, "")
    assert f"{path}:1: company.nmae: there is no such key" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert one_line(program("run", PLAYBOOK="nowhere.yaml")) == "nowhere.yaml: there is no such file."


def test_a_role_without_tokens_is_refused(command):
    assert one_line(command("run", "--role", "clock")).startswith("`--role clock` needs Slack's tokens")


def test_the_web_role_is_not_started_without_a_secret_to_verify_requests(program, place):
    Database(place).upgrade()
    refused = one_line(program("run", "--role", "web", **TOKENS))
    assert refused.startswith(".env: SLACK_SIGNING_SECRET: needed to verify")


def test_tokens_that_slack_does_not_take_are_told_one_line_each(program, place, refusing_slack):
    Database(place).upgrade()
    refused = program("run", SLACK_API_URL=refusing_slack, **TOKENS)
    assert refused.returncode == 2
    bot, app = sentences(refused.stderr)
    assert bot.startswith(".env: SLACK_BOT_TOKEN: Slack does not take it (invalid_auth)")
    assert app.startswith(".env: SLACK_APP_TOKEN: Slack does not take it (invalid_auth)")


def test_a_slack_that_is_not_there_is_told(program, place):
    Database(place).upgrade()
    nowhere = "http://127.0.0.1:9/api/"
    told = one_line(program("run", SLACK_API_URL=nowhere, **TOKENS))
    assert told.startswith(f"Slack can't be reached at {nowhere}")


@pytest.fixture
def refusing_slack(proxy) -> str:
    """The address of a Slack that takes no token."""
    no = Fault(status=200, body='{"ok": false, "error": "invalid_auth"}')
    proxy.next("auth.test", no, no)
    proxy.next("apps.connections.open", no, no)
    return f"{proxy.url}/api/"


# Databases that can't be used.


@pytest.mark.parametrize("words", [("db", "upgrade"), ("digest", "--print")], ids=" ".join)
def test_a_postgresql_that_is_not_there_is_told_without_its_password(command, words):
    told = one_line(command(*words, DATABASE_URL=NO_SERVER))
    assert told.startswith("DATABASE_URL: postgresql")
    assert "does not answer" in told
    assert "hunter2" not in told


@pytest.mark.parametrize("url", ["postgresql://u:hunter2@host:port/x", "postgresql+no://u:hunter2@host/x"])
def test_an_address_that_is_none_is_told(command, url):
    told = one_line(command("db", "upgrade", DATABASE_URL=url))
    assert told.startswith(".env: DATABASE_URL: ")
    assert "hunter2" not in told


def test_a_file_that_is_no_database_is_told(command, tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("Dear Sir or Madam, " * 100)
    assert "file is not a database" in one_line(command("db", "upgrade", DATABASE_URL=f"sqlite:///{path}"))
    in_a_file = f"sqlite:///{path}/care.db"
    assert "can't be used" in one_line(command("db", "upgrade", DATABASE_URL=in_a_file))


def test_an_empty_database_and_one_of_a_newer_program_are_told(command, program, place):
    assert "The database is empty" in one_line(program("run", **TOKENS))
    assert "The database is empty" in one_line(command("digest", "--print"))
    database = Database(place)
    database.upgrade()
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert "version 9999, which this program does not know" in one_line(program("run"))
    assert "version 9999" in one_line(command("db", "upgrade"))


# What each command prints.


def test_db_upgrade_says_where_the_database_is_now(command):
    done = command("db", "upgrade")
    assert (done.exit_code, done.stdout) == (0, f"The database is at version {Database.newest_version()}.\n")
    assert command("db", "upgrade").exit_code == 0


def test_the_digest_is_printed(command):
    command("db", "upgrade")
    done = command("digest", "--print", "--date", "2026-03-10")
    assert done.exit_code == 0
    assert "Nobody is waiting for a first answer." in done.stdout
    assert "*" not in done.stdout


def test_a_lead_who_is_none_is_told(command):
    command("db", "upgrade")
    assert "There is no lead 'Nemo'" in one_line(command("digest", "--print", "--lead", "Nemo"))


def test_the_doctor_says_what_is_fine_and_what_to_mend(command):
    sick = command("doctor")
    assert sick.exit_code == 1
    assert re.search(r"✗ database: .*`python app.py db upgrade`", sick.stdout)
    command("db", "upgrade")
    well = command("doctor")
    assert well.exit_code == 0, well.stdout
    assert "✗" not in well.stdout
    assert "· slack: no tokens in .env" in well.stdout
    assert "does not answer" in command("doctor", DATABASE_URL=NO_SERVER).stdout


def test_what_was_spent_is_one_line_when_nothing_was_read(command):
    assert "python app.py db upgrade" in one_line(command("spent"))
    command("db", "upgrade")
    assert re.fullmatch(r"X: 0 posts read in \w+", command("spent").stdout.strip())


def test_the_doctor_examines_a_real_workspace(command, slack: Slack):
    command("db", "upgrade")
    done = command("doctor", SLACK_API_URL=f"{slack.url}/api/", **TOKENS)
    assert re.search(r"✓ slack: connected to \w+", done.stdout)
    assert "✓ channel #mentions: the bot is in it" in done.stdout


def test_sift_answers_each_line_and_ends_with_1_when_one_was_bad(command):
    good = '{"id": 1, "text": "My Tindra One leaks", "source": "x", "author": "mia"}\n'
    done = command("sift", "-", input=good)
    assert done.exit_code == 0
    assert json.loads(done.stdout)["kind"] == "complaint"
    done = command("sift", "-", input=f"{{\n{good}")
    assert done.exit_code == 1
    bad, fine = done.stdout.splitlines()
    assert json.loads(bad)["error"].startswith("line 1: ")
    assert json.loads(fine)["shown"] is True
    assert command("sift", "/nowhere.jsonl").exit_code == 2


def test_check_reply_answers_each_line_and_ends_with_1_when_one_was_bad(command):
    asks = '{"text": "What is your order number?", "language": "en"}\n'
    done = command("check-reply", input=asks)
    assert done.exit_code == 0
    assert json.loads(done.stdout)["asks_in_public"] is True
    done = command("check-reply", input=f"[]\n{asks}")
    assert done.exit_code == 1
    assert json.loads(done.stdout.splitlines()[0])["error"].startswith("line 1: ")


# The manifest asks for what the program uses, no more and no less.


class Register:
    """Stands where Bolt's App does, and notes what is registered."""

    def __init__(self) -> None:
        self.commands: list[str] = []
        self.shortcuts: list[str] = []

    def command(self, name: str) -> Callable[[Any], None]:
        self.commands.append(name)
        return lambda listener: None

    def shortcut(self, name: str) -> Callable[[Any], None]:
        self.shortcuts.append(name)
        return lambda listener: None

    def action(self, name: str) -> Callable[[Any], None]:
        return lambda listener: None

    view = view_closed = event = action


def test_the_manifest_has_exactly_the_commands_and_shortcuts_that_are_registered(command):
    known = Register()
    register(known, Services(*[None] * len(Services.__dataclass_fields__)))  # type: ignore[arg-type]
    shown = json.loads(command("manifest").stdout)
    assert sorted(known.commands) == [c["command"] for c in shown["features"]["slash_commands"]]
    listed = {s["callback_id"]: s for s in shown["features"]["shortcuts"]}
    assert sorted(known.shortcuts) == sorted(listed)
    assert {callback: s["type"] for callback, s in listed.items()} == {
        "make_case": "message",
        "log_conversation": "global",
    }
    assert all(len(s["name"]) <= 24 and 0 < len(s["description"]) <= 150 for s in listed.values())
    assert shown["settings"]["socket_mode_enabled"] is True


def test_the_manifest_asks_for_the_scopes_of_the_methods_that_are_called(command):
    methods = {name for name in vars(WebClient) if "_" in name and not name.startswith("_")}
    called = set()
    for path in [ROOT / "app.py", *(p for d in ("bot", "handlers") for p in (ROOT / d).rglob("*.py"))]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and (node.attr in methods or node.attr == "api_call"):
                called.add(node.attr)
    assert called == {method.replace(".", "_") for method in METHOD_SCOPES}
    needed = {scope for scopes in METHOD_SCOPES.values() for scope in scopes} | {"commands"}
    shown = json.loads(command("manifest").stdout)
    assert set(shown["oauth_config"]["scopes"]["bot"]) == needed


def test_the_manifest_for_http_names_the_address_everywhere(command):
    url = "https://care.example/slack/events"
    shown = json.loads(command("manifest", "--request-url", url).stdout)
    assert shown["settings"]["socket_mode_enabled"] is False
    assert shown["settings"]["interactivity"]["request_url"] == url
    assert {c["url"] for c in shown["features"]["slash_commands"]} == {url}
