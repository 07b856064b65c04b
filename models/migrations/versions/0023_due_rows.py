"""What is due is found by its channel, however much of it there is"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    new, known = "due_at IS NOT NULL AND ts IS NULL", "due_at IS NOT NULL AND ts IS NOT NULL"
    _index("ix_outbox_due_new", ["channel", "priority", sa.text("id DESC")], new)
    _index("ix_outbox_due_known", ["channel", "id"], known)
    _index("ix_outbox_due_kind", ["kind"], "due_at IS NOT NULL")


def _index(name: str, columns: list, which: str) -> None:
    where = sa.text(which)
    op.create_index(name, "outbox", columns, sqlite_where=where, postgresql_where=where)
