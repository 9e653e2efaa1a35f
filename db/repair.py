"""Mending what can be mended without guessing; the rest stays as it is, for a backup or for reading again."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, select, update

from db.archive import Archive
from db.changes import move_report, settle_change
from db.check import archive_findings, body_of, lonely, quote_findings, torn_bodies
from db.engine import reading, writing
from db.erase import erase
from db.indexing import count_stale, index_all, mark_stale
from db.models import address, article, article_version, download, evidence, metadata, policy_change, report
from db.upkeep import give_room_back

Mend = Callable[[Connection, datetime], Iterator[str]]


def repair(engine: Engine, archive: Archive, now: datetime) -> Iterator[str]:
    """Mend, and say in a sentence each time what was done. Call it only while nobody fetches or reads."""
    yield from _damaged_records(engine, archive, now)
    for step in give_room_back(engine, archive):
        yield step.trouble or f"{step.about}: {step.byte_count} bytes removed that no row points at"
    for mend in (_bodies, _quotes, _articles, _strays, _changes, _reports, _addresses, _search):
        with writing(engine) as conn:
            done = list(mend(conn, now))
        yield from done


def _damaged_records(engine: Engine, archive: Archive, now: datetime) -> Iterator[str]:
    """Let go of records that cannot be read, and have their pages fetched again; a file that is missing is left for a backup."""
    with archive.held_for_reading(), reading(engine) as conn:
        damaged = [item.row_id for item in archive_findings(conn, archive)]
    for download_id in damaged:
        with writing(engine) as conn:
            yield _let_go(conn, download_id, now)


def _let_go(conn: Connection, download_id: int | None, now: datetime) -> str:
    d = download.c
    row = conn.execute(select(download).where(d.id == download_id)).one()
    place = f"{row.archive_file} at {row.archive_offset}, {row.archive_length} bytes"
    gone = {"archive_file": None, "archive_offset": None, "archive_length": None}
    conn.execute(
        update(download)
        .where(d.id == download_id)
        .values(error=f"its bytes were damaged in the archive: {place}", **gone)
    )
    mine = (address.c.download_id == download_id) & address.c.state.in_(("read", "fetched"))
    again = conn.execute(update(address).where(mine).values(**_from_the_start(now))).rowcount
    return f"{row.url}: its bytes in {place}, were damaged and let go{', it is fetched again' if again else ''}"


def _from_the_start(now: datetime) -> dict[str, Any]:
    # Without validators and without a digest to compare with, so that the bytes are sent and kept.
    return {
        "state": "due", "next_fetch_at": now, "download_id": None, "etag": None, "last_modified": None, "attempts": 0,
        "reason": "its bytes were damaged in the archive",
    }  # fmt: skip


def _bodies(conn: Connection, now: datetime) -> Iterator[str]:
    del now
    v = article_version.c
    for version_id in torn_bodies(conn):
        body = body_of(conn.scalar(select(v.blocks).where(v.id == version_id)))
        if _proves(conn, version_id, body):
            conn.execute(update(article_version).where(v.id == version_id).values(article_body=body))
            yield f"version {version_id}: its text was made anew from its blocks"


def _proves(conn: Connection, version_id: int, body: str) -> bool:
    e = evidence.c
    query = (
        select(e.start_char, e.end_char, e.quote)
        .join(report, report.c.id == e.report_id)
        .where(report.c.version_id == version_id, e.field == "article_body")
    )
    return all(body[row.start_char : row.end_char] == row.quote for row in conn.execute(query))


def _quotes(conn: Connection, now: datetime) -> Iterator[str]:
    del now
    for report_id in sorted({item.row_id for item in quote_findings(conn) if item.row_id is not None}):
        yield from _quotes_of(conn, report_id)


def _quotes_of(conn: Connection, report_id: int) -> Iterator[str]:
    e, v = evidence.c, article_version.c
    query = (
        select(evidence, v.headline, v.article_body)
        .join(report, report.c.id == e.report_id)
        .join(article_version, v.id == report.c.version_id)
        .where(e.report_id == report_id)
    )
    for row in conn.execute(query).all():
        text = (row.headline if row.field == "headline" else row.article_body) or ""
        if text[row.start_char : row.end_char] == row.quote or text.count(row.quote) != 1:
            continue  # where it stands several times, which is meant would be a guess
        start = text.index(row.quote)
        own = (e.report_id == report_id) & (e.slot == row.slot) & (e.ordinal == row.ordinal)
        conn.execute(update(evidence).where(own).values(start_char=start, end_char=start + len(row.quote)))
        yield f"report {report_id}: the quote for {row.slot} was found at {start}"


def _articles(conn: Connection, now: datetime) -> Iterator[str]:
    v = article_version.c
    for article_id in list(conn.scalars(lonely()["an article without a current version"])):
        last = conn.scalar(select(func.max(v.seq)).where(v.article_id == article_id))
        if last is None:
            conn.execute(update(address).where(address.c.article_id == article_id).values(**_from_the_start(now)))
            erase(conn, article, article.c.id == article_id)
            yield f"article {article_id} had no version and was removed; its address is fetched again"
            continue
        mine = (v.article_id == article_id) & (v.seq == last)
        conn.execute(update(article_version).where(mine).values(is_current=True))
        yield f"article {article_id}: its version {last} is the current one again"


def _strays(conn: Connection, now: datetime) -> Iterator[str]:
    """Put reports where the change that they are under leads."""
    del now
    into = select(policy_change.c.merged_into).join(report, report.c.policy_change_id == policy_change.c.id)
    touched = set()
    for report_id in list(conn.scalars(lonely()["a report of a policy change that is merged into another"])):
        change_id = int(conn.execute(into.where(report.c.id == report_id)).scalar_one() or 0)
        move_report(conn, report_id, change_id)
        touched.add(change_id)
        yield f"report {report_id} was put where its policy change leads"
    for change_id in touched:
        settle_change(conn, change_id)


def _changes(conn: Connection, now: datetime) -> Iterator[str]:
    del now
    for change_id in list(conn.scalars(lonely()["a policy change without a report"])):
        if not _is_reviewed(conn, change_id):
            erase(conn, policy_change, policy_change.c.id == change_id)
            yield f"policy change {change_id} had no report and was removed"


def _is_reviewed(conn: Connection, change_id: int) -> bool:
    """Return whether anything but statuses hangs on a change, such as a person's word."""
    keys = [key for table in metadata.tables.values() for key in table.foreign_keys if key.column is policy_change.c.id]
    others = [key.parent for key in keys if key.parent.table.name != "policy_status"]
    return any(conn.scalar(select(func.count()).where(column == change_id)) for column in others)


def _reports(conn: Connection, now: datetime) -> Iterator[str]:
    for what in ("a report without a quote", "a report without a status"):
        for report_id in list(conn.scalars(lonely()[what])):
            conn.execute(update(report).where(report.c.id == report_id).values(superseded_at=now))
            yield f"report {report_id} was {what} and is told no more"


def _addresses(conn: Connection, now: datetime) -> Iterator[str]:
    for address_id in list(conn.scalars(lonely()["an address that waits to be read without an answer"])):
        conn.execute(update(address).where(address.c.id == address_id).values(**_from_the_start(now)))
        yield f"address {address_id} is fetched again"


def _search(conn: Connection, now: datetime) -> Iterator[str]:
    del now
    if stale := count_stale(conn):
        mark_stale(conn)
        index_all(conn)
        yield f"the search's index was made anew for {stale} articles"
