"""The tables of the log, as the newest migration leaves them."""

import sqlalchemy as sa

__all__ = ["ACTIONS", "COLUMNS", "LOG", "METADATA", "SECRET"]

ACTIONS = ("add", "supersede", "retract")
DAY, MOMENT, DIGEST = sa.String(10), sa.String(27), sa.String(64)

METADATA = sa.MetaData()
# Dates are ISO text in both databases: it sorts as dates do, and it is what the hash covers, to the letter.
LOG = sa.Table(
    "log",
    METADATA,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("entry_id", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("area_code", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("occurred_on", DAY, nullable=False),
    sa.Column("known_on", DAY, nullable=False),
    sa.Column("strength", sa.Integer),
    sa.Column("confidence", sa.Text, nullable=False),
    sa.Column("source_type", sa.Text, nullable=False),
    sa.Column("contributor", sa.Text, nullable=False),
    sa.Column("tier", sa.Text, nullable=False),
    sa.Column("amount", sa.Double),
    sa.Column("exposure", sa.Double),
    sa.Column("retracted", sa.Boolean, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("link", sa.Text, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
    sa.Column("recorded_by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("previous_hash", DIGEST, nullable=False),
    sa.Column("hash", DIGEST, nullable=False),
    sa.UniqueConstraint("entry_id", "version", name="one_row_for_each_version"),
)
SECRET = sa.Table("secret", METADATA, sa.Column("key", sa.LargeBinary, nullable=False))  # one row
COLUMNS = tuple(column.name for column in LOG.columns)
