"""Policy changes, the reports that tell of them, the quotes that prove them, and the status events that make their history."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, insert, or_, select, update

from db.history import Event
from db.models import (
    article,
    article_version,
    evidence,
    policy_change,
    policy_party,
    policy_status,
    report,
    report_copy,
    review,
    review_pin,
)
from db.upsert import insert_new
from db.verdicts import (
    days_read,
    is_merged_by_person,
    mended,
    note_words,
    pinned_to,
    slots_among,
    verdict_among,
    words_of,
)

_ID_LENGTH = 12
_FOLLOW_UPS = ("delayed", "suspended", "amended", "reversed")
_OPPOSED = ({"tighten", "loosen"}, {"tighten_for_platform", "loosen_for_platform"})
SLOTS = ("product", "surface", "action", "action2", "object", "direction", "instrument")


class StatusEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A status from a day on, for a jurisdiction or ("") for all; `dated_by` says whether the text or its publication gives the day."""

    status: str
    jurisdiction: str
    from_day: str | None
    from_precision: str | None
    from_raw: str | None
    dated_by: str


class ReportRow(msgspec.Struct, frozen=True, kw_only=True):
    """One report as it goes into its tables; `change` holds its slots, `effective` is ISO text."""

    ordinal: int
    change: dict[str, Any]
    attribution: str | None
    confidence: float
    doubtful: bool
    evidence: Sequence[dict[str, Any]]
    statuses: Sequence[StatusEvent]
    parties: Sequence[tuple[str, str]]
    status: str = "reported"
    jurisdiction: str = ""
    effective: str | None = None
    strand: int = 0
    told_at: datetime | None = None
    gist: Any = None


class KnownReport(msgspec.Struct, frozen=True, kw_only=True):
    """A stored report as linking looks at it; `pin` is the change that a person has put it in."""

    id: int
    change_id: int
    article_id: int
    source_id: str
    site_key: str
    strand: int
    company: str
    told_at: datetime
    product: str | None
    surface: str | None
    action: str
    action2: str | None
    object: str
    direction: str
    status: str
    jurisdiction: str
    effective: str | None
    in_language: str | None
    gist: Any
    pin: int | None


class ReportText(msgspec.Struct, frozen=True, kw_only=True):
    """A report's article, for telling originals from copies."""

    report_id: int
    source_id: str
    site_key: str
    told_at: datetime
    headline: str | None
    article_body: str


def known_reports(conn: Connection, company: str, since: datetime) -> list[KnownReport]:
    """Return all standing reports of those changes of a company that were told of, or have an event, at or after a moment."""
    recent = select(report.c.policy_change_id).where(report.c.company == company, report.c.told_at >= since)
    day = since.astimezone(UTC).date().isoformat()
    # "2026-01" stands before "2026-01-10" in the order of texts: a month is taken from its year on.
    running = (
        select(policy_status.c.policy_change_id)
        .join(report, report.c.id == policy_status.c.report_id)
        .where(report.c.company == company, policy_status.c.from_day >= day[:4])
        .where(
            or_(
                policy_status.c.from_day >= day,
                policy_status.c.from_day >= day[:7],
                policy_status.c.from_day == day[:4],
            )
        )
    )
    chosen = report.c.policy_change_id.in_(recent.union(running))
    return _known(conn, (report.c.company == company) & chosen)


def reports_of(conn: Connection, changes: Collection[int]) -> list[KnownReport]:
    """Return the standing reports of changes."""
    return _known(conn, report.c.policy_change_id.in_(changes))


def reports_of_articles(conn: Connection, articles: Collection[int]) -> list[KnownReport]:
    """Return the standing reports of articles."""
    return _known(conn, article_version.c.article_id.in_(articles))


def earliest_told_since(conn: Connection, company: str, since: datetime) -> str | None:
    """Return the earliest day of effect that standing reports since a moment tell."""
    found: str | None = conn.scalar(
        select(func.min(report.c.effective)).where(
            report.c.company == company, report.c.told_at >= since, report.c.superseded_at.is_(None)
        )
    )
    return found


def _known(conn: Connection, where: Any) -> list[KnownReport]:
    r, v, a = report.c, article_version.c, article.c
    pin = (
        select(pinned_to())
        .select_from(review_pin)
        .join(review, review.c.id == review_pin.c.review_id)
        .where(review_pin.c.article_id == a.id, review_pin.c.strand == r.strand, ~review.c.is_undone)
        .order_by(review_pin.c.review_id.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = conn.execute(
        select(
            r.id, r.policy_change_id.label("change_id"), v.article_id, a.source_id, a.site_key, r.strand, r.company,
            func.coalesce(r.told_at, r.recorded_at).label("told_at"), r.product, r.surface, r.action, r.action2, r.object,
            r.direction, r.status, r.jurisdiction, r.effective, v.in_language, r.gist, pin.label("pin"),
        )
        .join(article_version, v.id == r.version_id)
        .join(article, a.id == v.article_id)
        .where(where, r.superseded_at.is_(None))
        .order_by(r.told_at, a.source_id, a.site_key, r.strand)
    )  # fmt: skip
    return [KnownReport(**row._asdict()) for row in rows]


def strands_told(conn: Connection, article_id: int) -> list[KnownReport]:
    """Return the latest report of each of an article's strands, whether it still stands or not: an edit keeps its links."""
    latest = (
        select(func.max(report.c.id))
        .join(article_version, article_version.c.id == report.c.version_id)
        .where(article_version.c.article_id == article_id)
        .group_by(report.c.strand)
    )
    r, v, a = report.c, article_version.c, article.c
    rows = conn.execute(
        select(
            r.id, r.policy_change_id.label("change_id"), v.article_id, a.source_id, a.site_key, r.strand, r.company,
            func.coalesce(r.told_at, r.recorded_at).label("told_at"), r.product, r.surface, r.action, r.action2, r.object,
            r.direction, r.status, r.jurisdiction, r.effective, v.in_language, r.gist,
        )
        .join(article_version, v.id == r.version_id)
        .join(article, a.id == v.article_id)
        .where(r.id.in_(latest))
        .order_by(r.strand)
    )  # fmt: skip
    return [KnownReport(**row._asdict(), pin=None) for row in rows]


def pins_of(conn: Connection, article_id: int) -> dict[int, int]:
    """Return, by strand, the changes that people have put an article's tellings in."""
    rows = conn.execute(
        select(review_pin.c.strand, pinned_to().label("policy_change_id"))
        .select_from(review_pin)
        .join(review, review.c.id == review_pin.c.review_id)
        .where(review_pin.c.article_id == article_id, ~review.c.is_undone)
        .order_by(review_pin.c.review_id)
    )
    return {row.strand: row.policy_change_id for row in rows}


def is_told_by(conn: Connection, version_id: int, text_sha256: str, annotator_version: str) -> bool:
    """Return whether a version is of this text and was read by another annotator than this."""
    row = conn.execute(
        select(article_version.c.text_sha256, article_version.c.annotator_version).where(
            article_version.c.id == version_id
        )
    ).one()
    return bool(row.text_sha256 != text_sha256 or row.annotator_version == annotator_version)


def annotator_of(conn: Connection, version_id: int) -> str:
    """Return which annotator read a version last, "" when none did."""
    v = article_version.c
    return str(conn.execute(select(v.annotator_version).where(v.id == version_id)).scalar_one() or "")


def set_annotator(conn: Connection, version_id: int, values: Mapping[str, Any]) -> None:
    """Note which annotator read a version last, and what it found that is no change."""
    conn.execute(update(article_version).where(article_version.c.id == version_id).values(**values))


def supersede_reports(
    conn: Connection,
    article_id: int,
    now: datetime,
    *,
    keep_version: int,
    annotator_version: str,
    spare: Collection[int] = (),
) -> set[int]:
    """Mark an article's reports as told no more, but those of the version and annotator that speak now; return their changes.

    The reports in `spare` stand too.
    """
    versions = select(article_version.c.id).where(article_version.c.article_id == article_id)
    stays = (report.c.version_id == keep_version) & (report.c.annotator_version == annotator_version)
    gone = report.c.version_id.in_(versions) & report.c.superseded_at.is_(None) & ~stays & report.c.id.not_in(spare)
    changes = set(conn.scalars(select(report.c.policy_change_id).where(gone)))
    conn.execute(update(report).where(gone).values(superseded_at=now))
    return changes


def confirmed_but(conn: Connection, version_id: int, strands: Collection[int]) -> list[int]:
    """Return the standing reports of a version that tell of what a person has confirmed, but those of these strands."""
    mine = (report.c.version_id == version_id) & report.c.superseded_at.is_(None) & report.c.strand.not_in(strands)
    joined = select(report.c.id).join(policy_change, policy_change.c.id == report.c.policy_change_id)
    return list(conn.scalars(joined.where(mine, policy_change.c.review == "confirmed")))


def public_id_of(values: Mapping[str, Any], first_report: str, salt: str = "") -> str:
    """Return the public id of a change: made of its slots and its first report, it is the same after a replay."""
    slots = "|".join(str(values.get(name) or "") for name in ("company", "product", "action", "object", "direction"))
    return "pc-" + hashlib.sha256(f"{slots}|{first_report}{salt}".encode()).hexdigest()[:_ID_LENGTH]


def public_ids(conn: Connection, changes: Collection[int]) -> dict[int, str]:
    """Return the public ids of changes."""
    rows = conn.execute(select(policy_change.c.id, policy_change.c.public_id).where(policy_change.c.id.in_(changes)))
    return {row.id: row.public_id for row in rows}


def add_change(
    conn: Connection,
    values: Mapping[str, Any],
    first_report: str,
    now: datetime,
    *,
    taken: Collection[int] = (),
    spare: Collection[int] | None = None,
) -> int:
    """Store a change and return its id; one that is known by the same public id is taken up again.

    Not so where that is another group's: one of `taken`, or, where `spare` names those that may be had, one with reports of its own;
    nor where a person has said that it is another change.
    """
    row = {name: values.get(name) for name in ("company", *SLOTS)}
    salt = ""
    while True:
        public_id = public_id_of(values, first_report, salt)
        is_new = insert_new(conn, policy_change, {**row, "public_id": public_id, "created_at": now})
        found = int(conn.execute(select(policy_change.c.id).where(policy_change.c.public_id == public_id)).scalar_one())
        in_use = spare is not None and found not in spare and stands(conn, found)
        in_use = in_use or is_merged_by_person(conn, found)
        if is_new or not (found in taken or in_use):
            return found
        salt += "+"


def is_told(conn: Connection, change_id: int) -> bool:
    """Return whether any report is of a change, be it told today or no more."""
    return conn.execute(select(report.c.id).where(report.c.policy_change_id == change_id).limit(1)).first() is not None


def stands(conn: Connection, change_id: int) -> bool:
    """Return whether a report tells of a change today."""
    standing = select(report.c.id).where(report.c.policy_change_id == change_id, report.c.superseded_at.is_(None))
    return conn.execute(standing.limit(1)).first() is not None


def revive(conn: Connection, changes: Collection[int]) -> None:
    """Let changes that have reports of their own again stand for themselves."""
    merged = policy_change.c.id.in_(changes) & policy_change.c.merged_into.is_not(None)
    conn.execute(update(policy_change).where(merged).values(merged_into=None))


def add_report(
    conn: Connection, *, version_id: int, change_id: int, annotator_version: str, row: ReportRow, now: datetime
) -> int | None:
    """Store a report with its evidence, status events and parties and return its id; return nothing where it is stored already.

    One that is stored already says what it said before, but stands again, and under the change that is given now.
    """
    values = {
        "version_id": version_id,
        "ordinal": row.ordinal,
        "annotator_version": annotator_version,
        "policy_change_id": change_id,
        "attribution": row.attribution,
        "confidence": row.confidence,
        "doubtful": row.doubtful,
        "recorded_at": now,
        "company": row.change["company"],
        "status": row.status,
        "jurisdiction": row.jurisdiction,
        "effective": row.effective,
        "strand": row.strand,
        "told_at": row.told_at or now,
        "gist": row.gist,
        **{name: row.change.get(name) for name in SLOTS},
    }
    key = (report.c.version_id == version_id) & (report.c.annotator_version == annotator_version)
    key &= report.c.ordinal == row.ordinal
    if not insert_new(conn, report, values):
        # Told again after it was told no more: an annotator that was changed back, a merge that was undone.
        report_id = int(conn.execute(select(report.c.id).where(key)).scalar_one())
        placing = {name: values[name] for name in ("strand", "told_at", "gist")}
        conn.execute(update(report).where(report.c.id == report_id).values(superseded_at=None, **placing))
        move_report(conn, report_id, change_id)
        return None
    report_id = int(conn.execute(select(report.c.id).where(key)).scalar_one())
    _add_evidence(conn, report_id, row.evidence)
    for event in row.statuses:
        since = _known_since(conn, version_id, row.strand, event)
        values = msgspec.to_builtins(event) | {
            "policy_change_id": change_id,
            "report_id": report_id,
            "recorded_at": min(since, now) if since else now,
        }
        insert_new(conn, policy_status, values)
    for ordinal, (role, name) in enumerate(row.parties):
        conn.execute(insert(policy_party).values(report_id=report_id, role=role, ordinal=ordinal, name=name))
    return report_id


def _known_since(conn: Connection, version_id: int, strand: int, event: StatusEvent) -> datetime | None:
    """Return when an earlier version of the same article told the same event: a later edit does not make it news."""
    mine = select(article_version.c.article_id).where(article_version.c.id == version_id).scalar_subquery()
    p = policy_status.c
    found: datetime | None = conn.scalar(
        select(func.min(p.recorded_at))
        .join(report, report.c.id == p.report_id)
        .join(article_version, article_version.c.id == report.c.version_id)
        .where(article_version.c.article_id == mine, report.c.strand == strand, p.status == event.status)
        .where(p.jurisdiction == event.jurisdiction, p.from_day == event.from_day)
    )
    return found


def _add_evidence(conn: Connection, report_id: int, rows: Sequence[dict[str, Any]]) -> None:
    counted: dict[str, int] = {}
    for row in rows:
        slot = row["slot"]
        counted[slot] = counted.get(slot, -1) + 1
        conn.execute(insert(evidence).values(report_id=report_id, ordinal=counted[slot], **row))


def move_report(conn: Connection, report_id: int, change_id: int) -> None:
    """Put a report, with its events, under another change."""
    conn.execute(update(report).where(report.c.id == report_id).values(policy_change_id=change_id))
    conn.execute(update(policy_status).where(policy_status.c.report_id == report_id).values(policy_change_id=change_id))


def merge_change(conn: Connection, change_id: int, into: int) -> None:
    """Make a change a name of another: its public id leads there, with all that is still under it, standing or not."""
    for table in (report, policy_status):
        conn.execute(update(table).where(table.c.policy_change_id == change_id).values(policy_change_id=into))
    names = (policy_change.c.id == change_id) | (policy_change.c.merged_into == change_id)
    conn.execute(update(policy_change).where(names, policy_change.c.id != into).values(merged_into=into))


def texts_of(conn: Connection, change_id: int) -> list[ReportText]:
    """Return the texts of a change's standing reports."""
    r, v, a = report.c, article_version.c, article.c
    rows = conn.execute(
        select(
            r.id.label("report_id"), a.source_id, a.site_key, func.coalesce(r.told_at, r.recorded_at).label("told_at"),
            v.headline, v.article_body,
        )
        .join(article_version, v.id == r.version_id)
        .join(article, a.id == v.article_id)
        .where(r.policy_change_id == change_id, r.superseded_at.is_(None))
    )  # fmt: skip
    return [ReportText(**row._asdict()) for row in rows]


def set_copies(conn: Connection, reports: Iterable[int], rows: Sequence[dict[str, Any]]) -> None:
    """Store which of these reports repeat another, instead of what was stored of them before."""
    conn.execute(delete(report_copy).where(report_copy.c.report_id.in_(list(reports))))
    if rows:
        conn.execute(insert(report_copy), list(rows))


def settle_change(conn: Connection, change_id: int) -> None:
    """Make anew what follows from a change's standing reports and its reviews: its slots, and how its status events stand."""
    told, words = _told(conn, change_id), words_of(conn, change_id)
    read = _agreed(told) if told else {}
    slots = {**read, **(slots_among(words) if told else {}), "review": verdict_among(words)}
    conn.execute(update(policy_change).where(policy_change.c.id == change_id).values(**slots))
    if not told:
        note_words(conn, words, None)
        return
    # As read: a direction that a person mended turns no report round.
    events = _events(conn, change_id, read["direction"])
    means = {event.id: event.status for event in events}
    found = mended(events, words)
    note_words(conn, words, read | days_read(events), found)
    for standing in (item for item in found if item.id in means):
        conn.execute(
            update(policy_status)
            .where(policy_status.c.id == standing.id)
            .values(
                means=means[standing.id],
                until_day=standing.until_day,
                is_believed=standing.is_believed,
                source_count=standing.source_count,
            )
        )


def _told(conn: Connection, change_id: int) -> list[Any]:
    r, a = report.c, article.c
    return list(
        conn.execute(
            select(r.doubtful, r.status, r.company, *(r[name] for name in SLOTS), report_copy.c.original_id)
            .join(article_version, article_version.c.id == r.version_id)
            .join(article, a.id == article_version.c.article_id)
            .join(report_copy, report_copy.c.report_id == r.id, isouter=True)
            .where(r.policy_change_id == change_id, r.superseded_at.is_(None))
            .order_by(r.told_at, a.source_id, a.site_key, r.strand)
        )
    )


def _agreed(told: Sequence[Any]) -> dict[str, Any]:
    """Return each slot as most originals give it, of equals the first; what became of a rule does not say what it is."""
    stating = [row for row in told if row.status not in _FOLLOW_UPS and row.action2 != "reversal"] or told
    sure = [row for row in stating if not row.doubtful] or stating
    originals = [row for row in sure if row.original_id is None] or sure
    (action, direction), _ = Counter((row.action, row.direction) for row in originals).most_common(1)[0]
    slots: dict[str, Any] = {"company": originals[0].company}
    for name in SLOTS:
        given = Counter(value for row in originals if (value := getattr(row, name)))
        slots[name] = given.most_common(1)[0][0] if given else None
    return slots | {"action": action, "direction": direction}


def names_of(conn: Connection, change_id: int) -> list[int]:
    """Return a change and all that were merged into it."""
    c = policy_change.c
    return list(conn.scalars(select(c.id).where((c.id == change_id) | (c.merged_into == change_id))))


def _events(conn: Connection, change_id: int, direction: str) -> list[Event]:
    p, r = policy_status.c, report.c
    rows = conn.execute(
        select(
            p.id, p.status, p.jurisdiction, p.from_day, p.dated_by, r.direction, r.status.label("told_status"), article.c.source_id,
            report_copy.c.original_id,
            func.coalesce(r.told_at, r.recorded_at).label("told_at"),
        )
        .join(report, r.id == p.report_id)
        .join(article_version, article_version.c.id == r.version_id)
        .join(article, article.c.id == article_version.c.article_id)
        .join(report_copy, report_copy.c.report_id == r.id, isouter=True)
        .where(p.policy_change_id == change_id, r.superseded_at.is_(None), p.from_day.is_not(None))
    )  # fmt: skip
    return [
        Event(
            id=row.id,
            status=_meaning(row, direction),
            jurisdiction=row.jurisdiction,
            from_day=row.from_day,
            dated_by=row.dated_by,
            told_day=row.told_at.date().isoformat(),
            source=row.source_id,
            is_copy=row.original_id is not None,
        )
        for row in rows
    ]


def _meaning(row: Any, direction: str) -> str:
    """Return what a report's status says of its change: what a country is allowed against the rule is the rule's suspension there.

    A copy that is read the other way round is misread, and what became of a rule is told of the rule itself.
    """
    status = str(row.status)
    is_told_of_rule = row.told_status in _FOLLOW_UPS or row.original_id is not None
    if is_told_of_rule or not row.jurisdiction or {row.direction, direction} not in _OPPOSED:
        return status
    return "suspended" if status == "in_effect" else "reported"
