"""What each report says itself, who copied whom, until when a status held, and people's reviews."""

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0003"
down_revision = "0002"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_COPY_SLOTS = """
update report set
    company = (select c.company from policy_change c where c.id = report.policy_change_id),
    product = (select c.product from policy_change c where c.id = report.policy_change_id),
    surface = (select c.surface from policy_change c where c.id = report.policy_change_id),
    action = (select c.action from policy_change c where c.id = report.policy_change_id),
    action2 = (select c.action2 from policy_change c where c.id = report.policy_change_id),
    object = (select c.object from policy_change c where c.id = report.policy_change_id),
    direction = (select c.direction from policy_change c where c.id = report.policy_change_id),
    instrument = (select c.instrument from policy_change c where c.id = report.policy_change_id),
    strand = ordinal,
    told_at = coalesce((select v.date_published from article_version v where v.id = report.version_id), recorded_at)
"""
# The first event that was stored is the report's own, those behind it follow from it.
_COPY_STATUS = """
update report set
    status = (select p.status from policy_status p where p.report_id = report.id order by p.id limit 1),
    jurisdiction = (select p.jurisdiction from policy_status p where p.report_id = report.id order by p.id limit 1),
    effective = (
        select p.from_day from policy_status p
        where p.report_id = report.id and p.dated_by = 'text' and p.status <> 'announced' order by p.id limit 1
    )
where exists (select 1 from policy_status p where p.report_id = report.id)
"""
# Until the change is read of again: an earlier stage ends with a later one of the same place, and nothing else does.
_UNTIL = """
update policy_status set until_day = (
    select min(f.from_day) from policy_status f join report r on r.id = f.report_id and r.superseded_at is null
    where f.policy_change_id = policy_status.policy_change_id and f.jurisdiction = policy_status.jurisdiction
    and f.from_day >= policy_status.from_day and f.status in ('in_effect', 'suspended', 'reversed')
    and (policy_status.status in ('reported', 'announced', 'testing', 'delayed')
        or (policy_status.status in ('in_effect', 'amended') and f.status in ('suspended', 'reversed')))
)
"""


def upgrade() -> None:
    """Add to what is there; no table is made anew, so nothing that refers to one is lost."""
    for column in (
        sa.Column("company", sa.Text(), server_default="", nullable=False),
        sa.Column("product", sa.Text()),
        sa.Column("surface", sa.Text()),
        sa.Column("action", sa.String(), server_default="", nullable=False),
        sa.Column("action2", sa.String()),
        sa.Column("object", sa.String(), server_default="", nullable=False),
        sa.Column("direction", sa.String(), server_default="", nullable=False),
        sa.Column("instrument", sa.String()),
        sa.Column("status", sa.String(), server_default="reported", nullable=False),
        sa.Column("jurisdiction", sa.Text(), server_default="", nullable=False),
        sa.Column("effective", sa.String()),
        sa.Column("strand", sa.Integer(), server_default="0", nullable=False),
        sa.Column("told_at", db.types.UtcDateTime(timezone=True)),
        sa.Column("gist", db.types.Json()),
    ):
        op.add_column("report", column)
    op.create_index(op.f("ix_report_company_told_at"), "report", ["company", "told_at"])
    op.add_column("policy_change", sa.Column("review", sa.String()))
    op.add_column("policy_status", sa.Column("means", sa.String()))
    op.add_column("policy_status", sa.Column("until_day", sa.String()))
    op.add_column("policy_status", sa.Column("is_believed", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("policy_status", sa.Column("source_count", sa.Integer(), server_default="1", nullable=False))
    op.create_table(
        "report_copy",
        sa.Column("report_id", _KEY, nullable=False, autoincrement=False),
        sa.Column("original_id", _KEY, nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("adds", sa.Text()),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_copy_report_id")),
        sa.ForeignKeyConstraint(["original_id"], ["report.id"], name=op.f("fk_report_copy_original_id")),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_report_copy")),
    )
    op.create_index(op.f("ix_report_copy_original_id"), "report_copy", ["original_id"])
    op.create_table(
        "review",
        sa.Column("id", _KEY, sa.Identity(always=False), nullable=False),
        sa.Column("policy_change_id", _KEY, nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("other_change_id", _KEY),
        sa.Column("slot", sa.String()),
        sa.Column("value", sa.Text()),
        sa.Column("jurisdiction", sa.Text()),
        sa.Column("slots", db.types.Json()),
        sa.Column("names", db.types.Json()),
        sa.Column("undoes_id", _KEY),
        sa.Column("is_undone", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("reviewed_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("is_followed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("read_value", sa.Text()),
        sa.Column("until_day", sa.String()),
        sa.CheckConstraint(
            "verdict in ('confirm', 'wrong', 'merge', 'split', 'set', 'undo')", name=op.f("ck_review_verdict_known")
        ),
        sa.ForeignKeyConstraint(["policy_change_id"], ["policy_change.id"], name=op.f("fk_review_policy_change_id")),
        sa.ForeignKeyConstraint(["other_change_id"], ["policy_change.id"], name=op.f("fk_review_other_change_id")),
        sa.ForeignKeyConstraint(["undoes_id"], ["review.id"], name=op.f("fk_review_undoes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    op.create_index(op.f("ix_review_policy_change_id"), "review", ["policy_change_id"])
    op.create_table(
        "review_pin",
        sa.Column("review_id", _KEY, nullable=False, autoincrement=False),
        sa.Column("article_id", _KEY, nullable=False, autoincrement=False),
        sa.Column("strand", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("policy_change_id", _KEY, nullable=False),
        sa.Column("was_in_id", _KEY, nullable=False),
        sa.ForeignKeyConstraint(["was_in_id"], ["policy_change.id"], name=op.f("fk_review_pin_was_in_id")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_review_pin_review_id")),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_review_pin_article_id")),
        sa.ForeignKeyConstraint(["policy_change_id"], ["policy_change.id"], name=op.f("fk_review_pin_policy_change_id")),
        sa.PrimaryKeyConstraint("review_id", "article_id", "strand", name=op.f("pk_review_pin")),
    )
    op.create_index(op.f("ix_review_pin_article_id_strand"), "review_pin", ["article_id", "strand"])
    op.create_index(op.f("ix_review_pin_policy_change_id"), "review_pin", ["policy_change_id"])
    for statement in (_COPY_SLOTS, _COPY_STATUS, _UNTIL):
        op.execute(statement)
