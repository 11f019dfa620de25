"""What Alembic runs: the steps go into the transaction that the store hands over."""
from alembic import context

from core.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=False, render_as_batch=True)
context.run_migrations()
