"""When a source asked to be left alone: by that it is seen whether the clock was set back since"""

import sqlalchemy as sa
from alembic import op

from models.base import UTCTime

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.add_column("source_states", sa.Column("asked_to_wait_at", UTCTime(timezone=True), nullable=True))
