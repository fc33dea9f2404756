"""What Alembic runs: the migrations, inside the transaction that was begun for them."""

from alembic import context

config = getattr(context, "config", None)  # None where this file is imported, rather than run by Alembic
if config is not None:
    # the transaction is open already, and holds the lock
    context.configure(connection=config.attributes["connection"], transactional_ddl=False)
    context.run_migrations()
