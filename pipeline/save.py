"""Records to rows: the one place where the pipeline meets the store."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from db.articles import SavedVersion, VersionRow, save_version
from db.changes import ReportRow, StatusEvent, add_change, add_report, known_changes, reports_told, supersede_reports
from pipeline.records import Article, Evidence, PolicyChange, PolicyDate, Reading
from pipeline.steps.fingerprint import simhash
from pipeline.steps.link import link

_SLOTS = ("company", "product", "surface", "action", "action2", "object", "direction", "instrument")


def save_reading(
    conn: Connection,
    reading: Reading,
    *,
    source_id: str,
    site_key: str,
    download_ids: Sequence[int],
    observed_at: datetime,
    annotator_version: str,
) -> SavedVersion:
    """Store what was read of an article and link what it tells to the changes that are known; repeating it changes nothing."""
    saved = save_version(
        conn,
        source_id=source_id,
        site_key=site_key,
        canonical_url=reading.article.canonical_url or reading.article.url,
        observed_at=observed_at,
        row=_version_row(reading, download_ids, annotator_version),
    )
    if saved.cause is None:
        return saved
    told = reports_told(conn, saved.article_id, annotator_version)
    supersede_reports(
        conn, saved.article_id, observed_at, keep_version=saved.version_id, annotator_version=annotator_version
    )
    for ordinal, change in enumerate(reading.annotation.policy_changes):
        row = _report_row(ordinal, change, reading.article, observed_at)
        change_id = told.get(ordinal) if _links_stay(conn, told.get(ordinal), row) else None
        if change_id is None:
            change_id = _find_or_add(conn, change, row, f"{source_id}|{site_key}", reading.article, observed_at)
        add_report(
            conn,
            version_id=saved.version_id,
            change_id=change_id,
            annotator_version=annotator_version,
            row=row,
            now=observed_at,
        )
    return saved


def _links_stay(conn: Connection, change_id: int | None, row: ReportRow) -> bool:
    if change_id is None:
        return False
    return any(
        c.id == change_id and c.object == row.change["object"] for c in known_changes(conn, row.change["company"])
    )


def _find_or_add(
    conn: Connection, change: PolicyChange, row: ReportRow, first_report: str, article: Article, now: datetime
) -> int:
    found = link(change, _day_told(article, now), known_changes(conn, change.company))
    return found if found is not None else add_change(conn, row.change, first_report, now)


def _version_row(reading: Reading, download_ids: Sequence[int], annotator_version: str) -> VersionRow:
    article, annotation = reading.article, reading.annotation
    published = _moment(article.date_published)
    values: dict[str, Any] = {
        "extent": article.extent,
        "headline": article.headline,
        "description": article.description,
        "article_body": article.article_body,
        "blocks": msgspec.to_builtins(article.blocks),
        "captions": msgspec.to_builtins(article.captions),
        "simhash": simhash(article.article_body) if article.article_body else None,
        "date_published": published,
        "date_published_offset_min": _offset_min(published),
        "date_published_zone": article.date_published_zone,
        "date_published_precision": article.date_published_precision,
        "date_published_raw": article.date_published_raw,
        "date_modified": _moment(article.date_modified),
        "publisher": article.publisher,
        "in_language": article.in_language,
        "section": article.section,
        "verdict": article.verdict,
        "confidence": article.confidence,
        "notes": list(article.notes),
        "negative_kind": annotation.negative_kind,
        "negative_reason": annotation.reason,
        "annotator_version": annotator_version,
    }
    return VersionRow(
        values=values,
        text_sha256=digest(article),
        extractor_version=article.extractor_version,
        credits=_credits(article),
        removed=[msgspec.to_builtins(block) for block in article.removed],
        download_ids=download_ids,
    )


def digest(article: Article) -> str:
    """Return the digest of everything whose change makes a new version."""
    # Only what an outlet writes: removed noise, captions' places and our own confidence change without an edit.
    told = [article.headline, article.article_body, article.date_published, article.extent, _credits(article)]
    return hashlib.sha256(msgspec.json.encode(told)).hexdigest()


def _credits(article: Article) -> list[tuple[str, str]]:
    roles = (("author", article.authors), ("editor", article.editors), ("contributor", article.contributors))
    return [(role, name) for role, names in roles for name in names]


def _report_row(ordinal: int, change: PolicyChange, article: Article, now: datetime) -> ReportRow:
    parties = [("affected", name) for name in change.affected] + [("exempt", name) for name in change.exempt]
    return ReportRow(
        ordinal=ordinal,
        change={name: getattr(change, name) for name in _SLOTS},
        attribution=change.attribution,
        confidence=change.confidence,
        doubtful=change.doubtful,
        evidence=[_evidence_row(item) for item in change.evidence],
        statuses=_statuses(change, _day_told(article, now)),
        parties=parties,
    )


def _evidence_row(item: Evidence) -> dict[str, Any]:
    return {"slot": item.slot, "field": item.field, "start_char": item.start, "end_char": item.end, "quote": item.quote}


def _statuses(change: PolicyChange, day: str) -> list[StatusEvent]:
    """Return a report's status, and the start that an announcement states: when that day has come it is in force by itself."""
    own = change.announced if change.status == "announced" else change.effective
    events = [_event(change.status, change.jurisdiction, own, day)]
    if change.effective and change.status in ("announced", "reported", "delayed"):
        events.append(_event("in_effect", change.jurisdiction, change.effective, day))
    # The day on which a suspension or an amendment was announced is not that of the rule itself.
    if change.announced and change.status in ("reported", "testing", "in_effect"):
        events.append(_event("announced", change.jurisdiction, change.announced, day))
    return events


def _event(status: str, jurisdiction: str | None, when: PolicyDate | None, day: str) -> StatusEvent:
    dated = when is not None and when.value is not None
    return StatusEvent(
        status=status,
        jurisdiction=jurisdiction or "",
        from_day=when.value if dated and when else day,
        from_precision=when.precision if dated and when else "day",
        from_raw=when.raw if when else None,
        dated_by="text" if dated else "publication",
    )


def _day_told(article: Article, now: datetime) -> str:
    return (article.date_published or now.astimezone(UTC).isoformat())[:10]


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _offset_min(moment: datetime | None) -> int | None:
    offset = moment.utcoffset() if moment else None
    return None if offset is None else int(offset.total_seconds() // 60)
