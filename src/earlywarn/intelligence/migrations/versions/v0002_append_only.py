"""The database itself refuses to change or delete a row.

Revision 0002. Whoever owns the database can take this guard away; the hash chain then shows what was done.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

REFUSAL = "the log is append-only: correct an entry by superseding it, withdraw it by retracting it"


def upgrade() -> None:
    """Set the guard."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
        )
        op.execute(
            "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        trigger = f"CREATE TRIGGER no_{change.lower()} BEFORE {change} ON log"
        op.execute(f"{trigger} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END")


def downgrade() -> None:
    """Refuse: a log is not taken apart."""
    message = "a log is append-only, so its migrations go one way"
    raise NotImplementedError(message)
