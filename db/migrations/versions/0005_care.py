"""What was forgotten and shall not come back, archive files that hold bytes to be removed, and where a download is used."""

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0005"
down_revision = "0004"

INDEXES = (("version_page", "download_id"), ("address", "download_id"), ("address", "poll_id"), ("poll", "download_id"))


def upgrade() -> None:
    """Make the tables and indexes."""
    op.create_table(
        "tombstone",
        sa.Column("key_sha256", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=True),
        sa.Column("forgotten_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('address', 'article', 'source')", name=op.f("ck_tombstone_kind_known")),
        sa.PrimaryKeyConstraint("key_sha256", name=op.f("pk_tombstone")),
    )
    op.create_table(
        "archive_debt",
        sa.Column("archive_file", sa.String(), nullable=False),
        sa.Column("since", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("archive_file", name=op.f("pk_archive_debt")),
    )
    for table, column in INDEXES:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
