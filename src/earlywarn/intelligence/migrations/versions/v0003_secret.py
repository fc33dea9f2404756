"""A secret of the log's own, from which the ids of its entries are made.

Revision 0003. Made once, within the transaction that holds the lock: all who use the log share it.
"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BYTES = 32


def upgrade() -> None:
    """Make the secret."""
    table = op.create_table("secret", sa.Column("key", sa.LargeBinary, nullable=False))
    op.bulk_insert(table, [{"key": secrets.token_bytes(BYTES)}])


def downgrade() -> None:
    """Refuse: a log is not taken apart."""
    message = "a log is append-only, so its migrations go one way"
    raise NotImplementedError(message)
