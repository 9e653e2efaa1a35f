"""Policy changes, the reports that tell of them, the quotes that prove them, and the status events that make their history."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, func, insert, select, update

from db.models import article_version, evidence, policy_change, policy_party, policy_status, report
from db.upsert import insert_new

_ID_LENGTH = 12


class StatusEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A status from a day on, for a jurisdiction or ("") for all; `dated_by` says whether the text or its publication gives the day."""

    status: str
    jurisdiction: str
    from_day: str | None
    from_precision: str | None
    from_raw: str | None
    dated_by: str


class ReportRow(msgspec.Struct, frozen=True, kw_only=True):
    """One report as it goes into its tables."""

    ordinal: int
    change: dict[str, Any]
    attribution: str | None
    confidence: float
    doubtful: bool
    evidence: Sequence[dict[str, Any]]
    statuses: Sequence[StatusEvent]
    parties: Sequence[tuple[str, str]]


class KnownChange(msgspec.Struct, frozen=True, kw_only=True):
    """A stored change as linking looks at it; days are ISO text, `last_day` the latest of its events."""

    id: int
    company: str
    product: str | None
    action: str
    object: str
    direction: str
    first_day: str | None
    last_day: str | None


def known_changes(conn: Connection, company: str) -> list[KnownChange]:
    """Return the changes of a company that a new report may belong to, the oldest first."""
    c, p = policy_change.c, policy_status.c
    rows = conn.execute(
        select(
            c.id, c.company, c.product, c.action, c.object, c.direction,
            func.min(p.from_day).label("first_day"), func.max(p.from_day).label("last_day"),
        )
        .join(policy_status, p.policy_change_id == c.id, isouter=True)
        .where(c.company == company, c.merged_into.is_(None))
        .group_by(c.id, c.company, c.product, c.action, c.object, c.direction)
        .order_by(c.id)
    )  # fmt: skip
    return [KnownChange(**row._asdict()) for row in rows]


def reports_told(conn: Connection, article_id: int, annotator_version: str) -> dict[int, int]:
    """Return, by ordinal, the changes that an article's earlier reports were linked to: an edit keeps its links."""
    query = (
        select(report.c.ordinal, report.c.policy_change_id)
        .join(article_version, article_version.c.id == report.c.version_id)
        .where(article_version.c.article_id == article_id, report.c.annotator_version == annotator_version)
        .order_by(report.c.id)
    )
    return {row.ordinal: row.policy_change_id for row in conn.execute(query)}


def supersede_reports(
    conn: Connection, article_id: int, now: datetime, *, keep_version: int, annotator_version: str
) -> None:
    """Mark an article's reports as told no more, but those of the version and annotator that speak now."""
    versions = select(article_version.c.id).where(article_version.c.article_id == article_id)
    stays = (report.c.version_id == keep_version) & (report.c.annotator_version == annotator_version)
    conn.execute(
        update(report)
        .where(report.c.version_id.in_(versions), report.c.superseded_at.is_(None), ~stays)
        .values(superseded_at=now)
    )


def add_change(conn: Connection, values: dict[str, Any], first_report: str, now: datetime) -> int:
    """Store a new change; its public id is made of its slots and its first report, so that it is the same after a replay."""
    slots = "|".join(str(values.get(name) or "") for name in ("company", "product", "action", "object", "direction"))
    public_id = "pc-" + hashlib.sha256(f"{slots}|{first_report}".encode()).hexdigest()[:_ID_LENGTH]
    insert_new(conn, policy_change, {**values, "public_id": public_id, "created_at": now})
    return int(conn.execute(select(policy_change.c.id).where(policy_change.c.public_id == public_id)).scalar_one())


def add_report(
    conn: Connection, *, version_id: int, change_id: int, annotator_version: str, row: ReportRow, now: datetime
) -> None:
    """Store a report with its evidence, status events and parties; one that is there already stays as it is."""
    values = {
        "version_id": version_id,
        "ordinal": row.ordinal,
        "annotator_version": annotator_version,
        "policy_change_id": change_id,
        "attribution": row.attribution,
        "confidence": row.confidence,
        "doubtful": row.doubtful,
        "recorded_at": now,
    }
    if not insert_new(conn, report, values):
        return
    key = (report.c.version_id == version_id) & (report.c.annotator_version == annotator_version)
    report_id = conn.execute(select(report.c.id).where(key, report.c.ordinal == row.ordinal)).scalar_one()
    _add_evidence(conn, report_id, row.evidence)
    for event in row.statuses:
        values = msgspec.to_builtins(event) | {
            "policy_change_id": change_id,
            "report_id": report_id,
            "recorded_at": now,
        }
        insert_new(conn, policy_status, values)
    for ordinal, (role, name) in enumerate(row.parties):
        conn.execute(insert(policy_party).values(report_id=report_id, role=role, ordinal=ordinal, name=name))


def _add_evidence(conn: Connection, report_id: int, rows: Sequence[dict[str, Any]]) -> None:
    counted: dict[str, int] = {}
    for row in rows:
        slot = row["slot"]
        counted[slot] = counted.get(slot, -1) + 1
        conn.execute(insert(evidence).values(report_id=report_id, ordinal=counted[slot], **row))
