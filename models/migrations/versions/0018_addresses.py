"""By its address a post is known that came from another source"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    with op.batch_alter_table("mentions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("address_key", sa.String(length=255), nullable=True))
        batch_op.create_index("ix_mentions_address_key", ["address_key"], unique=False)
