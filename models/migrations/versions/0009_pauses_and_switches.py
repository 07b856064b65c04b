"""Waiting for the customer, promises kept, and what leads switch"""

import sqlalchemy as sa
from alembic import op

from models.base import UTCTime

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "switches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("live", sa.String(length=120), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("queue", sa.String(length=60), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("at", UTCTime(timezone=True), nullable=False),
        sa.Column("until", UTCTime(timezone=True), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("hours", sa.JSON(), nullable=True),
        sa.Column("ended_at", UTCTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_switches")),
        sa.UniqueConstraint("live", name=op.f("uq_switches_live")),
    )
    with op.batch_alter_table("switches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_switches_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_switches_ended_at"), ["ended_at"], unique=False)
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("paused_at", UTCTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("resolve_left", sa.Interval(), nullable=True))
        batch_op.add_column(
            sa.Column("pause_reminded", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("promised_at", UTCTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("promise_warned", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.create_index(batch_op.f("ix_cases_paused_at"), ["paused_at"], unique=False)
