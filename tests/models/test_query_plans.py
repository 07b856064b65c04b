"""No query of every day reads a whole table that grows: as the databases' planners say, on tables that they
know and that are large enough for them to have to choose."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from slack_sdk import WebClient
from sqlalchemy import Connection, Engine, event, insert, select, text

from bot.answers.reminding import AnswerChecks
from bot.clock_set_back import ClockSetBack
from bot.delivery import Delivery
from bot.digest import Digests
from bot.escalating import Escalations
from bot.escalation_clock import EscalationClock
from bot.home import Homes
from bot.home_watch import HomeWatch
from bot.idle import Idle
from bot.lessons.examples import read_examples
from bot.lessons.learning import Learning, ordinary
from bot.lost_channels import LOST, try_again
from bot.missed import Missed
from bot.missing_names import MissingNames
from bot.notes import Notes
from bot.once import carrying_out
from bot.pausing import Pauses
from bot.presence import Presences
from bot.search import narrowing
from bot.search.filling import Filling
from bot.searching import find
from bot.sources import Batch
from bot.stories.clock import StoryClock
from bot.surges.noticing import Surges
from bot.switches import Switches
from bot.targets import Targets
from bot.tidying import Tidying
from bot.training import Training
from bot.withdrawing import Withdrawing
from models.database import Database
from models.handled import Handled
from models.mention import Mention
from models.outbox import put
from models.post import NO_NAME
from models.words import Unfilled
from tests.bench.many_cases import fill
from tests.people import ANA, BO, GRY, NOON, post

CASES, STILL_OPEN = 5000, 50
GROWING = "cases|mentions|events|outbox|likeness_keys|handled|post_words"
FEW = "USING (?:COVERING )?INDEX ix_outbox_(?:due_kind|due_new|due_known|homes|parked)\\b"
"""Indexes of a few rows only, which may be read from end to end."""
Asked = dict[str, Any]
GOOD = "Hi, I'm Ana, customer care at Tindra. Sorry about the mess! Please send us a private message."


@pytest.fixture
def grown(db: Database, office, clock) -> Database:
    """Two years of work, and what the planner knows of it."""
    fill(db, CASES, office.playbook, still_open=STILL_OPEN, at=clock.now)
    with db.engine.connect() as connection:
        connection.execute(
            insert(Handled), [{"request": f"1.{number}", "at": clock.now} for number in range(CASES)]
        )
        if db.engine.dialect.name == "postgresql":  # as it does by itself
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
        # "VIRTUAL TABLE INDEX 0:=" is a row by its number, "0:M…" what matches; the rest reads all of it.
        found = re.findall(rf"\bSCAN (?:{GROWING})(?:_\d+)?\b.*", plan)
        return [scan for scan in found if not re.search(f"VIRTUAL TABLE INDEX [0-9]+:[^ ]|{FEW}", scan)]
    return re.findall(rf"\bSeq Scan on (?:{GROWING})\b.*", plan)


def scans(db: Database, statements: Asked) -> list[str]:
    """Each whole table that is read, with the statement that does."""
    found = []
    with db.engine.connect() as connection:
        for statement, parameters in statements.items():
            for whole in whole_tables(connection, statement, parameters):
                found.append(f"{whole}: {' '.join(statement.split())}")
    return found


def read_all_examples(office) -> None:
    """What learning reads at night, where there are enough lessons."""
    with office.db.reading() as session:
        read_examples(session, office.playbook, office.playbook.brands[0].name, office.clock())
        ordinary(session, office.playbook.brands[0].name, office.clock())


class NobodyKnows:
    """Facebook, which says nothing of anybody."""

    def look_up(self, ids, now):
        return {}


def test_the_clocks_jobs_read_no_whole_table(grown, office, handovers, people, listener):
    with grown.transaction() as session:
        nameless = session.scalars(select(Mention).order_by(Mention.id.desc()).limit(1)).one()
        nameless.source, nameless.author, nameless.stored_at = "facebook", NO_NAME, office.clock()
        lost = put(session, "card:lost", kind="card", channel="gone", at=office.clock())
        lost.parked_at, lost.error, lost.due_at = office.clock(), LOST[0], None
        session.add(Unfilled(name="mentions", below=1))
    escalations = Escalations(office)
    jobs: list[Callable[[], object]] = [
        Delivery(office, WebClient()).drain,
        HomeWatch(office).look,
        StoryClock(office).look,
        Targets(office).miss_targets,
        Missed(office, escalations).escalate,
        Targets(office).remind_promises,
        Pauses(office).remind,
        Surges(office).look,
        Switches(office).end_due,
        Idle(office).look,
        handovers.tell_of_silence,
        EscalationClock(office).look,
        people.check,
        MissingNames(listener, NobodyKnows()).look,  # type: ignore[arg-type]  # it stands in for Facebook
        Training(office).remind_expiring,
        AnswerChecks(office).ask_due,
        Learning(office).learn_due,
        lambda: read_all_examples(office),
        partial(try_again, office),
        ClockSetBack(office).look,
        Filling(office).fill,
        Filling(office).catch_up,
        Presences(office).expire,
        Digests(office).make_due,
        Tidying(office).tidy,
    ]
    with asked(grown.engine) as statements:
        for job in jobs:
            job()
    assert len(statements) > len(jobs)
    found = scans(grown, statements)
    assert not found, "\n".join(found)


def test_finding_replying_and_escalating_read_no_whole_table(
    grown, office, desk, replies, escalations, monkeypatch
):
    monkeypatch.setattr(narrowing, "LOOKED_AT", 50)  # else it is a fifth of all that there is here
    with asked(grown.engine) as statements:
        for words in ("leaking", "tindra", "leaking kettle", "steam asked", "pump refund tindra", "123"):
            find(office, words)
        mine = desk.claim_next(by=ANA).case.id
        Notes(office).add(mine, "asked for the serial number", by=ANA)
        checked = replies.check(mine, GOOD, by=ANA)
        replies.posted_by_hand(checked.reply, by=ANA, url=None)
        escalations.escalate(mine, by=ANA, why="asks for a part")
        Withdrawing(office).withdraw("x", str(mine))
    assert len(statements) > 30
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


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_leads_home_does_not_go_through_all_that_was_ever_set_aside(grown, office):
    with asked(grown.engine) as statements, grown.reading() as session:
        Homes(office).view(session, GRY)
    [(statement, parameters)] = [
        (words, given) for words, given in statements.items() if "mentions.case_id IS NULL" in words
    ]
    with grown.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    assert "ix_mentions_aside (case_id=? AND stored_at>?)" in str(plan)
