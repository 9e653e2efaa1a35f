"""What was forgotten: by digest, so that what shall not be remembered does not stand in the list of what was forgotten."""

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection, delete, select, update

from db.models import tombstone
from db.upsert import insert_new

_ASKED_AT_ONCE = 5_000


def address_key(url: str) -> str:
    """Return the key of an address."""
    return _digest("address", url)


def article_key(source_id: str, site_key: str) -> str:
    """Return the key of an article, whatever its address."""
    return _digest("article", source_id, site_key)


def source_key(source_id: str) -> str:
    """Return the key of a source."""
    return _digest("source", source_id)


def bury(conn: Connection, kind: str, keys: Iterable[str], source_id: str | None, now: datetime) -> None:
    """Note that these shall not be fetched again."""
    rows = [{"key_sha256": key, "kind": kind, "source_id": source_id, "forgotten_at": now} for key in keys]
    insert_new(conn, tombstone, rows)


def finish(conn: Connection, keys: Collection[str], now: datetime) -> None:
    """Note that nothing of these is left."""
    conn.execute(update(tombstone).where(tombstone.c.key_sha256.in_(keys)).values(finished_at=now))


def lift(conn: Connection, keys: Collection[str]) -> int:
    """Let these be fetched again; return how many were forgotten."""
    return conn.execute(delete(tombstone).where(tombstone.c.key_sha256.in_(keys))).rowcount


def buried(conn: Connection, keys: Iterable[str]) -> set[str]:
    """Return those of the keys that were forgotten."""
    rest, found = iter(set(keys)), set[str]()
    while part := list(islice(rest, _ASKED_AT_ONCE)):
        found.update(conn.scalars(select(tombstone.c.key_sha256).where(tombstone.c.key_sha256.in_(part))))
    return found


def buried_sources(conn: Connection, source_ids: Iterable[str]) -> set[str]:
    """Return those of the sources that were forgotten."""
    keys = {source_key(source_id): source_id for source_id in source_ids}
    return {keys[key] for key in buried(conn, keys)}


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
