"""Handing out due work: at most one piece a registrable domain at a time, each under a lease."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, Table, func, or_, select, update

from db.archive import Location
from db.models import address, download, endpoint, source
from db.records import DueAddress, DueEndpoint, Unread

# States in which an address waits for its `next_fetch_at`: never fetched yet, or read and to be checked again.
WAITING = ("due", "read")


def take_endpoints(
    conn: Connection, *, now: datetime, limit: int, holder: str, lease: timedelta, exclude_domains: Collection[str] = ()
) -> list[DueEndpoint]:
    """Lease due endpoints, the longest due first, none of a domain in `exclude_domains`, one a domain."""
    e = endpoint.c
    due = (e.state != "off") & (e.next_poll_at <= now) & or_(e.leased_until.is_(None), e.leased_until <= now)
    query = select(endpoint).where(due, e.registrable_domain.not_in(exclude_domains)).order_by(e.next_poll_at, e.id)
    rows = _one_a_domain(conn, query, limit)
    _lease(conn, endpoint, [row.id for row in rows], holder, now + lease)
    return [DueEndpoint(**_leased(DueEndpoint, row, holder, now + lease), due_at=row.next_poll_at) for row in rows]


def take_addresses(
    conn: Connection, *, now: datetime, limit: int, holder: str, lease: timedelta, exclude_domains: Collection[str] = ()
) -> list[DueAddress]:
    """Lease due addresses, the longest due first, none of a domain in `exclude_domains`, one a domain."""
    a = address.c
    due = (a.next_fetch_at <= now) & a.state.in_(WAITING) & or_(a.leased_until.is_(None), a.leased_until <= now)
    query = (
        select(address)
        .join(source, source.c.id == a.source_id)
        .where(due, source.c.enabled, a.registrable_domain.not_in(exclude_domains))
        .order_by(a.next_fetch_at, a.id)
    )
    rows = _one_a_domain(conn, query, limit)
    _lease(conn, address, [row.id for row in rows], holder, now + lease)
    return [DueAddress(**_leased(DueAddress, row, holder, now + lease)) for row in rows]


def take_unread(conn: Connection, *, limit: int, exclude: Collection[int] = ()) -> list[Unread]:
    """Return answers that wait to be read, the oldest first, none of the addresses in `exclude`."""
    a, d = address.c, download.c
    query = (
        select(address, d.fetched_at, d.content_type, d.archive_file, d.archive_offset, d.archive_length, d.sha256)
        .join(download, d.id == a.download_id)
        .where(a.state == "fetched", a.id.not_in(exclude))
        .order_by(a.download_id)
        .limit(limit)
    )
    return [_unread(row) for row in conn.execute(query)]


def hand_back(conn: Connection, holder: str | None = None) -> None:
    """Give leases back: those of `holder`, or all of them when the only dispatcher starts."""
    for table in (endpoint, address):
        mine = table.c.leased_by.is_not(None) if holder is None else table.c.leased_by == holder
        conn.execute(update(table).where(mine).values(leased_by=None, leased_until=None))


def next_due(conn: Connection) -> datetime | None:
    """Return when the next endpoint or address is due."""
    polls = select(func.min(endpoint.c.next_poll_at)).where(endpoint.c.state != "off")
    fetches = (
        select(func.min(address.c.next_fetch_at))
        .join(source, source.c.id == address.c.source_id)
        .where(address.c.state.in_(WAITING), source.c.enabled)
    )
    times = [time for time in (conn.scalar(polls), conn.scalar(fetches)) if time]
    return min(times, default=None)


def is_idle(conn: Connection, now: datetime) -> bool:
    """Return whether nothing is due and nothing waits to be read."""
    due = next_due(conn)
    return (due is None or due > now) and not take_unread(conn, limit=1)


def _one_a_domain(conn: Connection, query: "Select[Any]", limit: int) -> list[Any]:
    # One domain may fill all rows looked at: it is then in flight, the next call leaves it out and sees the others.
    of = query.columns_clause_froms[0]
    rows = conn.execute(query.limit(limit * 64).with_for_update(skip_locked=True, of=of)).all()
    chosen: dict[str, Any] = {}
    for row in rows:
        chosen.setdefault(row.registrable_domain, row)
    return list(chosen.values())[:limit]


def holds(conn: Connection, due: DueEndpoint | DueAddress) -> bool:
    """Return whether what was handed out is still leased as it was then, and keep it so until this transaction ends.

    It is not when somebody else has taken it over since, has finished it or has given it back: what comes of it now comes too late.
    """
    table = endpoint if isinstance(due, DueEndpoint) else address
    mine = (table.c.leased_by == due.leased_by) & (table.c.leased_until == due.leased_until)
    return conn.scalar(select(table.c.id).where(table.c.id == due.id, mine).with_for_update()) is not None


def _leased(kind: type[msgspec.Struct], row: Any, holder: str, until: datetime) -> dict[str, Any]:
    values = row._asdict() | {"leased_by": holder, "leased_until": until}
    return {name: values[name] for name in kind.__struct_fields__ if name in values}


def _lease(conn: Connection, table: Table, ids: list[int], holder: str, until: datetime) -> None:
    if ids:
        conn.execute(update(table).where(table.c.id.in_(ids)).values(leased_by=holder, leased_until=until))


def _unread(row: Any) -> Unread:
    location = row.archive_file and Location(
        file=row.archive_file, offset=row.archive_offset, length=row.archive_length, sha256=row.sha256
    )
    return Unread(
        address_id=row.id,
        download_id=row.download_id,
        source_id=row.source_id,
        url=row.url,
        site_key=row.site_key,
        role=row.role,
        article_id=row.article_id,
        checks=row.checks,
        fetched_at=row.fetched_at,
        content_type=row.content_type,
        location=location or None,
        headline=row.headline_hint,
        description=row.description_hint,
        date_published=row.published_hint,
    )
