"""Surges, the crises that are opened at their alarms, and which source brought a mention"""

import sqlalchemy as sa
from alembic import op

from models.base import UTCTime

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "surges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("live", sa.String(length=200), nullable=True),
        sa.Column("brand", sa.String(length=80), nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=True),
        sa.Column("began_at", UTCTime(timezone=True), nullable=False),
        sa.Column("usual", sa.Float(), nullable=False),
        sa.Column("alarmed", sa.Integer(), nullable=False),
        sa.Column("alarms", sa.Integer(), nullable=False),
        sa.Column("latest", sa.Integer(), nullable=False),
        sa.Column("peak", sa.Integer(), nullable=False),
        sa.Column("peak_at", UTCTime(timezone=True), nullable=False),
        sa.Column("counted_at", UTCTime(timezone=True), nullable=False),
        sa.Column("quiet_since", UTCTime(timezone=True), nullable=True),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("ended_at", UTCTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=40), nullable=True),
        sa.Column("ended_because", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surges")),
        sa.UniqueConstraint("live", name=op.f("uq_surges_live")),
    )
    with op.batch_alter_table("surges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_surges_began_at"), ["began_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_surges_ended_at"), ["ended_at"], unique=False)

    with op.batch_alter_table("switches", schema=None) as batch_op:
        batch_op.add_column(sa.Column("surge_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("brand", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("topic", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("level", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("answer_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("called_in", sa.JSON(), nullable=True))
        batch_op.create_index(batch_op.f("ix_switches_surge_id"), ["surge_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_switches_surge_id"), "surges", ["surge_id"], ["id"])

    with op.batch_alter_table("mentions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("heard_from", sa.String(length=80), server_default="", nullable=False))
        batch_op.create_index("ix_mentions_heard_from_created_at", ["heard_from", "created_at"], unique=False)
