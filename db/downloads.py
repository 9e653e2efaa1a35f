"""Rows of `download`: one request and its answer each."""

from sqlalchemy import Connection, func, insert, select

from db.archive import Location
from db.models import download
from db.records import Answer


def add_download(conn: Connection, answer: Answer) -> int:
    """Store one answer and return its id."""
    location = answer.location
    found = conn.execute(
        insert(download)
        .values(
            source_id=answer.source_id,
            url=answer.url,
            final_url=answer.final_url,
            fetched_at=answer.fetched_at,
            status=answer.status,
            robots=answer.robots,
            content_type=answer.content_type,
            etag=answer.etag,
            last_modified=answer.last_modified,
            sha256=answer.sha256,
            byte_count=answer.byte_count,
            archive_file=location and location.file,
            archive_offset=location and location.offset,
            archive_length=location and location.length,
            error=answer.error,
        )
        .returning(download.c.id)
    ).scalar_one()
    return int(found)


def location_of(conn: Connection, download_id: int) -> Location | None:
    """Return where a download's bytes lie, if they were kept."""
    row = conn.execute(
        select(download.c.archive_file, download.c.archive_offset, download.c.archive_length, download.c.sha256).where(
            download.c.id == download_id
        )
    ).one_or_none()
    if row is None or row.archive_file is None:
        return None
    return Location(file=row.archive_file, offset=row.archive_offset, length=row.archive_length, sha256=row.sha256)


def committed_ends(conn: Connection) -> dict[str, int]:
    """Return for each archive file the offset behind the last record that a row knows."""
    rows = conn.execute(
        select(download.c.archive_file, func.max(download.c.archive_offset + download.c.archive_length))
        .where(download.c.archive_file.is_not(None))
        .group_by(download.c.archive_file)
    )
    return {file: int(end) for file, end in rows}
