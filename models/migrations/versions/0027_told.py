"""Sentences that were sent long ago are found without reading all messages"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    told = sa.text("kind = 'notice' AND due_at IS NULL AND parked_at IS NULL")
    op.create_index(
        "ix_outbox_told",
        "outbox",
        ["sent_at"],
        sqlite_where=told,
        postgresql_where=told,
        if_not_exists=True,  # in a large database it may have been built before, while everybody worked
    )
