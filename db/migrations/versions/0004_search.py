"""Search: which version of an article is indexed, which articles wait to be, and the index itself.

The index is filled after all revisions, by `db.upgrade`.
"""

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0004"
down_revision = "0003"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Words come between single spaces, folded, so that the plainest tokenizer is right. Wide merges keep the cost of one more article flat.
_ON_SQLITE = (
    "create virtual table search_index using fts5(headline, opening, body, tokenize = 'ascii', columnsize = 0)",
    "insert into search_index (search_index, rank) values ('automerge', 16)",
)
_ON_POSTGRESQL = (
    """
    create table search_index (
        article_id bigint constraint pk_search_index primary key,
        headline text not null,
        opening text not null,
        body text not null,
        words tsvector not null generated always as (
            array_to_tsvector(array_remove(string_to_array(headline || ' ' || body, ' '), ''))
        ) stored
    )
    """,
    "create index ix_search_index_words on search_index using gin (words)",
)


def upgrade() -> None:
    """Make the tables and the index, empty."""
    op.create_table(
        "search_entry",
        sa.Column("article_id", _KEY, autoincrement=False, nullable=False),
        sa.Column("version_id", _KEY, nullable=False),
        sa.Column("told_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_search_entry")),
    )
    op.create_table(
        "search_pending",
        sa.Column("id", _KEY, sa.Identity(always=False), nullable=False),
        sa.Column("article_id", _KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_pending")),
    )
    for statement in _ON_SQLITE if op.get_bind().dialect.name == "sqlite" else _ON_POSTGRESQL:
        op.execute(statement)
