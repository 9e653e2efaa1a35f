"""Whether archive, rows, quotes and texts agree."""

from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Select, func, select

from db.archive import Archive, Location
from db.downloads import committed_ends
from db.engine import reading
from db.errors import ArchiveDamaged
from db.models import (
    address,
    article,
    article_version,
    download,
    evidence,
    metadata,
    policy_change,
    policy_status,
    removed_block,
    report,
)


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One disagreement: its kind, and a sentence."""

    kind: str
    message: str


class CheckReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was counted and what does not agree."""

    counts: dict[str, int]
    findings: list[Finding]


def check(engine: Engine, archive: Archive) -> CheckReport:
    """Compare everything that is stored twice; changes nothing."""
    with reading(engine) as conn:
        findings = [
            *_archive_findings(conn, archive),
            *_tail_findings(conn, archive),
            *_quote_findings(conn),
            *_removed_findings(conn),
            *_orphan_findings(conn),
        ]
        return CheckReport(counts=_counts(conn), findings=findings)


def _counts(conn: Connection) -> dict[str, int]:
    return {
        table.name: int(conn.scalar(select(func.count()).select_from(table)) or 0) for table in metadata.sorted_tables
    }


def _archive_findings(conn: Connection, archive: Archive) -> Iterator[Finding]:
    d = download.c
    rows = conn.execute(
        select(d.id, d.archive_file, d.archive_offset, d.archive_length, d.sha256).where(d.archive_file.is_not(None))
    )
    for row in rows:
        place = Location(file=row.archive_file, offset=row.archive_offset, length=row.archive_length, sha256=row.sha256)
        try:
            archive.read(place)
        except ArchiveDamaged as error:
            yield Finding(kind="archive", message=f"download {row.id}: {error}")


def _tail_findings(conn: Connection, archive: Archive) -> Iterator[Finding]:
    known = committed_ends(conn)
    lengths = archive.ends()
    for name, length in lengths.items():
        if length > known.get(name, 0):
            yield Finding(
                kind="tail",
                message=f"{name} has {length - known.get(name, 0)} bytes that no row knows; the next start cuts them",
            )
    for name in known.keys() - lengths.keys():
        yield Finding(kind="archive", message=f"{name} is missing; restore it from a backup")


def _quote_findings(conn: Connection) -> Iterator[Finding]:
    e, v = evidence.c, article_version.c
    query = (
        select(e.report_id, e.slot, e.field, e.start_char, e.end_char, e.quote, v.headline, v.article_body)
        .join(report, report.c.id == e.report_id)
        .join(article_version, v.id == report.c.version_id)
    )
    for row in conn.execute(query):
        text = (row.headline if row.field == "headline" else row.article_body) or ""
        if text[row.start_char : row.end_char] != row.quote:
            yield Finding(
                kind="quote", message=f"report {row.report_id}: the quote for {row.slot} does not stand where it says"
            )


def _removed_findings(conn: Connection) -> Iterator[Finding]:
    r = removed_block.c
    query = select(r.version_id, r.ordinal, r.after_block, r.char_offset, article_version.c.blocks).join(
        article_version, article_version.c.id == r.version_id
    )
    for row in conn.execute(query):
        inside = row.char_offset is not None
        fits = -1 <= row.after_block < len(row.blocks) and not (inside and row.after_block < 0)
        if fits and inside:
            fits = 0 <= row.char_offset <= len(row.blocks[row.after_block]["text"])
        if not fits:
            yield Finding(
                kind="removed", message=f"version {row.version_id}: removed block {row.ordinal} cannot be put back"
            )


def _orphan_findings(conn: Connection) -> Iterator[Finding]:
    lonely: dict[str, Select[Any] | list[int]] = {
        "an article without a current version": select(article.c.id).where(
            ~select(article_version.c.id)
            .where(article_version.c.article_id == article.c.id, article_version.c.is_current)
            .exists()
        ),
        "a version whose body is not its blocks": _torn_bodies(conn),
        "a policy change without a report": select(policy_change.c.id).where(
            policy_change.c.merged_into.is_(None),
            ~select(report.c.id).where(report.c.policy_change_id == policy_change.c.id).exists(),
        ),
        "a policy change that is merged into one that is merged itself": select(policy_change.c.id).where(
            policy_change.c.merged_into.in_(select(policy_change.c.id).where(policy_change.c.merged_into.is_not(None)))
        ),
        "a report without a quote": select(report.c.id).where(
            ~select(evidence.c.slot).where(evidence.c.report_id == report.c.id).exists()
        ),
        "a report without a status": select(report.c.id).where(
            ~select(policy_status.c.id).where(policy_status.c.report_id == report.c.id).exists()
        ),
        "an address that waits to be read without an answer": select(address.c.id).where(
            address.c.state == "fetched", address.c.download_id.is_(None)
        ),
    }
    for what, query in lonely.items():
        ids = query if isinstance(query, list) else list(conn.scalars(query))
        if ids:
            yield Finding(kind="orphan", message=f"{what}: {len(ids)}, the first is {ids[0]}")


def _torn_bodies(conn: Connection) -> list[int]:
    v = article_version.c
    rows = conn.execute(select(v.id, v.article_body, v.blocks))
    return [row.id for row in rows if "\n".join(block["text"] for block in row.blocks) != row.article_body]
