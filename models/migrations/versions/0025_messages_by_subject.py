"""Messages are found by what they are about, by their channel, and when they are parked"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.create_index("ix_outbox_kind_subject", "outbox", ["kind", "subject"])
    op.create_index("ix_outbox_channel_sent_at", "outbox", ["channel", "sent_at"])
    where = sa.text("parked_at IS NOT NULL")
    op.create_index("ix_outbox_parked", "outbox", ["channel"], sqlite_where=where, postgresql_where=where)
