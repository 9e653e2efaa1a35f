"""A person's words on policy changes: said, kept, undone, never deleted.

A word names an entry by its public id, whichever of its names that is. What it says of tellings (an article's strand, in every
version and under every annotator) is kept as pins; what it says of the entry itself is followed by `db.verdicts` whenever the entry is
settled.
"""

import re
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, case, delete, func, insert, or_, select, update

from db.changes import move_report
from db.errors import ReviewRefused
from db.models import article_version, policy_change, policy_status, report, review, review_pin

# The words that say of tellings which entry they belong to; the others hold an entry's tellings where they are.
PLACING = ("merge", "split")
_PUBLIC_ID = re.compile(r"[\x21-\x7e]{1,100}")


class Telling(NamedTuple):
    """What one article tells of one rule, in all its versions."""

    article_id: int
    strand: int


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A policy change as it stands; `asked` is the public id by which it was named."""

    id: int
    public_id: str
    asked: str
    company: str
    product: str | None
    surface: str | None
    action: str
    action2: str | None
    object: str
    direction: str
    instrument: str | None
    review: str | None


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One review as it is stored."""

    id: int
    change_id: int
    public_id: str
    verdict: str
    other_id: int | None
    other: str | None
    slot: str | None
    value: str | None
    jurisdiction: str | None
    names: list[int] | None
    undoes_id: int | None
    is_undone: bool
    is_followed: bool
    read_value: str | None
    reviewer: str
    note: str | None
    reviewed_at: datetime


class Pin(msgspec.Struct, frozen=True, kw_only=True):
    """Where a word has put a telling, and where that was before."""

    telling: Telling
    change_id: int
    was_in_id: int


def entry_of(conn: Connection, public_id: str) -> Entry:
    """Return the entry that a public id leads to.

    Raises:
        ReviewRefused: there is none.
    """
    asked, c = policy_change.alias(), policy_change.c
    statement = (
        select(
            c.id, c.public_id, c.company, c.product, c.surface, c.action, c.action2, c.object, c.direction, c.instrument,
            c.review,
        )
        .join(asked, c.id == func.coalesce(asked.c.merged_into, asked.c.id))
        .where(asked.c.public_id == public_id)
    )  # fmt: skip
    # An id is letters and digits; what else may be typed, no database takes.
    row = conn.execute(statement).first() if _PUBLIC_ID.fullmatch(public_id) else None
    if row is None:
        raise ReviewRefused(
            f"there is no policy change {public_id[:40]!a}; `pantau changes --doubtful` and `pantau review list` list them"
        )
    return Entry(asked=public_id, **row._asdict())


def public_id_of_change(conn: Connection, change_id: int) -> str:
    """Return a change's public id."""
    return str(conn.execute(select(policy_change.c.public_id).where(policy_change.c.id == change_id)).scalar_one())


def leads_to(conn: Connection, change_id: int) -> int:
    """Return the change that stands for another today: itself, unless it is merged."""
    c = policy_change.c
    return int(conn.execute(select(func.coalesce(c.merged_into, c.id)).where(c.id == change_id)).scalar_one())


def names_leading_to(conn: Connection, change_id: int) -> list[int]:
    """Return the changes that are merged into one, by whomever."""
    c = policy_change.c
    return list(conn.scalars(select(c.id).where(c.merged_into == change_id).order_by(c.id)))


def tellings_of(conn: Connection, change_id: int, *, standing: bool = False) -> list[Telling]:
    """Return the tellings that belong to a change: those that stand in it and, unless only these are asked for, those last told there."""
    v, r = article_version.c, report.c
    articles = select(v.article_id).join(report, r.version_id == v.id).where(r.policy_change_id == change_id)
    last = func.row_number().over(
        partition_by=(v.article_id, r.strand), order_by=(case((r.superseded_at.is_(None), 0), else_=1), r.id.desc())
    )
    told = (
        select(v.article_id, r.strand, r.policy_change_id, r.superseded_at, last.label("place"))
        .join(report, r.version_id == v.id)
        .where(v.article_id.in_(articles))
        .subquery()
    )
    statement = (
        select(told.c.article_id, told.c.strand)
        .where(told.c.place == 1, told.c.policy_change_id == change_id)
        .order_by(told.c.article_id, told.c.strand)
    )
    if standing:
        statement = statement.where(told.c.superseded_at.is_(None))
    return [Telling(*row) for row in conn.execute(statement)]


def tellings_of_reports(conn: Connection, reports: Collection[int]) -> dict[int, Telling]:
    """Return by report the telling that it belongs to; a report that is not stored is left out."""
    rows = conn.execute(
        select(report.c.id, article_version.c.article_id, report.c.strand)
        .join(article_version, article_version.c.id == report.c.version_id)
        .where(report.c.id.in_(reports))
    )
    return {row.id: Telling(row.article_id, row.strand) for row in rows}


def add_review(
    conn: Connection, change_id: int, verdict: str, reviewer: str, note: str | None, now: datetime, **more: Any
) -> int:
    """Store a word on a change and return its id."""
    values = {
        "policy_change_id": change_id,
        "verdict": verdict,
        "reviewer": reviewer,
        "note": note,
        "reviewed_at": now,
    }
    found = conn.execute(insert(review).values(**values, **more).returning(review.c.id)).scalar_one()
    return int(found)


def pin(conn: Connection, review_id: int, pins: Iterable[Pin]) -> None:
    """Say that tellings stay in a change from now on."""
    rows = [
        {
            "review_id": review_id,
            "article_id": item.telling.article_id,
            "strand": item.telling.strand,
            "policy_change_id": item.change_id,
            "was_in_id": item.was_in_id,
        }
        for item in pins
    ]
    if rows:
        conn.execute(insert(review_pin), rows)


def hold(conn: Connection, review_id: int, change_id: int, among: Collection[Telling] | None = None) -> None:
    """Keep the tellings of a change (of these alone, if they are given) in it, those that no word keeps anywhere yet."""
    p = review_pin.c
    free = [telling for telling in tellings_of(conn, change_id) if among is None or telling in among]
    kept = conn.execute(
        select(p.article_id, p.strand)
        .join(review, review.c.id == p.review_id)
        .where(~review.c.is_undone, p.article_id.in_({telling.article_id for telling in free}))
    )
    free = sorted(set(free) - {Telling(*row) for row in kept})
    pin(conn, review_id, [Pin(telling=item, change_id=change_id, was_in_id=change_id) for item in free])


def release(conn: Connection, changes: Collection[int], since: int) -> None:
    """Let go what words later than one have held in changes; what words have put there stays."""
    words = select(review.c.id).where(review.c.id > since, review.c.verdict.not_in(PLACING))
    conn.execute(
        delete(review_pin).where(review_pin.c.review_id.in_(words), review_pin.c.policy_change_id.in_(changes))
    )


def pins_by(conn: Connection, review_id: int) -> list[Pin]:
    """Return what a word has put where."""
    p = review_pin.c
    rows = conn.execute(select(p.article_id, p.strand, p.policy_change_id, p.was_in_id).where(p.review_id == review_id))
    return [
        Pin(telling=Telling(row.article_id, row.strand), change_id=row.policy_change_id, was_in_id=row.was_in_id)
        for row in rows
    ]


def built_on(conn: Connection, review_id: int) -> int | None:
    """Return the latest word that has put a telling elsewhere since this word put it where it is."""
    mine, later = review_pin.alias(), review_pin.alias()
    found = conn.scalar(
        select(func.max(later.c.review_id))
        .join(mine, (mine.c.article_id == later.c.article_id) & (mine.c.strand == later.c.strand))
        .join(review, review.c.id == later.c.review_id)
        .where(mine.c.review_id == review_id, later.c.review_id > review_id)
        .where(~review.c.is_undone, review.c.verdict.in_(PLACING))
    )
    return None if found is None else int(found)


def move_tellings(conn: Connection, tellings: Iterable[Telling], change_id: int, into: int) -> None:
    """Put the reports of tellings, standing or not, from one change under another."""
    for telling in tellings:
        rows = conn.scalars(
            select(report.c.id)
            .join(article_version, article_version.c.id == report.c.version_id)
            .where(article_version.c.article_id == telling.article_id, report.c.strand == telling.strand)
            .where(report.c.policy_change_id == change_id)
        )
        for report_id in list(rows):
            move_report(conn, report_id, into)


def lead(conn: Connection, changes: Collection[int], into: int | None) -> None:
    """Let changes be names of another, or stand for themselves."""
    conn.execute(update(policy_change).where(policy_change.c.id.in_(changes)).values(merged_into=into))


def said_of(conn: Connection, change_id: int) -> list[Said]:
    """Return every word on an entry and on the names that lead to it, the latest last."""
    names = [change_id, *names_leading_to(conn, change_id)]
    return _said(conn, or_(review.c.policy_change_id.in_(names), review.c.other_change_id.in_(names)))


def said_as(conn: Connection, review_id: int) -> Said:
    """Return the word of a number."""
    [found] = _said(conn, review.c.id == review_id)
    return found


def mark_undone(conn: Connection, review_id: int) -> None:
    """Let a word count no more; it stays in sight."""
    conn.execute(update(review).where(review.c.id == review_id).values(is_undone=True, is_followed=False))


def places_of(conn: Connection, change_id: int) -> set[str]:
    """Return where the events of a change take place, "" for everywhere."""
    p = policy_status.c
    rows = conn.scalars(
        select(p.jurisdiction)
        .join(report, report.c.id == p.report_id)
        .where(p.policy_change_id == change_id, report.c.superseded_at.is_(None))
        .distinct()
    )
    return set(rows)


def _said(conn: Connection, where: Any) -> list[Said]:
    w, of, other = review.c, policy_change.alias(), policy_change.alias()
    rows = conn.execute(
        select(
            w.id, w.policy_change_id.label("change_id"), of.c.public_id, w.verdict, w.other_change_id.label("other_id"),
            other.c.public_id.label("other"), w.slot, w.value, w.jurisdiction, w.names, w.undoes_id, w.is_undone,
            w.is_followed, w.read_value, w.reviewer, w.note, w.reviewed_at,
        )
        .join(of, of.c.id == w.policy_change_id)
        .join(other, other.c.id == w.other_change_id, isouter=True)
        .where(where)
        .order_by(w.id)
    )  # fmt: skip
    return [Said(**row._asdict()) for row in rows]
