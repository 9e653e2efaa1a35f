"""Whether archive, rows, quotes and texts agree. Everything is read in one snapshot and in parts that bound the memory."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from sqlalchemy import Column, Connection, Engine, Select, func, select
from sqlalchemy.exc import DatabaseError

from db.archive import Archive, Location
from db.copying import count_rows
from db.downloads import committed_ends
from db.engine import snapshot
from db.errors import ArchiveDamaged
from db.indexing import count_stale
from db.models import (
    address,
    archive_debt,
    article,
    article_version,
    download,
    evidence,
    policy_change,
    policy_status,
    poll,
    removed_block,
    report,
    review,
    tombstone,
)

_AT_ONCE = 500
# Of one kind that many findings are told one by one, the rest is counted: a lost file would else fill the memory with sentences.
_TOLD_OF_A_KIND = 1_000
Tell = Callable[[str, int, int], None]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One disagreement: its kind, a sentence, and the row that it is about, where it is about one."""

    kind: str
    message: str
    row_id: int | None = None


class CheckReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was counted (rows by table, and of some tables by kind) and what does not agree."""

    counts: dict[str, int]
    findings: list[Finding]
    kinds: dict[str, dict[str, int]] = {}


def check(engine: Engine, archive: Archive, tell: Tell = lambda *_: None) -> CheckReport:
    """Compare everything that is stored twice; changes nothing. `tell` hears of what is read, rows done, rows in all."""
    # Lengths before rows: what a crawler appends meanwhile is then known to the rows, or not looked at.
    lengths = archive.ends()
    with archive.held_for_reading(), snapshot(engine) as conn:
        if damage := list(_store_findings(conn)):
            return CheckReport(counts={}, findings=damage)
        counts = count_rows(conn)
        parts = (
            archive_findings(conn, archive, tell),
            _tail_findings(conn, archive, lengths),
            quote_findings(conn, tell, counts["evidence"]),
            _removed_findings(conn, tell, counts["removed_block"]),
            _orphan_findings(conn),
            _search_findings(conn),
            _unfinished_findings(conn),
        )
        return CheckReport(counts=counts, findings=list(_told(parts)), kinds=_kinds(conn))


def archive_findings(conn: Connection, archive: Archive, tell: Tell = lambda *_: None) -> Iterator[Finding]:
    """Read every record that a row points at, in the order in which they lie, and say which are not what was stored."""
    d = download.c
    query = select(d.id, d.archive_file, d.archive_offset, d.archive_length, d.sha256).where(
        d.archive_file.is_not(None)
    )
    total = int(conn.scalar(select(func.count()).select_from(query.subquery())) or 0)
    there = archive.ends().keys()
    for number, row in enumerate(_rows(conn, query.order_by(d.archive_file, d.archive_offset)), 1):
        if row.archive_file not in there:
            continue  # said once of the whole file
        place = Location(file=row.archive_file, offset=row.archive_offset, length=row.archive_length, sha256=row.sha256)
        try:
            archive.read(place)
        except ArchiveDamaged as error:
            yield Finding(kind="archive", message=f"download {row.id}: {error}", row_id=row.id)
        tell("archive", number, total)


def quote_findings(conn: Connection, tell: Tell = lambda *_: None, total: int = 0) -> Iterator[Finding]:
    """Say which quotes are not the span of the text that they name."""
    e, v = evidence.c, article_version.c
    query = (
        select(e.report_id, e.slot, e.field, e.start_char, e.end_char, e.quote, v.headline, v.article_body)
        .join(report, report.c.id == e.report_id)
        .join(article_version, v.id == report.c.version_id)
        .order_by(e.report_id)
    )
    for number, row in enumerate(_rows(conn, query), 1):
        text = (row.headline if row.field == "headline" else row.article_body) or ""
        if text[row.start_char : row.end_char] != row.quote:
            message = f"report {row.report_id}: the quote for {row.slot} does not stand where it says"
            yield Finding(kind="quote", message=message, row_id=row.report_id)
        tell("quotes", number, max(total, number))


def torn_bodies(conn: Connection) -> list[int]:
    """Return the versions whose text is not that of their blocks."""
    v = article_version.c
    rows = _rows(conn, select(v.id, v.article_body, v.blocks))
    return [row.id for row in rows if body_of(row.blocks) != row.article_body]


def body_of(blocks: Any) -> str:
    """Return the text that blocks make."""
    return "\n".join(block["text"] for block in blocks)


def lonely() -> dict[str, "Select[int]"]:
    """Return, by what they are, the queries for rows that lack what they cannot be without."""
    return {
        "an article without a current version": select(article.c.id).where(
            ~select(article_version.c.id)
            .where(article_version.c.article_id == article.c.id, article_version.c.is_current)
            .exists()
        ),
        "a policy change without a report": select(policy_change.c.id).where(
            policy_change.c.merged_into.is_(None),
            ~select(report.c.id).where(report.c.policy_change_id == policy_change.c.id).exists(),
        ),
        "a policy change that is merged into one that is merged itself": select(policy_change.c.id).where(
            policy_change.c.merged_into.in_(select(policy_change.c.id).where(policy_change.c.merged_into.is_not(None)))
        ),
        "a report of a policy change that is merged into another": select(report.c.id)
        .join(policy_change, policy_change.c.id == report.c.policy_change_id)
        .where(policy_change.c.merged_into.is_not(None)),
        "a report without a quote": select(report.c.id).where(
            report.c.superseded_at.is_(None),
            ~select(evidence.c.slot).where(evidence.c.report_id == report.c.id).exists(),
        ),
        "a report without a status": select(report.c.id).where(
            report.c.superseded_at.is_(None),
            ~select(policy_status.c.id).where(policy_status.c.report_id == report.c.id).exists(),
        ),
        "an address that waits to be read without an answer": select(address.c.id).where(
            address.c.state == "fetched", address.c.download_id.is_(None)
        ),
    }


def _rows(conn: Connection, query: "Select[Any]") -> Iterator[Any]:
    return iter(conn.execute(query, execution_options={"yield_per": _AT_ONCE}))


def _told(parts: tuple[Iterator[Finding], ...]) -> Iterator[Finding]:
    for part in parts:
        counted: dict[str, int] = {}
        for finding in part:
            counted[finding.kind] = counted.get(finding.kind, 0) + 1
            if counted[finding.kind] <= _TOLD_OF_A_KIND:
                yield finding
        for kind, count in counted.items():
            if count > _TOLD_OF_A_KIND:
                yield Finding(kind=kind, message=f"and {count - _TOLD_OF_A_KIND:,} more")


def _kinds(conn: Connection) -> dict[str, dict[str, int]]:
    columns: dict[str, Column[Any]] = {
        "downloads by verdict": download.c.verdict,
        "addresses by state": address.c.state,
        "polls by outcome": poll.c.outcome,
        "versions by cause": article_version.c.cause,
        "articles by extent": article.c.extent,
        "changes by action": policy_change.c.action,
        "reviews by verdict": review.c.verdict,
    }
    return {name: _by_kind(conn, column) for name, column in columns.items()}


def _by_kind(conn: Connection, column: "Column[Any]") -> dict[str, int]:
    rows = conn.execute(select(column, func.count()).group_by(column).order_by(func.count().desc(), column))
    return {str(kind or "none"): int(count) for kind, count in rows}


def _store_findings(conn: Connection) -> Iterator[Finding]:
    if conn.dialect.name != "sqlite":
        return
    try:
        said = [str(row[0]) for row in conn.exec_driver_sql("PRAGMA quick_check(5)")]
    except DatabaseError as error:
        said = [str(error.orig)]
    for line in said:
        if line != "ok":
            yield Finding(
                kind="store",
                message=f"the store's file is damaged ({' '.join(line.split())}); restore it from a backup",
            )
            return
    for row in conn.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(_TOLD_OF_A_KIND):
        yield Finding(kind="store", message=f"row {row[1]} of {row[0]} refers to a row of {row[2]} that is not there")


def _tail_findings(conn: Connection, archive: Archive, lengths: dict[str, int]) -> Iterator[Finding]:
    known = committed_ends(conn)
    for name, length in lengths.items():
        more = length - known.get(name, 0)
        if more > 0 and not archive.is_appended_to(name):
            yield Finding(kind="tail", message=f"{name} has {more} bytes that no row knows; the next start cuts them")
    for name in known.keys() - archive.ends().keys():
        yield Finding(kind="archive", message=f"{name} is missing; restore it from a backup")


def _removed_findings(conn: Connection, tell: Tell, total: int) -> Iterator[Finding]:
    r = removed_block.c
    query = select(r.version_id, r.ordinal, r.after_block, r.char_offset, article_version.c.blocks).join(
        article_version, article_version.c.id == r.version_id
    )
    for number, row in enumerate(_rows(conn, query), 1):
        inside = row.char_offset is not None
        fits = -1 <= row.after_block < len(row.blocks) and not (inside and row.after_block < 0)
        if fits and inside:
            fits = 0 <= row.char_offset <= len(row.blocks[row.after_block]["text"])
        if not fits:
            yield Finding(
                kind="removed", message=f"version {row.version_id}: removed block {row.ordinal} cannot be put back"
            )
        tell("removed blocks", number, max(total, number))


def _orphan_findings(conn: Connection) -> Iterator[Finding]:
    found = {what: list(conn.scalars(query)) for what, query in lonely().items()}
    for what, ids in (found | {"a version whose body is not its blocks": torn_bodies(conn)}).items():
        if ids:
            yield Finding(kind="orphan", message=f"{what}: {len(ids)}, the first is {ids[0]}", row_id=ids[0])


def _search_findings(conn: Connection) -> Iterator[Finding]:
    if stale := count_stale(conn):
        yield Finding(kind="search", message=f"the search knows other texts of {stale} articles than their newest")


def _unfinished_findings(conn: Connection) -> Iterator[Finding]:
    for name in conn.scalars(select(archive_debt.c.archive_file).order_by(archive_debt.c.archive_file)):
        yield Finding(
            kind="debt", message=f"{name} still holds bytes of what was forgotten; the next start removes them"
        )
    unfinished = select(tombstone.c.source_id).where(tombstone.c.finished_at.is_(None))
    for source_id in conn.scalars(unfinished.order_by(tombstone.c.source_id)):
        message = f"forgetting the source {source_id} was interrupted; forget it once more"
        yield Finding(kind="debt", message=message)
