"""How alembic runs a migration: on the connection, and in the transaction, of ``migrate``."""

from alembic import context

from siseon.jobs.stream_tables import streams

context.configure(connection=context.config.attributes["connection"], target_metadata=streams.metadata)
context.run_migrations()
