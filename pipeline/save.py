"""Records to rows: the one place where the pipeline meets the store."""

import hashlib
import itertools
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection

from db.articles import SavedVersion, VersionRow, save_version
from db.changes import (
    KnownReport,
    ReportRow,
    StatusEvent,
    add_report,
    annotator_of,
    confirmed_but,
    is_told_by,
    pins_of,
    reports_of_articles,
    set_annotator,
    strands_told,
    supersede_reports,
)
from db.identity import merge_articles
from db.lock import hold_linking
from db.vocabulary import UNREAD
from pipeline.records import Article, Evidence, PolicyChange, PolicyDate, Reading
from pipeline.relink import REACH, NewReport, relink, relink_without, settle
from pipeline.steps.fingerprint import simhash
from pipeline.steps.link import Gist, Told, day_of, gist_of

_NONE = timedelta(0)
_NEWS_DAYS = 14
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
    cause: str | None = None,
    first_seen: datetime | None = None,
) -> SavedVersion:
    """Store what was read of an article and link what it tells to the changes that are known; repeating it changes nothing.

    The same text read by another annotator is no new version, but its reports are those of the annotator that reads it now. `cause`
    is given where the same bytes are read again; `first_seen` is when what bears no day was told, if that was not just now.
    """
    row = version_row(reading, download_ids, annotator_version)
    saved = save_version(
        conn,
        source_id=source_id,
        site_key=site_key,
        canonical_url=reading.article.canonical_url or reading.article.url,
        observed_at=observed_at,
        row=row,
        cause=cause,
    )
    if saved.cause is None:
        if is_told_by(conn, saved.version_id, row.text_sha256, annotator_version):
            return saved
        read = ("annotator_version", "negative_kind", "negative_reason")
        set_annotator(conn, saved.version_id, {name: row.values[name] for name in read})
    _tell(conn, saved, reading, f"{source_id}|{site_key}", observed_at, annotator_version, first_seen or observed_at)
    return saved


def _tell(
    conn: Connection,
    saved: SavedVersion,
    reading: Reading,
    name: str,
    now: datetime,
    annotator_version: str,
    first_seen: datetime,
) -> None:
    """Store an article's reports in place of those it told before, under the changes that they belong to; `save_version` holds the linking already."""
    before = strands_told(conn, saved.article_id)
    pins = pins_of(conn, saved.article_id)
    rows = report_rows(reading, before, first_seen, pins)
    # Of a text that has not changed, an entry that a person has confirmed stands, whatever the rules read now.
    spare = confirmed_but(conn, saved.version_id, [row.strand for row in rows]) if saved.cause is None else []
    gone = supersede_reports(
        conn, saved.article_id, now, keep_version=saved.version_id, annotator_version=annotator_version, spare=spare
    )
    known = {old.strand: old for old in before}
    # What is pinned speaks for reports before it too, so those within reach are placed anew.
    starts = [
        (old.company, old.told_at - (REACH if old.strand in pins else _NONE)) for old in before if old.change_id in gone
    ]
    new = [_new_report(row, reading.article, name, known.get(row.strand), pins.get(row.strand)) for row in rows]
    starts += [(item.slots["company"], item.told.told_at - (_NONE if item.told.pin is None else REACH)) for item in new]
    placed: dict[str, int] = {}
    touched = set(gone)
    for company in sorted({company for company, _ in starts}):
        mine = [item for item in new if item.slots["company"] == company]
        found, moved = relink(conn, company, min(day for of, day in starts if of == company), now, mine)
        placed |= found
        touched |= moved
    for row, item in zip(rows, new, strict=True):
        add_report(
            conn,
            version_id=saved.version_id,
            change_id=placed[item.told.key],
            annotator_version=annotator_version,
            row=row,
            now=now,
        )
    settle(conn, touched)


def report_rows(
    reading: Reading, before: Sequence[KnownReport], first_seen: datetime, pins: Collection[int] = ()
) -> list[ReportRow]:
    """Return the rows of what a reading tells, each with the strand of its article that it goes on with."""
    # What bears no day was told when it was first seen, however often it is read.
    seen = min((old.told_at for old in before), default=first_seen)
    rows = [report_row(n, change, reading.article, seen) for n, change in enumerate(reading.annotation.policy_changes)]
    strands = match_strands([row.change for row in rows], before, pins)
    return [msgspec.structs.replace(row, strand=strand) for row, strand in zip(rows, strands, strict=True)]


def merge_known(conn: Connection, gone: int, into: int, now: datetime) -> None:
    """Make two stored articles one that tells what its current version tells; nothing that was stored of either is lost."""
    hold_linking(conn)
    standing = reports_of_articles(conn, (gone, into))
    theirs = strands_told(conn, gone)
    slots = [{name: getattr(old, name) for name in ("company", "object", "product", "action")} for old in theirs]
    strands = match_strands(slots, strands_told(conn, into), pins_of(conn, into))
    version = merge_articles(conn, gone, into, {old.strand: new for old, new in zip(theirs, strands, strict=True)})
    supersede_reports(conn, into, now, keep_version=version, annotator_version=annotator_of(conn, version))
    relink_without(conn, standing, {old.change_id for old in standing}, now)


def match_strands(
    told: Sequence[dict[str, Any]], before: Sequence[KnownReport], judged: Collection[int] = ()
) -> list[int]:
    """Return, for each change that a version tells, the strand it goes on with: that of the earlier telling most like it.

    A strand that a person has `judged` goes on with whatever is told of the same company instead: it is the same text, read otherwise.
    """
    free = list(before)
    fresh = itertools.count(max((old.strand for old in before), default=-1) + 1)
    found = []
    for ordinal, slots in enumerate(told):
        alike = [old for old in free if slots["company"] == old.company and _alike(slots, old) > 0]
        if not alike:
            found.append(next(fresh))
            continue
        best = max(alike, key=lambda old: (_alike(slots, old), old.strand == ordinal, -old.strand))
        free.remove(best)
        found.append(best.strand)
    known = {old.strand for old in before}
    for ordinal, slots in enumerate(told):
        left = [old for old in free if old.strand in judged and old.company == slots["company"]]
        if found[ordinal] not in known and left:
            free.remove(left[0])
            found[ordinal] = left[0].strand
    return found


def _alike(slots: dict[str, Any], old: KnownReport) -> int:
    agree = [slots["object"] == old.object, slots["product"] == old.product, slots["action"] == old.action]
    return sum(agree) if agree[0] or sum(agree) > 1 else 0


def _new_report(row: ReportRow, article: Article, name: str, before: KnownReport | None, pin: int | None) -> NewReport:
    assert row.told_at is not None
    change = row.change
    return NewReport(
        told=Told(
            key=f"{name}|{row.strand}",
            article=name,
            told_at=row.told_at,
            product=change["product"],
            action=change["action"],
            action2=change["action2"],
            object=change["object"],
            direction=change["direction"],
            status=row.status,
            jurisdiction=row.jurisdiction,
            effective=row.effective,
            gist=Gist(
                language=article.in_language, names=frozenset(row.gist["names"]), words=frozenset(row.gist["words"])
            ),
            group=before.change_id if before else None,
            pin=pin,
        ),
        slots=change,
    )


def version_row(reading: Reading, download_ids: Sequence[int], annotator_version: str) -> VersionRow:
    """Return a reading as a row of its article's versions."""
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
        "negative_kind": annotation.negative_kind if annotation.read else UNREAD,
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
    # Nor is it one when "two hours ago" becomes three.
    published = None if article.date_published_precision == "relative" else article.date_published
    told = [article.headline, article.article_body, published, article.extent, _credits(article)]
    return hashlib.sha256(msgspec.json.encode(told)).hexdigest()


def _credits(article: Article) -> list[tuple[str, str]]:
    roles = (("author", article.authors), ("editor", article.editors), ("contributor", article.contributors))
    return [(role, name) for role, names in roles for name in names]


def report_row(ordinal: int, change: PolicyChange, article: Article, seen: datetime) -> ReportRow:
    """Return what an article tells of one change as a row; `seen` stands for its day where it bears none."""
    parties = [("affected", name) for name in change.affected] + [("exempt", name) for name in change.exempt]
    return ReportRow(
        ordinal=ordinal,
        change={name: getattr(change, name) for name in _SLOTS},
        attribution=change.attribution,
        confidence=change.confidence,
        doubtful=change.doubtful,
        evidence=[_evidence_row(item) for item in change.evidence],
        statuses=_statuses(change, _day_told(article, seen)),
        parties=parties,
        status=change.status,
        jurisdiction=change.jurisdiction or "",
        effective=change.effective.value if change.effective else None,
        told_at=_moment(article.date_published) or seen,
        gist=_gist(change, article),
    )


def _gist(change: PolicyChange, article: Article) -> dict[str, list[str]]:
    gist = gist_of(
        article.headline, article.article_body, article.in_language, (change.company, change.product, change.surface)
    )
    return {"names": sorted(gist.names), "words": sorted(gist.words)}


def _evidence_row(item: Evidence) -> dict[str, Any]:
    return {"slot": item.slot, "field": item.field, "start_char": item.start, "end_char": item.end, "quote": item.quote}


def _statuses(change: PolicyChange, day: str) -> list[StatusEvent]:
    """Return a report's status, and the start that an announcement states: when that day has come it is in force by itself."""
    events = [_event(change.status, change.jurisdiction, _own_day(change, day), day)]
    if change.effective and change.status in ("announced", "reported", "delayed"):
        events.append(_event("in_effect", change.jurisdiction, change.effective, day))
    # The day on which a suspension or an amendment was announced is not that of the rule itself.
    if change.announced and change.status in ("reported", "testing", "in_effect"):
        events.append(_event("announced", change.jurisdiction, change.announced, day))
    return events


def _own_day(change: PolicyChange, day: str) -> PolicyDate | None:
    """Return the day that a text states for its own status: that of effect is an announced or delayed rule's, not the status's."""
    if change.status == "announced":
        return change.announced
    if change.status in ("reported", "delayed"):
        return None
    effective = change.effective
    # A stop is news: a day long before it is that on which the rule began.
    is_old = (
        change.status in ("suspended", "reversed") and effective and effective.value and _is_old(effective.value, day)
    )
    return None if is_old else effective


def _is_old(stated: str, day: str) -> bool:
    found, told = day_of(stated), day_of(day)
    return bool(found and told and (told - found).days > _NEWS_DAYS)


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


def _day_told(article: Article, seen: datetime) -> str:
    return (article.date_published or seen.astimezone(UTC).isoformat())[:10]


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _offset_min(moment: datetime | None) -> int | None:
    offset = moment.utcoffset() if moment else None
    return None if offset is None else int(offset.total_seconds() // 60)
