"""Requests that are about no case count once too"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    with op.batch_alter_table("handled") as batch_op:
        batch_op.alter_column("case_id", existing_type=sa.Integer(), nullable=True)
