"""A team at work: customers write, people correct, and the night comes."""

import atexit
import random
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from bot.desk import Desk
from bot.lessons.correcting import Correcting
from bot.lessons.learning import Learning
from bot.lessons.recording import TAUGHT_BY_DISMISSAL, record
from bot.listening import Listener
from bot.office import Office
from bot.sources import Batch
from models.corrected import Said
from models.database import Database
from models.lesson import BROUGHT_BACK, CORRECTED, DISMISSED
from models.mention import Mention
from models.moves import RESOLVED
from models.sift_model import IN_USE, SiftModel
from tests.databases import copy_migrated
from tests.lessons.team import Written, customers
from tests.people import ANA, BO, Time, playbook
from tests.sifters import sifter_of

ENOUGH = 460
"""Customers of whom this team corrects more than 200."""
Judge = Callable[[Written, Mention, random.Random], "Opinion | None"]


@dataclass(frozen=True)
class Opinion:
    """What somebody does about a post: one of the ways to teach, or to solve it as it is."""

    does: str
    """"correct", "dismiss", "bring_back" or "solve"."""
    by: str
    kind: str | None = None
    because: str = "not_us"


def with_taste(written: Written, mention: Mention, chance: random.Random) -> Opinion | None:
    """This team's own mind, two people's work."""
    by = chance.choice([ANA, BO])
    if written.needed is True and not mention.shown:
        return Opinion("bring_back", by)
    if written.needed is False and mention.shown:
        return Opinion("dismiss", by, because="not_us")
    if written.kind is not None and mention.kind != written.kind and mention.shown:
        return Opinion("correct", by, kind=written.kind)
    return Opinion("solve", by) if mention.shown and chance.random() < 0.5 else None


@dataclass(frozen=True)
class Team:
    """Drives the real use cases, one post a minute."""

    office: Office
    listener: Listener
    clock: Time

    def works(self, count: int, judge: Judge = with_taste, seed: int = 1) -> list[Mention]:
        """`count` customers write and are dealt with. Returns what became of their posts."""
        written = list(customers(count, seed))
        self.listener.take("test", Batch([one.post for one in written]))
        with self.office.db.reading() as session:
            found = {m.external_id: m for m in session.query(Mention)}
        chance = random.Random(seed)  # the same each time is the point
        for one in written:
            mention = found[one.post.external_id]
            opinion = judge(one, mention, chance)
            if opinion is not None:
                self.clock.pass_(minutes=1)
                self._acts(mention, opinion)
        return [found[one.post.external_id] for one in written]

    def has_worked(self, count: int, judge: Judge = with_taste, seed: int = 1) -> None:
        """As `works`, in one transaction and without the cases' own moves: for what comes after it."""
        written = list(customers(count, seed))
        self.listener.take("test", Batch([one.post for one in written]))
        chance = random.Random(seed)  # the same each time is the point
        with self.office.db.transaction() as session:
            found = {m.external_id: m for m in session.query(Mention)}
            for one in written:
                mention = found[one.post.external_id]
                opinion = judge(one, mention, chance)
                if opinion is not None:
                    self.clock.pass_(minutes=1)
                    self._remains(session, mention, opinion)

    def sleeps(self) -> list[SiftModel]:
        """The night comes, and the job runs. Returns what there is of models, oldest first."""
        self.clock.now = (self.clock.now + timedelta(days=1)).replace(hour=4, minute=0)
        Learning(self.office).learn_due()
        with self.office.db.reading() as session:
            return list(session.query(SiftModel).order_by(SiftModel.id))

    def hears(self, count: int, seed: int) -> list[tuple[Written, Mention]]:
        """Customers write, and nobody has done anything yet."""
        self.clock.pass_(minutes=5)
        return list(zip(customers(count, seed), self.works(count, lambda *_: None, seed), strict=True))

    def _acts(self, mention: Mention, opinion: Opinion) -> None:
        desk, case = Desk(self.office), mention.case_id or 0
        if opinion.does == "bring_back":
            self.listener.bring_back(mention.id, by=opinion.by)
        elif opinion.does == "dismiss":
            desk.dismiss(case, by=opinion.by, because=opinion.because)
        elif opinion.does == "correct":
            Correcting(self.office).correct(case, Said(kind=opinion.kind), by=opinion.by)
        else:
            desk.claim(case, by=opinion.by)
            for step in desk.view(case).checklist.missing:
                desk.tick(case, step.key, by=opinion.by)
            desk.resolve(case, by=opinion.by)

    def _remains(self, session: Session, mention: Mention, opinion: Opinion) -> None:
        """What is left of it in the database."""
        at = self.clock.now
        if opinion.does == "solve":
            assert mention.case is not None
            mention.case.stage, mention.case.closed_at = RESOLVED, at
        elif opinion.does == "bring_back":
            record(session, mention, BROUGHT_BACK, by=opinion.by, at=at, needed=True)
        elif opinion.does == "correct":
            record(session, mention, CORRECTED, by=opinion.by, at=at, said=Said(kind=opinion.kind))
        else:
            kind, needed = TAUGHT_BY_DISMISSAL[opinion.because]
            record(session, mention, DISMISSED, by=opinion.by, at=at, said=Said(kind=kind), needed=needed)


@pytest.fixture
def team(office: Office, listener: Listener, clock: Time) -> Team:
    return Team(office, listener, clock)


@cache
def _taught() -> tuple[Path, datetime]:
    """A database in which the model of a team with a taste is in use, and the time there."""
    folder = Path(tempfile.mkdtemp(prefix="listening-post-lessons-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    copy_migrated(folder / "taught.db")
    clock, database = Time(), Database(f"sqlite:///{folder / 'taught.db'}")
    office = Office(database, playbook(), clock, lambda: None)
    team = Team(office, Listener(office, sifter_of(office.playbook)), clock)
    team.has_worked(ENOUGH)
    assert [model.state for model in team.sleeps()] == [IN_USE]
    database.close()
    return folder / "taught.db", clock.now


@pytest.fixture
def taught(office: Office, listener: Listener, clock: Time, db: Database) -> Team:
    """That team; only on SQLite, where a database is a file that can be copied."""
    file, clock.now = _taught()
    name = str(db.engine.url.database)
    db.close()
    for beside in ("-wal", "-shm"):
        Path(name + beside).unlink(missing_ok=True)
    shutil.copyfile(file, name)
    return Team(office, listener, clock)
