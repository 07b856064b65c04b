"""Who is away, and what specialists ask before they say yes"""

import sqlalchemy as sa
from alembic import op

from models.base import UTCTime

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "away",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member", sa.String(length=40), nullable=False),
        sa.Column("since", UTCTime(timezone=True), nullable=False),
        sa.Column("until", UTCTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("ended_at", UTCTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_away")),
    )
    with op.batch_alter_table("away", schema=None) as batch_op:
        batch_op.create_index("ix_away_member_until", ["member", "until"], unique=False)

    op.create_table(
        "escalation_questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("escalation_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("to", sa.String(length=40), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_at", UTCTime(timezone=True), nullable=False),
        sa.Column("answer_by", UTCTime(timezone=True), nullable=False),
        sa.Column("reminded", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.String(length=40), nullable=True),
        sa.Column("answered_at", UTCTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["escalation_id"],
            ["escalations.id"],
            name=op.f("fk_escalation_questions_escalation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_questions")),
    )
    with op.batch_alter_table("escalation_questions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_escalation_questions_escalation_id"), ["escalation_id"], unique=False
        )
        batch_op.create_index("ix_escalation_questions_answered_at", ["answered_at"], unique=False)

    with op.batch_alter_table("escalations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("instead_of", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("by_name", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("ask_at", UTCTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("answered_by", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("resolve_by", UTCTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("reminded_at", UTCTime(timezone=True), nullable=True))
        batch_op.create_index("ix_escalations_specialist", ["specialist"], unique=False)
        batch_op.create_index(batch_op.f("ix_escalations_resolve_by"), ["resolve_by"], unique=False)
