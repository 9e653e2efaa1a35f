"""Stored articles as they are read again: what is known of each, and how far a re-reading has come."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from db.archive import Location
from db.articles import VersionRow
from db.changes import SLOTS, KnownReport, strands_told
from db.models import (
    address,
    article,
    article_version,
    credit,
    download,
    evidence,
    policy_change,
    policy_party,
    policy_status,
    removed_block,
    report,
    reprocess_run,
    source,
    version_page,
)

# What a version says beside its text: another value is no other version.
DETAILS = ("description", "publisher", "in_language", "section", "verdict")
_OF_THE_ANNOTATOR = ("annotator_version", "negative_kind", "negative_reason")


class Which(msgspec.Struct, frozen=True, kw_only=True):
    """Which articles are read again: of these sources (of all if none is named), first seen at or after a moment."""

    only: tuple[str, ...] = ()
    since: datetime | None = None


class StoredPart(msgspec.Struct, frozen=True, kw_only=True):
    """One page of an article; `location` is `None` where its bytes were not kept."""

    url: str
    download_id: int
    fetched_at: datetime
    content_type: str | None
    location: Location | None


class StoredAnnouncement(msgspec.Struct, frozen=True, kw_only=True):
    """What was announced of an article before it was fetched."""

    url: str
    headline: str | None = None
    description: str | None = None
    date_published: datetime | None = None


class StandingReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a report says that stands today; `slots` by name, and whether a person has confirmed its change."""

    id: int
    strand: int
    slots: dict[str, Any]
    is_confirmed: bool


class StoredArticle(msgspec.Struct, frozen=True, kw_only=True):
    """An article's current version with all that a re-reading is compared with."""

    id: int
    source_id: str
    site_key: str
    canonical_url: str
    first_seen_at: datetime
    version_id: int
    text_sha256: str
    extent: str
    headline: str | None
    article_body: str
    date_published: datetime | None
    details: dict[str, Any]
    captions: list[Any]
    extractor_version: str
    annotator_version: str | None
    credits: list[tuple[str, str]]
    removed: list[dict[str, Any]]
    parts: list[StoredPart]
    announced: StoredAnnouncement
    before: list[KnownReport]
    standing: list[StandingReport]


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A re-reading that writes: how far it is, how far it will go, and what it has found up to there."""

    id: int
    started_at: datetime
    last_article_id: int
    until_article_id: int
    found: Any


def known_sources(conn: Connection) -> set[str]:
    """Return the ids of all sources that the store knows."""
    return set(conn.scalars(select(source.c.id)))


def extent_of(conn: Connection, which: Which) -> tuple[int, int]:
    """Return how many articles are meant, and the highest id among them."""
    row = conn.execute(select(func.count(), func.max(article.c.id)).where(*_meant(which))).one()
    return int(row[0]), int(row[1] or 0)


def count_from(conn: Connection, which: Which, *, after: int, until: int) -> int:
    """Return how many of the articles that are meant lie behind one and up to another."""
    where = (article.c.id > after, article.c.id <= until, *_meant(which))
    return int(conn.scalar(select(func.count()).select_from(article).where(*where)) or 0)


def next_articles(conn: Connection, which: Which, *, after: int, until: int, limit: int) -> list[int]:
    """Return the next articles that are meant, by id."""
    where = (article.c.id > after, article.c.id <= until, *_meant(which))
    return list(conn.scalars(select(article.c.id).where(*where).order_by(article.c.id).limit(limit)))


def has_bytes(conn: Connection) -> bool:
    """Return whether any answer's bytes were kept."""
    return conn.scalar(select(download.c.id).where(download.c.archive_file.is_not(None)).limit(1)) is not None


def current_version(conn: Connection, article_id: int) -> int | None:
    """Return the version of an article that is current now."""
    v = article_version.c
    found: int | None = conn.scalar(select(v.id).where(v.article_id == article_id, v.is_current))
    return found


def stored_article(conn: Connection, article_id: int) -> StoredArticle | None:
    """Return an article as it stands, or `None` where it is gone."""
    a, v = article.c, article_version.c
    row = conn.execute(
        select(article_version, a.source_id, a.site_key, a.canonical_url, a.first_seen_at)
        .join(article, a.id == v.article_id)
        .where(a.id == article_id, v.is_current)
    ).one_or_none()
    if row is None:
        return None
    parts = _parts(conn, row.id)
    return StoredArticle(
        id=article_id,
        source_id=row.source_id,
        site_key=row.site_key,
        canonical_url=row.canonical_url,
        first_seen_at=row.first_seen_at,
        version_id=row.id,
        text_sha256=row.text_sha256,
        extent=row.extent,
        headline=row.headline,
        article_body=row.article_body,
        date_published=row.date_published,
        details={name: getattr(row, name) for name in DETAILS},
        captions=row.captions,
        extractor_version=row.extractor_version,
        annotator_version=row.annotator_version,
        credits=credits_of(conn, row.id),
        removed=removed_of(conn, row.id),
        parts=parts,
        announced=_announcement(conn, article_id, row.canonical_url, parts),
        before=strands_told(conn, article_id),
        standing=_standing(conn, article_id),
    )


def credits_of(conn: Connection, version_id: int) -> list[tuple[str, str]]:
    """Return who a version names, with their roles: authors first, then editors, then others."""
    c = credit.c
    rows = conn.execute(select(c.role, c.ordinal, c.name).where(c.version_id == version_id)).all()
    order = ("author", "editor", "contributor")
    return [(row.role, row.name) for row in sorted(rows, key=lambda row: (order.index(row.role), row.ordinal))]


def removed_of(conn: Connection, version_id: int) -> list[dict[str, Any]]:
    """Return what was taken out of a version, in reading order."""
    r = removed_block.c
    rows = conn.execute(
        select(r.kind, r.rule, r.text, r.after_block, r.char_offset)
        .where(r.version_id == version_id)
        .order_by(r.ordinal)
    )
    return [row._asdict() for row in rows]


def refresh_version(conn: Connection, version_id: int, row: VersionRow) -> None:
    """Let a version whose text is the same say beside it what it is read as now: what was taken out, by which rule, and the like."""
    values = {name: value for name, value in row.values.items() if name not in _OF_THE_ANNOTATOR}
    conn.execute(
        update(article_version)
        .where(article_version.c.id == version_id)
        .values(extractor_version=row.extractor_version, **values)
    )
    conn.execute(delete(removed_block).where(removed_block.c.version_id == version_id))
    if row.removed:
        rows = [{"version_id": version_id, "ordinal": n, **block} for n, block in enumerate(row.removed)]
        conn.execute(insert(removed_block), rows)


def make_room(conn: Connection, version_id: int, annotator_version: str) -> None:
    """Give what an annotator told of a version another name, `3~1`: its rules have changed, its name has not."""
    r, v = report.c, article_version.c
    told = set(conn.scalars(select(r.annotator_version).where(r.version_id == version_id).distinct()))
    number = next(n for n in range(1, len(told) + 2) if f"{annotator_version}~{n}" not in told)
    name = f"{annotator_version}~{number}"
    mine = (r.version_id == version_id) & (r.annotator_version == annotator_version)
    conn.execute(update(report).where(mine).values(annotator_version=name))
    conn.execute(update(article_version).where(v.id == version_id).values(annotator_version=name))


def begin_run(conn: Connection, *, asked: Any, rules: str, until: int, found: Any, now: datetime) -> Run:
    """Note that a re-reading begins; what was left unfinished is not gone on with any more."""
    unfinished = reprocess_run.c.finished_at.is_(None)
    conn.execute(update(reprocess_run).where(unfinished).values(finished_at=now))
    run_id = conn.execute(
        insert(reprocess_run)
        .values(started_at=now, asked=asked, rules=rules, until_article_id=until, found=found)
        .returning(reprocess_run.c.id)
    ).scalar_one()
    return Run(id=int(run_id), started_at=now, last_article_id=0, until_article_id=until, found=found)


def unfinished_run(conn: Connection, *, asked: Any, rules: str) -> Run | None:
    """Return the re-reading that was asked for in the same way, under the same rules, and did not come to its end."""
    rows = conn.execute(
        select(reprocess_run).where(reprocess_run.c.finished_at.is_(None)).order_by(reprocess_run.c.id.desc())
    )
    for row in rows:
        if row.asked == asked and row.rules == rules:
            return Run(
                id=row.id,
                started_at=row.started_at,
                last_article_id=row.last_article_id,
                until_article_id=row.until_article_id,
                found=row.found,
            )
    return None


def advance_run(conn: Connection, run_id: int, *, last: int, found: Any) -> None:
    """Note how far a re-reading has come, in the transaction that stores what it has made up to there."""
    mine = reprocess_run.c.id == run_id
    conn.execute(update(reprocess_run).where(mine).values(last_article_id=last, found=found))


def finish_run(conn: Connection, run_id: int, now: datetime) -> None:
    """Note that a re-reading has come to its end."""
    conn.execute(update(reprocess_run).where(reprocess_run.c.id == run_id).values(finished_at=now))


def _meant(which: Which) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if which.only:
        found.append(article.c.source_id.in_(which.only))
    if which.since is not None:
        found.append(article.c.first_seen_at >= which.since)
    return found


def _parts(conn: Connection, version_id: int) -> list[StoredPart]:
    d = download.c
    rows = conn.execute(
        select(download)
        .join(version_page, version_page.c.download_id == d.id)
        .where(version_page.c.version_id == version_id)
        .order_by(version_page.c.page_no)
    ).all()
    # The page that was read last went by the address that was asked for, those that were known by the address that answered.
    last = max((row.id for row in rows), default=None)
    return [
        StoredPart(
            url=row.url if row.id == last else row.final_url or row.url,
            download_id=row.id,
            fetched_at=row.fetched_at,
            content_type=row.content_type,
            location=Location(
                file=row.archive_file, offset=row.archive_offset, length=row.archive_length, sha256=row.sha256
            )
            if row.archive_file is not None
            else None,
        )
        for row in rows
    ]


def _announcement(
    conn: Connection, article_id: int, canonical_url: str, parts: Sequence[StoredPart]
) -> StoredAnnouncement:
    """Return what was announced of the page that was read last; it stands in for what the page does not say."""
    a = address.c
    query = select(a.url, a.headline_hint, a.description_hint, a.published_hint)
    if parts:
        url = max(parts, key=lambda part: part.download_id).url
        row = conn.execute(query.where(a.url == url)).first()
    else:
        url = canonical_url
        row = conn.execute(
            query.where(a.article_id == article_id, a.headline_hint.is_not(None)).order_by(a.download_id.desc(), a.id)
        ).first()
    if row is None:
        return StoredAnnouncement(url=url)
    return StoredAnnouncement(
        url=row.url, headline=row.headline_hint, description=row.description_hint, date_published=row.published_hint
    )


def _standing(conn: Connection, article_id: int) -> list[StandingReport]:
    r, v = report.c, article_version.c
    rows = conn.execute(
        select(report, policy_change.c.review)
        .join(article_version, v.id == r.version_id)
        .join(policy_change, policy_change.c.id == r.policy_change_id)
        .where(v.article_id == article_id, r.superseded_at.is_(None))
        .order_by(r.strand, r.id)
    ).all()
    return [
        StandingReport(
            id=row.id,
            strand=row.strand,
            slots={
                "company": row.company,
                **{name: getattr(row, name) for name in SLOTS},
                "status": row.status,
                "jurisdiction": row.jurisdiction,
                "effective": row.effective,
                "attribution": row.attribution,
                "doubtful": row.doubtful,
                "confidence": row.confidence,
                **_beside(conn, row.id),
            },
            is_confirmed=row.review == "confirmed",
        )
        for row in rows
    ]


def _beside(conn: Connection, report_id: int) -> dict[str, Any]:
    """Return a report's parties, events and quotes."""
    p, s, e = policy_party.c, policy_status.c, evidence.c
    parties = conn.execute(select(p.role, p.name).where(p.report_id == report_id).order_by(p.role, p.ordinal)).all()
    events = conn.execute(
        select(s.status, s.jurisdiction, s.from_day, s.from_precision, s.dated_by).where(s.report_id == report_id)
    )
    quotes = conn.execute(
        select(e.slot, e.ordinal, e.quote).where(e.report_id == report_id).order_by(e.slot, e.ordinal)
    )
    return {
        "affected": [row.name for row in parties if row.role == "affected"],
        "exempt": [row.name for row in parties if row.role == "exempt"],
        "events": sorted(" ".join(str(value or "-") for value in row) for row in events),
        "evidence": sorted(f"{row.slot} {row.ordinal}: {row.quote}" for row in quotes),
    }
