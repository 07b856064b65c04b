"""Private replies to comments, one for each"""

import sqlalchemy as sa
from alembic import op

from models.base import UTCTime

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "private_replies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mention_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("message_id", sa.String(length=255), nullable=True),
        sa.Column("created_at", UTCTime(timezone=True), nullable=False),
        sa.Column("sent_at", UTCTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["mention_id"], ["mentions.id"], name=op.f("fk_private_replies_mention_id_mentions")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_private_replies_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_private_replies")),
        sa.UniqueConstraint("mention_id", name=op.f("uq_private_replies_mention_id")),
    )
    with op.batch_alter_table("private_replies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_private_replies_case_id"), ["case_id"], unique=False)
