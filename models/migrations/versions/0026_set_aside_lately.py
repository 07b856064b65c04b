"""What was set aside lately is found by its own index on SQLite too"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
TAKES_AWAY = (
    "ix_mentions_set_aside: only ever an index, and the new one has its rows and serves all that it served; "
    "an older program beside this one finds it by the same condition"
)


def upgrade() -> None:
    # Without statistics SQLite takes an index by how many columns of it are asked for, and took that of
    # case_id alone: all that was ever set aside.
    aside = sa.text("case_id IS NULL AND gone_at IS NULL")
    op.create_index(
        "ix_mentions_aside", "mentions", ["case_id", "stored_at"], sqlite_where=aside, postgresql_where=aside
    )
    op.drop_index("ix_mentions_set_aside", "mentions")
