"""Letting go of what a source does not keep: pages' bytes and articles' texts, never those that prove an entry.

`days:N` lets go of what is older than N days. `relevant` lets go of pages that became no entry after a week: until then they can be read
again under other rules. The rows stay: an article is still known, by its headline, and is not taken for a new one.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Engine, Select, bindparam, delete, exists, func, select, update

from db.engine import reading, writing
from db.models import (
    address,
    article,
    article_version,
    download,
    endpoint,
    poll,
    removed_block,
    report,
    source,
    version_page,
)

_RELEVANT_DAYS = 7
_BATCH = 500
_LOOKED_FOR = 20_000


class LetGo(msgspec.Struct, frozen=True, kw_only=True):
    """What of a source was let go: pages whose bytes went, how many bytes, and articles whose text went."""

    source_id: str
    pages: int
    byte_count: int
    articles: int


class Overdue(msgspec.Struct, frozen=True, kw_only=True):
    """A source that does not keep everything, and the moment before which things may go."""

    source_id: str
    keep: str
    before: datetime


def overdue_sources(conn: Connection, now: datetime) -> list[Overdue]:
    """Return the sources that do not keep everything."""
    rows = conn.execute(select(source.c.id, source.c.keep).where(source.c.keep != "all").order_by(source.c.id))
    return [Overdue(source_id=row.id, keep=row.keep, before=now - timedelta(days=_days(row.keep))) for row in rows]


def what_may_go(conn: Connection, due: Overdue) -> LetGo:
    """Count what a source may let go of; changes nothing."""
    d = download.c
    pages, byte_count = conn.execute(
        select(func.count(), func.coalesce(func.sum(d.archive_length), 0)).where(_page_may_go(due))
    ).one()
    articles = conn.scalar(select(func.count()).select_from(_articles(due).subquery()))
    return LetGo(source_id=due.source_id, pages=pages, byte_count=int(byte_count), articles=articles or 0)


def let_go(engine: Engine, due: Overdue, now: datetime) -> Iterator[LetGo]:
    """Let go of what a source may let go of, a batch and a transaction at a time; a kill in between loses nothing."""
    for ids in _found(engine, select(download.c.id).where(_page_may_go(due)).order_by(download.c.id)):
        with writing(engine) as conn:
            yield _pages_go(conn, due, ids)
    for ids in _found(engine, _articles(due)):
        with writing(engine) as conn:
            yield _texts_go(conn, due, ids, now)


def _found(engine: Engine, query: "Select[int]") -> Iterator[list[int]]:
    """Yield the ids that a query finds, in batches, until it finds none: whoever takes a batch changes its rows so that it is not found again."""
    while True:
        # Looked for many at a time, since each look goes through all that a source has.
        with reading(engine) as conn:
            ids = list(conn.scalars(query.limit(_LOOKED_FOR)))
        if not ids:
            return
        yield from (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))


def _days(keep: str) -> int:
    return _RELEVANT_DAYS if keep == "relevant" else int(keep.removeprefix("days:"))


def _pages_go(conn: Connection, due: Overdue, ids: list[int]) -> LetGo:
    d = download.c
    byte_count = conn.scalar(select(func.sum(d.archive_length)).where(d.id.in_(ids)))
    nowhere = {"archive_file": None, "archive_offset": None, "archive_length": None}
    conn.execute(update(download).where(d.id.in_(ids)).values(**nowhere))
    return LetGo(source_id=due.source_id, pages=len(ids), byte_count=int(byte_count or 0), articles=0)


def _page_may_go(due: Overdue) -> ColumnElement[bool]:
    d = download.c
    old = (d.source_id == due.source_id) & (d.fetched_at < due.before) & d.archive_file.is_not(None)
    return old & ~_waits() & ~_is_page_of_proof() & ~_announced_proof() & ~_is_document()


def _waits() -> ColumnElement[bool]:
    """Whether an answer is not read yet."""
    return exists().where(address.c.download_id == download.c.id, address.c.state == "fetched")


def _is_page_of_proof() -> ColumnElement[bool]:
    """Whether an answer is a page of an article that ever told of a change: today's history and what was known on a day rest on it."""
    return exists().where(
        version_page.c.download_id == download.c.id,
        version_page.c.version_id == article_version.c.id,
        _tells(article_version.c.article_id),
    )


def _announced_proof() -> ColumnElement[bool]:
    """Whether an answer announced such an article: of a page that may not be fetched it is the only proof."""
    return exists().where(
        poll.c.download_id == download.c.id,
        address.c.poll_id == poll.c.id,
        address.c.article_id.is_not(None),
        _tells(address.c.article_id),
    )


def _is_document() -> ColumnElement[bool]:
    """Whether an answer is a platform's own text, which proves what reports claim or fails to."""
    polled = exists().where(
        poll.c.download_id == download.c.id, endpoint.c.id == poll.c.endpoint_id, endpoint.c.kind == "document"
    )
    return polled | exists().where(address.c.download_id == download.c.id, address.c.role == "document")


def _tells(article_id: ColumnElement[Any]) -> ColumnElement[bool]:
    version = article_version.alias()
    return exists().where(version.c.article_id == article_id, report.c.version_id == version.c.id)


def _articles(due: Overdue) -> "Select[int]":
    v = article_version.c
    return (
        select(article.c.id)
        .join(article_version, (v.article_id == article.c.id) & v.is_current)
        .where(
            article.c.source_id == due.source_id,
            article.c.extent != "headline",
            v.observed_at < due.before,
            ~_tells(article.c.id),
        )
        .order_by(article.c.id)
    )


def _texts_go(conn: Connection, due: Overdue, ids: list[int], now: datetime) -> LetGo:
    v = article_version.c
    note = f"the text was let go on {now:%Y-%m-%d}, its source keeps {due.keep}"
    versions = conn.execute(select(v.id, v.notes).where(v.article_id.in_(ids))).all()
    if versions:
        bare: dict[str, Any] = {"article_body": "", "blocks": [], "captions": [], "description": None}
        statement = update(article_version).where(v.id == bindparam("row_id"))
        statement = statement.values(notes=bindparam("new_notes"), extent="headline", **bare)
        conn.execute(statement, [{"row_id": row.id, "new_notes": [*row.notes, note]} for row in versions])
    conn.execute(delete(removed_block).where(removed_block.c.version_id.in_([row.id for row in versions])))
    conn.execute(update(article).where(article.c.id.in_(ids)).values(extent="headline"))
    return LetGo(source_id=due.source_id, pages=0, byte_count=0, articles=len(ids))
