"""Articles and their versions."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from db.archive import Location
from db.downloads import location_of
from db.indexing import index_when_due
from db.lock import hold_linking
from db.models import article, article_version, credit, download, removed_block, version_page
from db.upsert import insert_new

_TURN = timedelta(hours=6)


class VersionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One version of an article as it goes into its tables; `text_sha256` is over everything whose change makes a new version."""

    values: dict[str, Any]
    text_sha256: str
    extractor_version: str
    credits: Sequence[tuple[str, str]]
    removed: Sequence[dict[str, Any]]
    download_ids: Sequence[int]


class SavedVersion(msgspec.Struct, frozen=True, kw_only=True):
    """The article a version belongs to, the version that is current now, and why it was made; `None` when nothing changed.

    `is_flap` says that the site went back to an earlier text too soon for a version of its own.
    """

    article_id: int
    version_id: int
    cause: str | None
    is_flap: bool = False


def save_version(
    conn: Connection,
    *,
    source_id: str,
    site_key: str,
    canonical_url: str,
    observed_at: datetime,
    row: VersionRow,
    cause: str | None = None,
) -> SavedVersion:
    """Store a version, unless the current one says the same; the article is made when it is new.

    `cause` is given where it is known: bytes that are read again may well say less than they did. Who saves the same article meanwhile
    waits until this transaction ends.
    """
    # Before the article is touched: who places reports already may be about to save this very article.
    hold_linking(conn)
    extent = row.values["extent"]
    insert_new(
        conn,
        article,
        {
            "source_id": source_id,
            "site_key": site_key,
            "canonical_url": canonical_url,
            "extent": extent,
            "first_seen_at": observed_at,
        },
    )
    article_id = _held(conn, source_id, site_key)
    current = conn.execute(
        select(article_version).where(article_version.c.article_id == article_id, article_version.c.is_current)
    ).one_or_none()
    if current is not None and current.text_sha256 == row.text_sha256:
        _regain_bytes(conn, current.id, row.download_ids)
        return SavedVersion(article_id=article_id, version_id=current.id, cause=None)
    if current is not None and cause is None and _says_less(current.extent, extent):
        return SavedVersion(article_id=article_id, version_id=current.id, cause=None)
    why = cause or _cause(conn, current, row)
    is_edit = cause is None and why == "edit"
    if current is not None and is_edit and _takes_turns(conn, current, row.text_sha256, observed_at):
        counted = update(article_version).where(article_version.c.id == current.id)
        conn.execute(counted.values(flaps=article_version.c.flaps + 1))
        return SavedVersion(article_id=article_id, version_id=current.id, cause=None, is_flap=True)
    version_id = _add_version(conn, article_id, 1 if current is None else current.seq + 1, why, observed_at, row)
    conn.execute(update(article).where(article.c.id == article_id).values(extent=extent, vanished_at=None))
    index_when_due(conn)
    return SavedVersion(article_id=article_id, version_id=version_id, cause=why)


def parts_of(conn: Connection, article_id: int) -> list[tuple[str, datetime, str | None, Location, int]]:
    """Return the archived pages of an article's current version: address, time, content type, place, download id, in order."""
    rows = conn.execute(
        select(download.c.id, download.c.final_url, download.c.url, download.c.fetched_at, download.c.content_type)
        .join(version_page, version_page.c.download_id == download.c.id)
        .join(article_version, article_version.c.id == version_page.c.version_id)
        .where(article_version.c.article_id == article_id, article_version.c.is_current)
        .order_by(version_page.c.page_no)
    ).all()
    found = [(row, location_of(conn, row.id)) for row in rows]
    return [
        (row.final_url or row.url, row.fetched_at, row.content_type, place, row.id) for row, place in found if place
    ]


def _held(conn: Connection, source_id: str, site_key: str) -> int:
    """Return an article's id and keep other writers off it: each would else number its version after the one that both saw."""
    found = select(article.c.id).where(article.c.source_id == source_id, article.c.site_key == site_key)
    # Rows that only refer to the article may be written all the same.
    return int(conn.execute(found.with_for_update(key_share=True)).scalar_one())


def _regain_bytes(conn: Connection, version_id: int, download_ids: Sequence[int]) -> None:
    """Let a version whose pages' bytes are gone rest on those that say the same today."""
    mine = version_page.c.version_id == version_id
    pages = conn.execute(select(download.c.archive_file).join(version_page).where(mine)).all()
    if pages and download_ids and not any(row.archive_file for row in pages):
        conn.execute(delete(version_page).where(mine))
        _add_pages(conn, version_id, download_ids)


def _says_less(known: str, new: str) -> bool:
    # A page that answers with a wall today does not unsay what it told yesterday.
    order = ("headline", "lead", "incomplete", "full")
    return order.index(new) < order.index(known)


def _takes_turns(conn: Connection, current: Any, text_sha256: str, observed_at: datetime) -> bool:
    """Return whether a site goes back and forth between texts that it showed before, as caches do that do not agree.

    A text that comes back is a version (A, B, A are three). Once both what is current and what is shown now have been left before, the
    next one is made only when the last has stood for some hours.
    """
    v = article_version.c
    if abs(observed_at - current.observed_at) > _TURN:
        return False
    earlier = (v.article_id == current.article_id) & (v.seq < current.seq)
    seen = select(v.text_sha256).where(earlier, v.text_sha256.in_((text_sha256, current.text_sha256))).distinct()
    return len(conn.execute(seen).all()) == 2


def _cause(conn: Connection, current: Any, row: VersionRow) -> str:
    if current is None:
        return "first"
    before = set(conn.scalars(select(version_page.c.download_id).where(version_page.c.version_id == current.id)))
    if before and before < set(row.download_ids):
        return "pages"
    if before == set(row.download_ids) and current.extractor_version != row.extractor_version:
        return "extractor"
    return "edit"


def _add_version(
    conn: Connection, article_id: int, seq: int, cause: str, observed_at: datetime, row: VersionRow
) -> int:
    mine = article_version.c.article_id == article_id
    conn.execute(update(article_version).where(mine, article_version.c.is_current).values(is_current=False))
    version_id = int(
        conn.execute(
            insert(article_version)
            .values(
                article_id=article_id,
                seq=seq,
                is_current=True,
                cause=cause,
                observed_at=observed_at,
                text_sha256=row.text_sha256,
                extractor_version=row.extractor_version,
                **row.values,
            )
            .returning(article_version.c.id)
        ).scalar_one()
    )
    _add_pages(conn, version_id, row.download_ids)
    counted: dict[str, int] = {}
    people = []
    for role, name in row.credits:
        counted[role] = counted.get(role, -1) + 1
        people.append({"role": role, "ordinal": counted[role], "name": name})
    _add_many(conn, credit, version_id, people)
    _add_many(conn, removed_block, version_id, [{"ordinal": n, **block} for n, block in enumerate(row.removed)])
    return version_id


def _add_pages(conn: Connection, version_id: int, download_ids: Sequence[int]) -> None:
    _add_many(conn, version_page, version_id, [{"page_no": n, "download_id": d} for n, d in enumerate(download_ids, 1)])


def _add_many(conn: Connection, table: Any, version_id: int, rows: list[dict[str, Any]]) -> None:
    if rows:
        conn.execute(insert(table), [{"version_id": version_id, **row} for row in rows])
