"""Small cares of the tables, and the daily one of tables and archive together."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, Engine, select, update

from db.archive import Archive
from db.compact import FileUse, compact, file_uses, settle_debts, sweep
from db.engine import reading
from db.errors import ArchiveError
from db.indexing import index_backlog
from db.models import download, endpoint
from db.retention import let_go, overdue_sources

# A file is rewritten for retention's sake when a quarter of it is of no use: then each byte is copied about three times at most.
_WORTH_A_COPY = 0.25
_A_FIRST_START_BYTES = 64 << 20


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of upkeep that was done: what it was about, and how much went; `trouble` says why it could not be done."""

    about: str
    pages: int = 0
    articles: int = 0
    byte_count: int = 0
    trouble: str | None = None


def due_at_once(conn: Connection, sources: Sequence[str], now: datetime) -> int:
    """Make the endpoints of some sources due now, of all when none is named; return how many."""
    which = endpoint.c.state != "off"
    if sources:
        which &= endpoint.c.source_id.in_(sources)
    return conn.execute(update(endpoint).where(which, endpoint.c.next_poll_at > now).values(next_poll_at=now)).rowcount


def refuse_strange_archive(conn: Connection, archive: Archive) -> None:
    """Refuse to cut what an empty store does not know: it is another store's archive, or what is left of a lost one.

    Raises:
        ArchiveError: the archive holds more than a first start that was killed leaves behind.
    """
    size = sum(archive.ends().values())
    if size > _A_FIRST_START_BYTES and conn.scalar(select(download.c.id).limit(1)) is None:
        raise ArchiveError(
            f"{archive.folder} holds {size >> 20} MiB that this empty store knows nothing of; "
            "restore the store from a backup, or move the archive away"
        )


def tidy(engine: Engine, archive: Archive, now: datetime) -> Iterator[Step]:
    """Do what retention asks for and give back the archive's room, in steps that each end in a sound store.

    Call it only while nobody fetches or reads; `archive` must not be open for appending.
    """
    with reading(engine) as conn:
        due = overdue_sources(conn, now)
    for item in due:
        for gone in let_go(engine, item, now):
            yield Step(about=item.source_id, pages=gone.pages, articles=gone.articles, byte_count=gone.byte_count)
    # Else every search would read what went until as many articles have come in.
    index_backlog(engine)
    yield from give_room_back(engine, archive)


def give_room_back(engine: Engine, archive: Archive) -> Iterator[Step]:
    """Rewrite the archive's files that owe bytes, or of which much is of no use; a file that cannot be rewritten stays as it is."""
    if not archive.folder.is_dir():
        return
    with reading(engine) as conn:
        refuse_strange_archive(conn, archive)
    # What a kill left behind goes first: it stands in the way of what is written now. So does what was let go at the end of a file.
    if swept := sweep(engine, archive):
        yield Step(about="what no row points at", byte_count=swept)
    with reading(engine) as conn:
        uses = [use for use in file_uses(conn, archive) if _is_worth_it(use)]
    for use in uses:
        try:
            yield Step(about=use.file, byte_count=compact(engine, archive, use.file))
        except ArchiveError as error:
            yield Step(about=use.file, trouble=str(error))
    for name in settle_debts(engine, archive):
        yield Step(about=name, trouble=f"{name} still holds bytes that shall go; they go when nobody reads it")


def _is_worth_it(use: FileUse) -> bool:
    return use.owes or (use.dead > 0 and use.dead >= use.size * _WORTH_A_COPY)
