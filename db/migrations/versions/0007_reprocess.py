"""How far a re-reading of stored articles has come."""

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0007"
down_revision = "0006"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "reprocess_run",
        sa.Column("id", _KEY, sa.Identity(always=False), nullable=False),
        sa.Column("started_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", db.types.UtcDateTime(timezone=True)),
        sa.Column("asked", db.types.Json(), nullable=False),
        sa.Column("rules", sa.String(), nullable=False),
        sa.Column("last_article_id", _KEY, server_default="0", nullable=False),
        sa.Column("until_article_id", _KEY, nullable=False),
        sa.Column("found", db.types.Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reprocess_run")),
    )
