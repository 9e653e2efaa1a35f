"""Giving back the room of records that no row points at any more.

A file is never changed in place: what is still pointed at is copied, record by record as it is, into a new file; when that is on the disk
the rows are switched to it in one transaction, and only then the old file goes. Killed before the switch, the new file is what no row knows;
killed after it, the old one is: either is removed by the next start.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from sqlalchemy import Connection, Engine, bindparam, delete, func, select, update

from db.archive import Archive, sync_folder
from db.downloads import committed_ends
from db.engine import reading, writing
from db.errors import ArchiveDamaged, ArchiveError
from db.models import archive_debt, download

_PIECE_BYTES = 1 << 20
_GZIP_MAGIC = b"\x1f\x8b"


class FileUse(msgspec.Struct, frozen=True, kw_only=True):
    """How much of an archive file rows still point at, in bytes; `owes` when the rest must go, however little it is."""

    file: str
    size: int
    live: int
    owes: bool

    @property
    def dead(self) -> int:
        """Return the bytes that no row points at."""
        return self.size - self.live


def file_uses(conn: Connection, archive: Archive) -> list[FileUse]:
    """Return the use of every file that is there, up to the end that rows know of."""
    d = download.c
    query = select(d.archive_file, func.sum(d.archive_length)).where(d.archive_file.is_not(None))
    live = {name: int(count) for name, count in conn.execute(query.group_by(d.archive_file))}
    debts = set(conn.scalars(select(archive_debt.c.archive_file)))
    return [
        FileUse(file=name, size=size, live=live.get(name, 0), owes=name in debts)
        for name, size in archive.ends().items()
    ]


def compact(engine: Engine, archive: Archive, name: str) -> int:
    """Rewrite one file without the records that no row points at; return how many bytes shorter it is.

    Call it only while nobody fetches: a record whose row is not written yet would be taken for one that nobody needs.

    Raises:
        ArchiveBusy: another process appends to it.
        ArchiveDamaged: it is shorter than its rows say, or records do not lie where they say.
        ArchiveError: it cannot be read, or the disk is full; nothing has changed then.
    """
    size = archive.ends().get(name, 0)
    with reading(engine) as conn:
        rows = _rows_of(conn, name)
    if name in archive.ends() and sum(row.archive_length for row in rows) != size:
        with archive.owned(name) as old:
            kept = _replace(engine, archive, old, name, rows)
        archive.drop(name)
    elif rows and name not in archive.ends():
        raise ArchiveError(f"{name} is missing; restore it from a backup")
    else:
        return 0
    return size - kept


def sweep(engine: Engine, archive: Archive) -> int:
    """Remove what lies behind the last record that rows know, and half-written files; return the bytes. Call it only while nobody fetches."""
    with reading(engine) as conn:
        known = committed_ends(conn)
    for part in archive.folder.glob("*.part"):
        part.unlink(missing_ok=True)
    return sum(archive.shorten(name, known.get(name, 0)) for name in archive.ends())


def settle_debts(engine: Engine, archive: Archive) -> list[str]:
    """Strike out the debts that are paid, and return the files that still owe bytes: somebody reads them, or they are damaged."""
    with writing(engine) as conn:
        uses = {use.file: use for use in file_uses(conn, archive)}
        owing = [
            name for name in conn.scalars(select(archive_debt.c.archive_file)) if uses.get(name) and uses[name].dead
        ]
        conn.execute(delete(archive_debt).where(archive_debt.c.archive_file.not_in(owing)))
    return owing


def _rows_of(conn: Connection, name: str) -> Sequence[Any]:
    d = download.c
    query = select(d.id, d.archive_offset, d.archive_length).where(d.archive_file == name).order_by(d.archive_offset)
    return conn.execute(query).all()


def _replace(engine: Engine, archive: Archive, old: BinaryIO, name: str, rows: Sequence[Any]) -> int:
    """Point the rows of a file at a copy that holds nothing else; return the copy's length, 0 where there is nothing to copy."""
    written = _write_new(archive, old, name, rows) if rows else None
    try:
        _switch(engine, name, written.name if written else "", rows)
    except BaseException:
        if written:
            written.unlink(missing_ok=True)
        raise
    return written.stat().st_size if written else 0


def _write_new(archive: Archive, old: BinaryIO, name: str, rows: Sequence[Any]) -> Path:
    part, path = archive.new_file()
    try:
        with part.open("xb") as new:
            for row in rows:
                _copy_record(old, new, name, row)
            new.flush()
            os.fsync(new.fileno())
        part.rename(path)
        sync_folder(archive.folder)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise ArchiveError(
            f"{name} cannot be made smaller ({error.strerror}); free some space and try again, nothing has changed"
        ) from error
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return path


def _copy_record(old: BinaryIO, new: BinaryIO, name: str, row: Any) -> None:
    old.seek(row.archive_offset)
    left = row.archive_length
    begins = old.read(len(_GZIP_MAGIC))
    old.seek(row.archive_offset)
    while left and (piece := old.read(min(left, _PIECE_BYTES))):
        new.write(piece)
        left -= len(piece)
    if left or begins != _GZIP_MAGIC:
        raise ArchiveDamaged(
            f"{name} at {row.archive_offset} holds no whole record; look with `pantau db check`, restore the file from a backup"
        )


def _switch(engine: Engine, old: str, new: str, rows: Sequence[Any]) -> None:
    """Point the rows at their records' new places, all at once or not at all."""
    with writing(engine) as conn:
        if [row.id for row in _rows_of(conn, old)] != [row.id for row in rows]:
            raise ArchiveError(f"{old} was written to meanwhile; try again when no crawler runs")
        if rows:
            _point(conn, new, rows)


def _point(conn: Connection, new: str, rows: Sequence[Any]) -> None:
    places, offset = [], 0
    for row in rows:
        places.append({"row_id": row.id, "place": offset})
        offset += row.archive_length
    statement = update(download).where(download.c.id == bindparam("row_id"))
    conn.execute(statement.values(archive_file=new, archive_offset=bindparam("place")), places)
