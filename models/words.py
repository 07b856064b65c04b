"""The index of words: which posts and notes have a word, or one that begins with it.

SQLite keeps it in FTS5 tables, PostgreSQL in `tsvector` columns with a GIN index; both are handed words that
are cut already (`bot/search/tokens.py`), as neither knows where a Japanese or Thai word ends. See
docs/decisions/0024-search.md. A row stands for a row of `mentions` or `events` with the same number.
"""

from collections.abc import Collection, Mapping
from typing import Protocol

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    String,
    Table,
    Text,
    bindparam,
    cast,
    delete,
    insert,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base


def _table(name: str) -> Table:
    return Table(
        name,
        Base.metadata,
        # FTS5's own name for it; PostgreSQL does not mind.
        Column("rowid", BigInteger, primary_key=True, autoincrement=False),
        Column("words", Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
        Index(f"ix_{name}_words", "words", postgresql_using="gin"),
        info={"fts5": True},
    )


POST_WORDS = _table("post_words")
"""Of posts that belong to a case: their words and who wrote them."""
NOTE_WORDS = _table("note_words")
"""Of colleagues' notes."""


class Unfilled(Base):
    """Rows of the table `name` with numbers below `below` are not in the index yet, as they were stored by a
    program that did not keep it. No row: all are."""

    __tablename__ = "words_unfilled"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    below: Mapped[int] = mapped_column(BigInteger)


class Asked(Protocol):
    """A word, or how it begins."""

    @property
    def text(self) -> str: ...
    @property
    def begins(self) -> bool: ...


def keep(session: Session, table: Table, words: Mapping[int, Collection[str]], *, new: bool = False) -> None:
    """These rows have exactly these words from now on. `new`: none of them is in the index yet.

    Words have letters, digits and signs in them, never a quotation mark, a backslash or a blank.
    """
    if not words:
        return
    if not new:
        forget(session, table, list(words))
    quote = "'" if session.get_bind().dialect.name == "postgresql" else ""
    rows = [
        {"rowid": number, "words": " ".join(f"{quote}{word}{quote}" for word in some)}
        for number, some in words.items()
        if some
    ]
    if rows:
        session.execute(insert(table), rows)


def forget(session: Session, table: Table, numbers: Collection[int]) -> None:
    """These rows have no words any more. A few hundred numbers at most."""
    session.execute(delete(table).where(table.c.rowid.in_(numbers)))


def newest(session: Session, table: Table, asked: Collection[Asked], most: int) -> list[int]:
    """The numbers of the newest rows that have all that is asked for, at most so many."""
    if session.get_bind().dialect.name == "postgresql":
        query = " & ".join(f"'{one.text}'{':*' if one.begins else ''}" for one in asked)
        having = table.c.words.op("@@")(cast(bindparam("asked", query, unique=True), TSQUERY))
    else:
        query = " AND ".join(f'"{one.text}"{" *" if one.begins else ""}' for one in asked)
        having = literal_column(table.name).op("MATCH")(bindparam("asked", query, unique=True))
    found = select(table.c.rowid).where(having).order_by(table.c.rowid.desc()).limit(most)
    return list(session.scalars(found))
