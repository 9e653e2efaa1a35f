"""Bringing the rows of `source` and `endpoint` in step with the catalogue."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, insert, select, update

from db.models import endpoint, source
from db.records import EndpointRow, SourceRow
from db.tombstones import buried_sources


class SyncCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How many sources and endpoints a sync added, changed, and switched off."""

    added: int
    changed: int
    disabled: int


def sync_catalogue(
    conn: Connection, sources: Sequence[SourceRow], endpoints: Sequence[EndpointRow], now: datetime
) -> SyncCounts:
    """Write what the catalogue states; an endpoint that is new is due at once, one that left it is off, its history stays.

    A source that was forgotten stays off, whatever the catalogue says.
    """
    forgotten = buried_sources(conn, [row.id for row in sources])
    sources = [msgspec.structs.replace(row, enabled=False) if row.id in forgotten else row for row in sources]
    added, changed = _sync_sources(conn, sources)
    enabled = {row.id for row in sources if row.enabled}
    more = _sync_endpoints(conn, [row for row in endpoints if row.source_id in enabled], now)
    return SyncCounts(added=added + more.added, changed=changed + more.changed, disabled=more.disabled)


def _sync_sources(conn: Connection, rows: Sequence[SourceRow]) -> tuple[int, int]:
    known = {row.id: row.catalogue_sha256 for row in conn.execute(select(source.c.id, source.c.catalogue_sha256))}
    new = [row for row in rows if row.id not in known]
    altered = [row for row in rows if row.id in known and known[row.id] != row.catalogue_sha256]
    if new:
        conn.execute(insert(source), [msgspec.to_builtins(row) for row in new])
    for row in altered:
        conn.execute(update(source).where(source.c.id == row.id).values(**msgspec.to_builtins(row)))
    gone = known.keys() - {row.id for row in rows}
    if gone:
        conn.execute(update(source).where(source.c.id.in_(gone)).values(enabled=False))
    return len(new), len(altered)


def _sync_endpoints(conn: Connection, rows: Sequence[EndpointRow], now: datetime) -> SyncCounts:
    columns = (
        endpoint.c.url,
        endpoint.c.source_id,
        endpoint.c.kind,
        endpoint.c.registrable_domain,
        endpoint.c.interval_s,
    )
    known = {row.url: row for row in conn.execute(select(*columns, endpoint.c.state))}
    new = [row for row in rows if row.url not in known]
    if new:
        conn.execute(insert(endpoint), [{**msgspec.to_builtins(row), "next_poll_at": now} for row in new])
    altered = 0
    for row in rows:
        before = known.get(row.url)
        if before is None:
            continue
        same = all(getattr(before, name) == value for name, value in msgspec.to_builtins(row).items())
        if same and before.state != "off":
            continue
        values = msgspec.to_builtins(row) | {"state": "ok"}
        conn.execute(update(endpoint).where(endpoint.c.url == row.url).values(**values))
        altered += 1
    gone = [url for url, row in known.items() if row.state != "off" and url not in {row.url for row in rows}]
    if gone:
        conn.execute(update(endpoint).where(endpoint.c.url.in_(gone)).values(state="off"))
    return SyncCounts(added=len(new), changed=altered, disabled=len(gone))
