"""An approved answer may be for one brand's customers"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    with op.batch_alter_table("approved_answers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("brand", sa.String(length=80), nullable=True))
