"""What came of a poll, a fetch, a reading: one transaction each, called by whoever holds it.

What comes after its lease was taken over, ended or given back is dropped: a worker that was frozen for long undoes nothing.
A poll's validators are written together with the addresses it announced, never before: else a crash between the two would hide
the addresses behind a 304 for ever.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, insert, select, update

from db.downloads import add_download
from db.lease import holds
from db.lock import hold_linking
from db.models import address, article, download, endpoint, poll, robots, version_page
from db.records import Answer, DueAddress, DueEndpoint, Found, PollCounts, Unread
from db.tombstones import address_key, article_key, buried
from db.upsert import insert_new

_ASKED_AT_ONCE = 5_000


def finish_poll(
    conn: Connection,
    due: DueEndpoint,
    *,
    started_at: datetime,
    finished_at: datetime,
    outcome: str,
    next_poll_at: datetime,
    answer: Answer | None = None,
    found: Sequence[Found] = (),
    reason: str | None = None,
) -> PollCounts:
    """Store a poll's outcome, the answer if its bytes were kept or it failed, and the addresses that were new.

    `answer` is left out where nothing changed: a quiet poll leaves no row but its own.
    """
    if not holds(conn, due):
        return PollCounts()
    download_id = add_download(conn, answer) if answer else None
    poll_id = _add_poll(conn, due, started_at, finished_at, outcome, reason, download_id)
    if poll_id is None:
        # This very visit is counted already: nothing of it is stored twice, but the endpoint must not stay leased and due.
        _release_endpoint(conn, due, next_poll_at)
        return PollCounts()
    counts = _add_found(conn, due.source_id, found, poll_id, finished_at)
    conn.execute(
        update(poll)
        .where(poll.c.id == poll_id)
        .values(items_seen=counts.seen, items_new=counts.new, items_missed=counts.missed)
    )
    _settle_endpoint(conn, due, outcome, answer, next_poll_at)
    return counts


def finish_fetch(
    conn: Connection,
    due: DueAddress,
    answer: Answer,
    *,
    state: str,
    next_fetch_at: datetime | None = None,
    redirect_to: Found | None = None,
    reason: str | None = None,
) -> int | None:
    """Store what came of fetching an address: its download, its state, where it redirects to.

    Return the download's id, nothing where it came too late.
    """
    if not holds(conn, due):
        return None
    download_id = add_download(conn, answer)
    if redirect_to:
        _follow(conn, due, redirect_to, answer.fetched_at)
    values: dict[str, Any] = {
        "state": state,
        "next_fetch_at": next_fetch_at,
        "reason": reason,
        "attempts": due.attempts + 1 if answer.error else 0,
        "leased_by": None,
        "leased_until": None,
    }
    if state == "fetched":
        values |= {"download_id": download_id, "etag": answer.etag, "last_modified": answer.last_modified}
    conn.execute(update(address).where(address.c.id == due.id).values(**values))
    if state == "gone" and due.article_id:
        _vanish(conn, due.article_id, answer.fetched_at)
    return download_id


def postpone_fetch(conn: Connection, due: DueAddress, *, next_fetch_at: datetime, reason: str) -> None:
    """Give a leased address back for later, as it was: what kept it from being fetched was no fault of its site."""
    if not holds(conn, due):
        return
    values = {"next_fetch_at": next_fetch_at, "reason": reason, "leased_by": None, "leased_until": None}
    conn.execute(update(address).where(address.c.id == due.id).values(**values))


def finish_unchanged(conn: Connection, due: DueAddress, *, next_fetch_at: datetime | None) -> None:
    """Note that a re-check found nothing new: no row but the address's own."""
    if not holds(conn, due):
        return
    conn.execute(
        update(address)
        .where(address.c.id == due.id)
        .values(
            state="read",
            next_fetch_at=next_fetch_at,
            checks=due.checks + 1,
            attempts=0,
            leased_by=None,
            leased_until=None,
            reason=None,
        )
    )


def is_known_body(conn: Connection, due: DueAddress, sha256: str) -> bool:
    """Return whether an address answered with just these bytes the last time."""
    return (
        due.download_id is not None
        and conn.scalar(select(download.c.sha256).where(download.c.id == due.download_id)) == sha256
    )


def mark_read(
    conn: Connection,
    address_id: int,
    *,
    download_id: int,
    verdict: str,
    article_id: int | None,
    next_fetch_at: datetime | None,
    reason: str | None = None,
) -> None:
    """Note that an answer was read, with its verdict, the article it became, and when to look again."""
    conn.execute(update(download).where(download.c.id == download_id).values(verdict=verdict))
    conn.execute(
        update(address)
        .where(address.c.id == address_id, address.c.state == "fetched")
        .values(
            state="read", article_id=article_id, next_fetch_at=next_fetch_at, checks=address.c.checks + 1, reason=reason
        )
    )


def look_again(conn: Connection, address_id: int, version_id: int) -> None:
    """Let the next visit of an address be compared with what is stored as current, not with its last answer, which was set aside."""
    first = select(version_page.c.download_id).where(version_page.c.version_id == version_id)
    known = first.order_by(version_page.c.page_no).limit(1).scalar_subquery()
    values = {"download_id": known, "etag": None, "last_modified": None}
    conn.execute(update(address).where(address.c.id == address_id).values(**values))


def want_page(conn: Connection, found: Found, *, source_id: str, article_id: int, now: datetime) -> None:
    """Ask for another page of an article; one that is known already is not asked for again, one that was forgotten never."""
    if _remembered(conn, source_id, [found]):
        insert_new(conn, address, _address_values(source_id, found, now) | {"article_id": article_id})


def awaits(conn: Connection, unread: Unread) -> bool:
    """Return whether an answer still waits to be read, and let nobody else note what it was read as until this transaction ends."""
    # Before the address: whoever places reports already may be about to write to it.
    hold_linking(conn)
    a = address.c
    mine = (a.id == unread.address_id) & (a.download_id == unread.download_id) & (a.state == "fetched")
    return conn.scalar(select(a.id).where(mine).with_for_update()) is not None


def get_robots(conn: Connection, origin: str) -> Any:
    """Return the stored robots.txt of an origin (`scheme://host:port`) with its times and status, or `None`."""
    return conn.execute(select(robots).where(robots.c.origin == origin)).one_or_none()


def put_robots(
    conn: Connection, origin: str, *, fetched_at: datetime, expires_at: datetime, status: int | None, body: str | None
) -> None:
    """Store an origin's robots.txt as it answered just now."""
    values = {"fetched_at": fetched_at, "expires_at": expires_at, "status": status, "body": body}
    if not insert_new(conn, robots, {"origin": origin, **values}):
        conn.execute(update(robots).where(robots.c.origin == origin).values(**values))


def _add_poll(
    conn: Connection,
    due: DueEndpoint,
    started_at: datetime,
    finished_at: datetime,
    outcome: str,
    reason: str | None,
    download_id: int | None,
) -> int | None:
    known = select(poll.c.id).where(poll.c.endpoint_id == due.id, poll.c.due_at == due.due_at)
    if conn.scalar(known) is not None:
        return None
    row = {
        "endpoint_id": due.id,
        "due_at": due.due_at,
        "started_at": started_at,
        "finished_at": finished_at,
        "outcome": outcome,
        "reason": reason,
        "download_id": download_id,
    }
    return int(conn.execute(insert(poll).values(**row).returning(poll.c.id)).scalar_one())


def _add_found(conn: Connection, source_id: str, found: Sequence[Found], poll_id: int, now: datetime) -> PollCounts:
    fresh = _remembered(conn, source_id, _unknown(conn, source_id, found))
    for item in fresh:
        insert_new(conn, address, _address_values(source_id, item, now) | {"poll_id": poll_id})
    return PollCounts(seen=len(found), new=len(fresh), missed=sum(not item.matching for item in fresh))


def _known(conn: Connection, column: Column[str], values: Collection[str], *where: ColumnElement[bool]) -> set[str]:
    """Return those of the values that the column holds already; asked in parts, since a statement takes 32,766 parameters on SQLite."""
    rest, known = iter(values), set[str]()
    while part := list(islice(rest, _ASKED_AT_ONCE)):
        known.update(conn.scalars(select(column).where(column.in_(part), *where)))
    return known


def _unknown(conn: Connection, source_id: str, found: Sequence[Found]) -> list[Found]:
    same_source = address.c.source_id == source_id
    keys = {item.site_key for item in found if item.site_key}
    known_urls = _known(conn, address.c.url, {item.url for item in found})
    known_keys = _known(conn, address.c.site_key, keys, same_source, address.c.role == "article")
    fresh: list[Found] = []
    for item in found:
        if item.url in known_urls or (item.site_key in known_keys):
            continue
        known_urls.add(item.url)
        if item.site_key:
            known_keys.add(item.site_key)
        fresh.append(item)
    return fresh


def _remembered(conn: Connection, source_id: str, found: Sequence[Found]) -> list[Found]:
    """Return those that were not forgotten, neither by their address nor as the article that they lead to."""
    keys = {address_key(item.url) for item in found}
    keys |= {article_key(source_id, item.site_key) for item in found if item.site_key}
    gone = buried(conn, keys)
    return [
        item
        for item in found
        if address_key(item.url) not in gone and not (item.site_key and article_key(source_id, item.site_key) in gone)
    ]


def _address_values(source_id: str, item: Found, now: datetime) -> dict[str, Any]:
    return {
        "url": item.url,
        "source_id": source_id,
        "registrable_domain": item.registrable_domain,
        "site_key": item.site_key,
        "role": item.role,
        "headline_hint": item.headline,
        "description_hint": item.description,
        "published_hint": item.date_published,
        "tags_hint": item.tags,
        "state": "due" if item.matching else "skipped",
        "reason": None if item.matching else "out of scope",
        "first_seen_at": now,
        "next_fetch_at": now if item.matching else None,
        "hops": item.hops,
    }


def _settle_endpoint(
    conn: Connection,
    due: DueEndpoint,
    outcome: str,
    answer: Answer | None,
    next_poll_at: datetime,
) -> None:
    failed = outcome in ("failed", "refused")
    values: dict[str, Any] = {
        "next_poll_at": next_poll_at,
        "leased_by": None,
        "leased_until": None,
        "failures": due.failures + 1 if failed else 0,
        "state": {"failed": "failing", "refused": "refused"}.get(outcome, "ok"),
        "polls_since_full": due.polls_since_full + 1 if outcome == "not_modified" else 0,
    }
    if answer and not failed:
        values |= {"etag": answer.etag, "last_modified": answer.last_modified, "last_body_sha256": answer.sha256}
    conn.execute(update(endpoint).where(endpoint.c.id == due.id).values(**values))


def _release_endpoint(conn: Connection, due: DueEndpoint, next_poll_at: datetime) -> None:
    values = {"next_poll_at": next_poll_at, "leased_by": None, "leased_until": None}
    conn.execute(
        update(endpoint).where(endpoint.c.id == due.id, endpoint.c.next_poll_at == due.due_at).values(**values)
    )


def _follow(conn: Connection, due: DueAddress, target: Found, now: datetime) -> None:
    if not _remembered(conn, due.source_id, [target]):
        return
    values = _address_values(due.source_id, target, now) | {"role": due.role, "article_id": due.article_id}
    hints = conn.execute(
        select(address.c.headline_hint, address.c.description_hint, address.c.published_hint).where(
            address.c.id == due.id
        )
    ).one()
    insert_new(conn, address, values | hints._asdict())


def _vanish(conn: Connection, article_id: int, now: datetime) -> None:
    conn.execute(
        update(article).where(article.c.id == article_id, article.c.vanished_at.is_(None)).values(vanished_at=now)
    )
