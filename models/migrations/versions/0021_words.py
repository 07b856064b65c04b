"""An index of words for `/case find`; what is stored already is put into it by a job, bit by bit"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "words_unfilled",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("below", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_words_unfilled")),
    )
    for one in ("mentions", "events"):
        below = f"SELECT '{one}', max(id) + 1 FROM {one} HAVING count(*) > 0"  # noqa: S608  # our own names
        op.execute(f"INSERT INTO words_unfilled (name, below) {below}")
    for table in ("post_words", "note_words"):
        if op.get_bind().dialect.name == "sqlite":
            op.execute(
                f"CREATE VIRTUAL TABLE {table} USING "
                "fts5(words, tokenize=\"ascii tokenchars '%'\", detail=none, columnsize=0)"
            )
            continue
        op.create_table(
            table,
            sa.Column("rowid", sa.BigInteger(), autoincrement=False, nullable=False),
            sa.Column("words", TSVECTOR(), nullable=False),
            sa.PrimaryKeyConstraint("rowid", name=op.f(f"pk_{table}")),
        )
        op.create_index(f"ix_{table}_words", table, ["words"], postgresql_using="gin")
