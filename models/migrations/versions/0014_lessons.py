"""What the team teaches the sift"""

import sqlalchemy as sa
from alembic import op

from models.base import UTCTime

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "lessons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("live", sa.Integer(), nullable=True),
        sa.Column("mention_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("how", sa.String(length=20), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("at", UTCTime(timezone=True), nullable=False),
        sa.Column("brand", sa.String(length=80), nullable=False),
        sa.Column("ruled_kind", sa.String(length=20), nullable=False),
        sa.Column("ruled_topic", sa.String(length=60), nullable=True),
        sa.Column("ruled_language", sa.String(length=10), nullable=False),
        sa.Column("ruled_shown", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=True),
        sa.Column("topic", sa.String(length=60), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=True),
        sa.Column("needed", sa.Boolean(), nullable=True),
        sa.Column("replaces", sa.Integer(), nullable=True),
        sa.Column("ended_at", UTCTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["mention_id"], ["mentions.id"], name=op.f("fk_lessons_mention_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_lessons_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lessons")),
        sa.UniqueConstraint("live", name=op.f("uq_lessons_live")),
    )
    with op.batch_alter_table("lessons", schema=None) as batch_op:
        batch_op.create_index("ix_lessons_brand_at", ["brand", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_lessons_mention_id"), ["mention_id"], unique=False)

    op.create_table(
        "sift_models",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("brand", sa.String(length=80), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("begun_at", UTCTime(timezone=True), nullable=False),
        sa.Column("made_at", UTCTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("lessons", sa.Integer(), server_default="0", nullable=False),
        sa.Column("as_of", UTCTime(timezone=True), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=True),
        sa.Column("weights", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sift_models")),
        sa.UniqueConstraint("brand", "night", name=op.f("uq_sift_models_brand")),
    )
    with op.batch_alter_table("mentions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ruled", sa.JSON(), nullable=True))
