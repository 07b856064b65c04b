"""What reading costs: each post that is paid for is counted once a UTC day, and the budget is kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import inf

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.office import Office
from bot.sources import Spent
from config.listening import ReadingBudget
from config.playbook import Playbook
from models.outbox import Outbox
from models.paid_read import PaidDay, PaidPost

X = "x"
WARN_AT = 80
"""Per cent of the month's budget at which leads are told."""
KEPT_FOR = timedelta(days=2)


@dataclass(frozen=True)
class Month:
    """What a month has cost so far."""

    first: date
    posts: int
    micros: int
    budget: ReadingBudget | None

    @property
    def per_cent(self) -> float | None:
        """Of the month's budget; None without one."""
        if self.budget is None or self.budget.monthly is None:
            return None
        return self.micros / self.budget.monthly_micros * 100 if self.budget.monthly_micros else inf

    @property
    def left(self) -> int | None:
        """How many more posts the budget pays for; None: it does not say."""
        if self.budget is None or self.budget.monthly is None or not self.budget.post_micros:
            return None
        return max(0, (self.budget.monthly_micros - self.micros) // self.budget.post_micros)

    def __str__(self) -> str:
        posts = "1 post" if self.posts == 1 else f"{self.posts:,} posts"
        if self.budget is None:
            return f"{posts} read in {self.first:%B}"
        cost = f"{self.budget.currency} {self.micros / 1e6:,.2f}"
        if self.per_cent is None:
            return f"{posts} read in {self.first:%B}, about {cost}"
        of = f"{self.budget.monthly:,.2f} ({self.per_cent:.0f} %)"
        return f"{posts} read in {self.first:%B}, about {cost} of {of}"


@dataclass(frozen=True)
class Ledger:
    """The ledger of X."""

    office: Office

    def left(self) -> int | None:
        """How many more posts may be read this month; None: as many as there are. 0: none."""
        if self.budget is None or self.budget.monthly is None:
            return None
        with self.office.db.reading() as session:
            return month_of(session, self.office.playbook, self.office.clock()).left

    @property
    def budget(self) -> ReadingBudget | None:
        return budget_of(self.office.playbook)


def record(office: Office, session: Session, spent: Sequence[Spent]) -> None:
    """Puts what was read on the ledger, in the transaction that stores it; leads are told when it adds up."""
    before = month_of(session, office.playbook, office.clock()) if spent else None
    for one in sorted(spent, key=lambda each: (each.platform, each.at.date(), each.kind)):
        _count(session, one, budget_of(office.playbook))
    if before is not None and before.budget is not None:
        _tell(office, session, month_of(session, office.playbook, office.clock()))


def month_of(session: Session, playbook: Playbook, now: datetime) -> Month:
    """The UTC month of `now`, as X counts."""
    first = now.date().replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    posts, micros = session.execute(
        select(func.coalesce(func.sum(PaidDay.posts), 0), func.coalesce(func.sum(PaidDay.micros), 0)).where(
            PaidDay.platform == X, PaidDay.day >= first, PaidDay.day < after
        )
    ).one()
    return Month(first, int(posts), int(micros), budget_of(playbook))


def ledger_lines(session: Session, playbook: Playbook, now: datetime) -> Iterator[str]:
    """The month day by day, for a terminal."""
    month = month_of(session, playbook, now)
    rows = session.scalars(
        select(PaidDay)
        .where(PaidDay.platform == X, PaidDay.day >= month.first, PaidDay.day <= now.date())
        .order_by(PaidDay.day, PaidDay.kind)
    )
    for row in rows:
        currency = f"  {month.budget.currency} {row.micros / 1e6:,.2f}" if month.budget else ""
        yield f"{row.day}  {row.kind:<9}{row.posts:>9,} posts{currency}"
    yield f"X: {month}"


def budget_of(playbook: Playbook) -> ReadingBudget | None:
    """What the playbook says about paying X."""
    return playbook.sources.x.budget if playbook.sources.x else None


# Helpers.


def _count(session: Session, spent: Spent, budget: ReadingBudget | None) -> None:
    day = spent.at.date()
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    new = 0
    # In one order everywhere, so that two who read the same posts don't wait for each other in a circle.
    ids = sorted(one[:255] for one in spent.ids)
    for start in range(0, len(ids), 200):
        part = ids[start : start + 200]
        rows = [{"platform": spent.platform, "day": day, "external_id": one} for one in part]
        stored = insert(PaidPost).values(rows).on_conflict_do_nothing().returning(PaidPost.external_id)
        new += len(session.execute(stored).all())
    if not new:
        return
    micros = new * budget.post_micros if budget else 0
    key = {"platform": spent.platform, "day": day, "kind": spent.kind}
    added = insert(PaidDay).values(**key, posts=new, micros=micros)
    session.execute(
        added.on_conflict_do_update(
            index_elements=[PaidDay.platform, PaidDay.day, PaidDay.kind],
            set_={"posts": PaidDay.posts + new, "micros": PaidDay.micros + micros},
        )
    )
    session.execute(
        delete(PaidPost).where(PaidPost.platform == spent.platform, PaidPost.day < day - KEPT_FOR)
    )


def _tell(office: Office, session: Session, month: Month) -> None:
    """Once a month (and budget) for each of the two marks; the higher one makes the lower one superfluous."""
    if month.per_cent is None or month.budget is None or month.per_cent < WARN_AT:
        return
    used = month.left == 0 or month.per_cent >= 100
    key = f"budget:{X}:{month.first:%Y-%m}:{month.budget.monthly}:{'used' if used else 'near'}"
    if session.scalar(select(Outbox.id).where(Outbox.key == f"notice:{key}")) is not None:
        return
    if used:
        words = (
            f":octagonal_sign: X: {month}. The month's budget is used, so only direct mentions are read until"
            " the month ends (UTC). `sources.x.budget` in the playbook raises it."
        )
    else:
        words = f":money_with_wings: X: {month}. When the budget is used, only direct mentions will be read."
    office.tell_leads(session, key, words, None)
