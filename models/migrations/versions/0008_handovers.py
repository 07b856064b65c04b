"""Handing over with a yes, and who can have a case"""

import sqlalchemy as sa
from alembic import op

from models.base import UTCTime

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "handovers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("colleague", sa.String(length=40), nullable=False),
        sa.Column("asked_by", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("asked_at", UTCTime(timezone=True), nullable=False),
        sa.Column("answer_by", UTCTime(timezone=True), nullable=False),
        sa.Column("told_late_at", UTCTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("answered_at", UTCTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_handovers_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
    )
    with op.batch_alter_table("handovers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handovers_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_handovers_colleague"), ["colleague"], unique=False)
        batch_op.create_index("ix_handovers_state_answer_by", ["state", "answer_by"], unique=False)

    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("offered_to", sa.String(length=40), nullable=True))

    with op.batch_alter_table("employees", schema=None) as batch_op:
        batch_op.add_column(sa.Column("bot", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("left_at", UTCTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("languages", sa.JSON(), nullable=True))
