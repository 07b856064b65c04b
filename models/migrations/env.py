"""Alembic's entry: it is always handed an open connection by models.database."""

from alembic import context

from models.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=metadata, render_as_batch=True, user_module_prefix=""
)
with context.begin_transaction():
    context.run_migrations()
