"""No query of every day reads a whole table that grows: as the databases' planners say, on tables that they
know and that are large enough for them to have to choose."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from slack_sdk import WebClient
from sqlalchemy import Connection, Engine, event, insert, text

from bot.delivery import Delivery
from bot.digest import Digests
from bot.escalating import Escalations
from bot.escalation_clock import EscalationClock
from bot.home import Homes
from bot.home_watch import HomeWatch
from bot.idle import Idle
from bot.missed import Missed
from bot.once import carrying_out, forget_old
from bot.pausing import Pauses
from bot.presence import Presences
from bot.sources import Batch
from bot.stories.clock import StoryClock
from bot.surges.noticing import Surges
from bot.switches import Switches
from bot.targets import Targets
from models.database import Database
from models.handled import Handled
from tests.bench.many_cases import fill
from tests.people import BO, GRY, NOON, post

CASES, STILL_OPEN = 5000, 50
GROWING = "cases|mentions|events|outbox|likeness_keys|handled"
Asked = dict[str, Any]


@pytest.fixture
def grown(db: Database, office, clock) -> Database:
    """Two years of work, which the planner knows."""
    fill(db, CASES, office.playbook, still_open=STILL_OPEN, at=clock.now)
    with db.engine.connect() as connection:
        connection.execute(
            insert(Handled), [{"request": f"1.{number}", "at": clock.now} for number in range(CASES)]
        )
        connection.execute(text("ANALYZE"))
        connection.commit()
    return db


@contextmanager
def asked(engine: Engine) -> Iterator[Asked]:
    """Every statement of the block, each once, with its parameters of the first time."""
    statements: Asked = {}

    def note(_connection, _cursor, statement, parameters, _context, many) -> None:
        if re.match("SELECT|UPDATE|DELETE", statement) and not many:
            statements.setdefault(statement, parameters)

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def whole_tables(connection: Connection, statement: str, parameters: Any) -> list[str]:
    """The growing tables that this statement reads from end to end."""
    explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    rows = connection.exec_driver_sql(f"{explain} {statement}", parameters).all()
    plan = "\n".join(str(row[-1]) for row in rows)
    if connection.dialect.name == "sqlite":
        return re.findall(rf"\bSCAN (?:{GROWING})(?:_\d+)?\b.*", plan)
    return re.findall(rf"\bSeq Scan on (?:{GROWING})\b.*", plan)


def scans(db: Database, statements: Asked) -> list[str]:
    """Each whole table that is read, with the statement that does."""
    found = []
    with db.engine.connect() as connection:
        for statement, parameters in statements.items():
            for whole in whole_tables(connection, statement, parameters):
                found.append(f"{whole}: {' '.join(statement.split())}")
    return found


def test_the_clocks_jobs_read_no_whole_table(grown, office, handovers):
    escalations = Escalations(office)
    jobs: list[Callable[[], object]] = [
        Delivery(office, WebClient()).drain,
        HomeWatch(office).look,
        StoryClock(office).look,
        StoryClock(office).forget_keys,
        Targets(office).miss_targets,
        Missed(office, escalations).escalate,
        Targets(office).remind_promises,
        Pauses(office).remind,
        Surges(office).look,
        Switches(office).end_due,
        Idle(office).look,
        handovers.tell_of_silence,
        EscalationClock(office).look,
        Presences(office).expire,
        Digests(office).make_due,
        partial(forget_old, grown, office.clock()),
    ]
    with asked(grown.engine) as statements:
        for job in jobs:
            job()
    assert len(statements) > len(jobs)
    found = scans(grown, statements)
    assert not found, "\n".join(found)


def test_the_desk_reads_no_whole_table(grown, office, desk, listener):
    homes, digests = Homes(office), Digests(office)
    with asked(grown.engine) as statements:
        mine = desk.claim_next(by=BO).case.id
        desk.view(mine)
        desk.release(mine, by=BO)
        desk.waiting(None)
        desk.waiting("everyone")
        desk.mine("U03")
        homes.opened(BO)
        with grown.reading() as session:
            homes.view(session, BO)
            homes.view(session, GRY)
        lead = digests.lead_called("Gry")
        digests.of_date(lead, digests.last_day(lead))
        digests.today_so_far(GRY)
        listener.take("test", Batch([post(), post("Tindra is great", created_at=NOON)]))
    assert len(statements) > 30
    found = scans(grown, statements)
    assert not found, "\n".join(found)


def test_that_a_click_counts_once_costs_one_statement(grown, desk):
    statements: list[str] = []

    def note(_connection, _cursor, statement, _parameters, _context, _many) -> None:
        statements.append(statement)

    event.listen(grown.engine, "before_cursor_execute", note)
    with carrying_out(grown, "1.new"):
        desk.claim_next(by=BO)
    event.remove(grown.engine, "before_cursor_execute", note)
    assert [statement.split()[0] for statement in statements if "handled" in statement] == ["INSERT"]
