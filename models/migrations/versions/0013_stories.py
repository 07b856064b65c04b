"""Cases that tell one story, heaps of those that came too many at once, and reposts"""

import sqlalchemy as sa
from alembic import op

from models.base import UTCTime

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "heaps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("live", sa.String(length=150), nullable=True),
        sa.Column("channel", sa.String(length=80), nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=True),
        sa.Column("opened_at", UTCTime(timezone=True), nullable=False),
        sa.Column("last_at", UTCTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heaps")),
        sa.UniqueConstraint("live", name=op.f("uq_heaps_live")),
    )
    with op.batch_alter_table("heaps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_heaps_channel"), ["channel"], unique=False)

    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("like_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("heap_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("behind", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_foreign_key(batch_op.f("fk_cases_like_id"), "cases", ["like_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_cases_heap_id"), "heaps", ["heap_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_cases_like_id"), ["like_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cases_heap_id"), ["heap_id"], unique=False)

    with op.batch_alter_table("mentions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("about", sa.String(length=255), nullable=True))

    op.create_table(
        "likeness_keys",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UTCTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_likeness_keys_case_id")),
        sa.PrimaryKeyConstraint("case_id", "key", name=op.f("pk_likeness_keys")),
    )
    with op.batch_alter_table("likeness_keys", schema=None) as batch_op:
        batch_op.create_index("ix_likeness_keys_key", ["key", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_likeness_keys_at"), ["at"], unique=False)

    op.create_table(
        "reposts",
        sa.Column("mention_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_reposts_case_id")),
        sa.ForeignKeyConstraint(["mention_id"], ["mentions.id"], name=op.f("fk_reposts_mention_id")),
        sa.PrimaryKeyConstraint("mention_id", name=op.f("pk_reposts")),
    )
    with op.batch_alter_table("reposts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reposts_case_id"), ["case_id"], unique=False)
