"""How often a language model was asked on each day, and what it cost."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_COUNTED = ("asked", "answered", "failed", "skipped", "slots_taken", "slots_refused", "entries_proposed")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "model_use",
        sa.Column("day", sa.String(), nullable=False),
        *(sa.Column(name, sa.Integer(), server_default="0", nullable=False) for name in _COUNTED),
        sa.Column("tokens_in", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("tokens_out", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("cost", sa.Float(), server_default="0", nullable=False),
        sa.Column("last_failure", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_model_use")),
    )
