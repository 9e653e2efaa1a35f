"""Which article an address means, and two that turn out to be one."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from db.lock import hold_linking
from db.models import address, article, article_version, report, review_pin

EXTENTS_BY_WORTH = ("headline", "lead", "incomplete", "full")
# Far above any number of versions: they are numbered anew from there.
_ASIDE = 1_000_000


def article_of(conn: Connection, source_id: str, site_key: str, known_id: int | None = None) -> int | None:
    """Return the article that an address belongs to: what it is known as, else by its key, else by that of another address."""
    if known_id is not None and conn.scalar(select(article.c.id).where(article.c.id == known_id)) is not None:
        return known_id
    a = article.c
    found = conn.scalar(select(a.id).where(a.source_id == source_id, a.site_key == site_key))
    if found is None:
        alias = (
            (address.c.source_id == source_id) & (address.c.site_key == site_key) & address.c.article_id.is_not(None)
        )
        found = conn.scalar(select(address.c.article_id).where(alias).order_by(address.c.article_id).limit(1))
    return None if found is None else int(found)


def article_named(
    conn: Connection, source_id: str, canonical_urls: Collection[str], headline: str | None, *, apart_from: int | None
) -> int | None:
    """Return the article of a canonical address, the oldest of several.

    Only one with the same headline: some sites name one address for all their pages.
    """
    a, v = article.c, article_version.c
    mine = (a.source_id == source_id) & a.canonical_url.in_(canonical_urls) & v.is_current & (v.headline == headline)
    if apart_from is not None:
        mine &= a.id != apart_from
    found = conn.scalar(select(a.id).join(article_version, v.article_id == a.id).where(mine).order_by(a.id).limit(1))
    return None if found is None else int(found)


def key_of_article(conn: Connection, article_id: int) -> str:
    """Return an article's key within its source."""
    return str(conn.execute(select(article.c.site_key).where(article.c.id == article_id)).scalar_one())


def merge_articles(conn: Connection, gone: int, into: int, strands: Mapping[int, int]) -> int:
    """Make two articles one and return its current version: the fuller of the two that were, else the later.

    All versions stay, in the order in which they were seen, with all that belongs to them; of two `first` the later becomes `merge`.
    `strands` says as which of the article's tellings those of `gone` go on: its reports, and what people said of them.
    """
    hold_linking(conn)
    both = (gone, into)
    rows = conn.execute(select(article).where(article.c.id.in_(both)).order_by(article.c.id).with_for_update()).all()
    _join_tellings(conn, gone, into, strands)
    current = _join_histories(conn, gone, into)
    conn.execute(update(address).where(address.c.article_id == gone).values(article_id=into))
    conn.execute(delete(article).where(article.c.id == gone))
    vanished: list[datetime | None] = [row.vanished_at for row in rows]
    values: dict[str, Any] = {
        "extent": current.extent,
        "first_seen_at": min(row.first_seen_at for row in rows),
        # It is still there at one of its addresses, unless it is at none.
        "vanished_at": None if None in vanished else max(at for at in vanished if at),
    }
    conn.execute(update(article).where(article.c.id == into).values(**values))
    return int(current.id)


def _join_histories(conn: Connection, gone: int, into: int) -> Any:
    v = article_version.c
    query = select(v.id, v.article_id, v.observed_at, v.is_current, v.extent, v.cause).where(
        v.article_id.in_((gone, into))
    )
    rows = list(conn.execute(query.order_by(v.observed_at, v.article_id != into, v.seq)))
    current = max(
        (row for row in rows if row.is_current), key=lambda row: (EXTENTS_BY_WORTH.index(row.extent), row.observed_at)
    )
    # The current one is the last by number, whatever the order in which the two were seen.
    ordered = [*(row for row in rows if row.id != current.id), current]
    for article_id, aside in ((into, _ASIDE), (gone, 2 * _ASIDE)):
        conn.execute(
            update(article_version).where(v.article_id == article_id).values(seq=v.seq + aside, is_current=False)
        )
    has_first = False
    for seq, row in enumerate(ordered, 1):
        cause = "merge" if row.cause == "first" and has_first else row.cause
        has_first = has_first or row.cause == "first"
        values = {"article_id": into, "seq": seq, "cause": cause, "is_current": row.id == current.id}
        conn.execute(update(article_version).where(v.id == row.id).values(**values))
    return current


def _join_tellings(conn: Connection, gone: int, into: int, strands: Mapping[int, int]) -> None:
    r, p = report.c, review_pin.c
    versions = select(article_version.c.id).where(article_version.c.article_id == gone)
    told = conn.execute(select(r.id, r.strand).where(r.version_id.in_(versions))).all()
    for row in told:
        conn.execute(update(report).where(r.id == row.id).values(strand=strands[row.strand]))
    pins = conn.execute(select(review_pin).where(p.article_id == gone)).all()
    kept = {(row.review_id, row.strand) for row in conn.execute(select(review_pin).where(p.article_id == into))}
    conn.execute(delete(review_pin).where(p.article_id == gone))
    for row in pins:
        moved = row._asdict() | {"article_id": into, "strand": strands.get(row.strand, row.strand)}
        # One word that was said of both tellings holds for the one that they are now.
        if (row.review_id, moved["strand"]) not in kept:
            conn.execute(insert(review_pin).values(**moved))
