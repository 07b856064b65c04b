"""Posts that their authors deleted or changed"""

import sqlalchemy as sa
from alembic import op

from models.base import UTCTime

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    with op.batch_alter_table("mentions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("gone_at", UTCTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("gone_because", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("edited_at", UTCTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("checked_at", UTCTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_mentions_checked_at"), ["checked_at"], unique=False)
