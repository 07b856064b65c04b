"""The few rows among very many that the clock asks for again and again have small indexes of their own"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    behind = "behind = 1" if op.get_bind().dialect.name == "sqlite" else "behind"
    _index("outbox", "ix_outbox_homes", "due_at", "kind = 'home'")
    _index("mentions", "ix_mentions_set_aside", "stored_at", "case_id IS NULL AND gone_at IS NULL")
    _index("cases", "ix_cases_paused", "paused_at", "paused_at IS NOT NULL")
    _index("cases", "ix_cases_promised", "promised_for", "promised_for IS NOT NULL")
    _index("cases", "ix_cases_behind", "stage", behind)


def _index(table: str, name: str, column: str, which: str) -> None:
    where = sa.text(which)
    op.create_index(name, table, [column], sqlite_where=where, postgresql_where=where)
