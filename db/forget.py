"""Forgetting a page or a source: its rows, its words in the search's index, its bytes in the archive, and that it may be fetched again.

What articles told together is linked anew without those that go, by whoever calls: linking is none of the store's. An article's rows go in one transaction, a source's in batches below a tombstone that says that they are not finished; each transaction notes which
archive files owe their bytes, and these are rewritten then. Killed anywhere, a source is finished by forgetting it once more, the archive by
the next start of the crawler.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Engine, func, or_, select, tuple_, update

from db.archive import Archive
from db.changes import KnownReport, reports_of_articles
from db.engine import writing
from db.erase import erase
from db.errors import StoreError
from db.indexing import compact_index, index_all
from db.lock import hold_linking
from db.models import (
    address,
    archive_debt,
    article,
    article_version,
    download,
    endpoint,
    policy_change,
    poll,
    report,
    review,
    source,
    tombstone,
    version_page,
)
from db.tombstones import address_key, article_key, bury, finish, source_key
from db.tombstones import lift as lift_tombstones
from db.upkeep import Step, give_room_back
from db.upsert import insert_new

_BATCH = 200
Batch = Callable[[Connection, "Plan", datetime], int]
# Places what is left: takes the standing reports that are gone, the changes that lost any, and the present.
Relink = Callable[[Connection, Sequence[KnownReport], Collection[int], datetime], None]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be forgotten, and what hangs on it.

    `urls` and `site_keys` are empty where a whole source goes. `proven` are the public ids of the policy changes that its articles tell of,
    `lost` those of them that nothing else tells of, `reviewed` those of which a person has said something that holds.
    """

    source_id: str | None
    urls: tuple[str, ...] = ()
    site_keys: tuple[str, ...] = ()
    article_ids: tuple[int, ...] = ()
    articles: int = 0
    pages: int = 0
    proven: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    reviewed: tuple[str, ...] = ()

    @property
    def is_source(self) -> bool:
        """Return whether a whole source goes."""
        return not self.urls

    @property
    def keys(self) -> dict[str, str]:
        """Return the keys of the tombstones, with what each is for."""
        if self.is_source:
            return {source_key(self.source_id or ""): "source"}
        found = {address_key(url): "address" for url in self.urls}
        return found | {article_key(self.source_id or "", key): "article" for key in self.site_keys}


def plan_page(conn: Connection, url: str, *, source_id: str | None = None, site_key: str | None = None) -> Plan:
    """Return what forgetting an article by one of its addresses takes; `source_id` and `site_key` are the catalogue's reading of it."""
    a = address.c
    ids = set(conn.scalars(select(a.article_id).where(a.url == url, a.article_id.is_not(None))))
    ids |= set(conn.scalars(select(article.c.id).where(article.c.canonical_url == url)))
    if site_key is not None:
        same = (article.c.source_id == source_id) & (article.c.site_key == site_key)
        ids |= set(conn.scalars(select(article.c.id).where(same)))
    known = conn.execute(
        select(article.c.source_id, article.c.site_key, article.c.canonical_url).where(article.c.id.in_(ids))
    ).all()
    owner = known[0].source_id if known else source_id
    keys = {row.site_key for row in known} | ({site_key} if site_key is not None else set())
    rows = conn.execute(select(a.url).where(_addresses(ids, {url}, owner, keys))).all()
    urls = {url, *(row.url for row in rows), *(row.canonical_url for row in known)}
    urls |= _leading_to(conn, urls, owner)
    told = _Told(conn, article.c.id.in_(ids))
    pages = conn.scalar(select(func.count()).select_from(download).where(download.c.url.in_(urls)))
    return Plan(
        source_id=owner,
        urls=tuple(sorted(urls)),
        site_keys=tuple(sorted(keys)),
        article_ids=tuple(sorted(ids)),
        articles=len(ids),
        pages=pages or 0,
        proven=told.proven,
        lost=told.lost,
        reviewed=told.reviewed,
    )


def plan_source(conn: Connection, source_id: str) -> Plan:
    """Return what forgetting a source takes.

    Raises:
        StoreError: the store knows no such source.
    """
    if conn.scalar(select(source.c.id).where(source.c.id == source_id)) is None:
        raise StoreError(f"the store knows no source {source_id!r}; `pantau sources list` names those of the catalogue")
    told = _Told(conn, article.c.source_id == source_id)
    counted = select(func.count()).select_from(article).where(article.c.source_id == source_id)
    pages = select(func.count()).select_from(download).where(download.c.source_id == source_id)
    return Plan(
        source_id=source_id,
        articles=conn.scalar(counted) or 0,
        pages=conn.scalar(pages) or 0,
        proven=told.proven,
        lost=told.lost,
        reviewed=told.reviewed,
    )


def forget(engine: Engine, archive: Archive, plan: Plan, now: datetime, *, relink: Relink) -> Iterator[Step]:
    """Forget what was planned, in steps that each end in a sound store. Call it only while nobody fetches or reads.

    `relink` places what is left of the changes that lost reports.
    """
    articles_go = partial(_articles_go, relink=relink)
    if plan.is_source:
        yield from _source_goes(engine, plan, now, articles_go)
    else:
        yield _page_goes(engine, plan, now, articles_go)
    yield from give_room_back(engine, archive)
    _leave_no_trace(engine)


def _page_goes(engine: Engine, plan: Plan, now: datetime, articles_go: Batch) -> Step:
    # In one transaction: of an article that is half forgotten its other addresses could not be told any more.
    with _erasing(engine) as conn:
        _bury(conn, plan, now)
        articles = _in_parts(articles_go, conn, plan, now)
        others = sum(_in_parts(batch, conn, plan, now) for batch in (_addresses_go, _pages_go))
        compact_index(conn)
        finish(conn, list(plan.keys), now)
    return Step(about=plan.urls[0], articles=articles, pages=others)


def _in_parts(batch: "Batch", conn: Connection, plan: Plan, now: datetime) -> int:
    total = 0
    while count := batch(conn, plan, now):
        total += count
    return total


def _source_goes(engine: Engine, plan: Plan, now: datetime, articles_go: Batch) -> Iterator[Step]:
    with writing(engine) as conn:
        _bury(conn, plan, now)
    for batch in (articles_go, _addresses_go, _pages_go, _polls_go):
        while True:
            with _erasing(engine) as conn:
                count = batch(conn, plan, now)
            if not count:
                break
            texts = batch is articles_go
            yield Step(about=plan.source_id or "", articles=count if texts else 0, pages=0 if texts else count)
    with _erasing(engine) as conn:
        compact_index(conn)
        finish(conn, list(plan.keys), now)


def lift(conn: Connection, plan: Plan) -> int:
    """Let what was forgotten be fetched again; return how many tombstones there were. A source is on again at the next start."""
    if plan.is_source:
        # What the catalogue says is written anew when it differs from what is known of it.
        conn.execute(update(source).where(source.c.id == plan.source_id).values(catalogue_sha256=""))
    return lift_tombstones(conn, list(plan.keys))


class _Told:
    """The policy changes that some articles tell of, those that nothing else tells of, and those of which people have said something."""

    def __init__(self, conn: Connection, which: "ColumnElement[bool]") -> None:
        versions = select(article_version.c.id).join(article, article.c.id == article_version.c.article_id)
        mine = report.c.version_id.in_(versions.where(which))
        told = select(report.c.policy_change_id).where(mine)
        others = select(report.c.policy_change_id).where(~mine)
        c = policy_change.c
        proven = conn.execute(select(c.id, c.public_id).where(c.id.in_(told)).order_by(c.public_id)).all()
        shared = set(conn.scalars(select(c.id).where(c.id.in_(told), c.id.in_(others))))
        self.proven = tuple(row.public_id for row in proven)
        self.lost = tuple(row.public_id for row in proven if row.id not in shared)
        spoken = _spoken_of(conn)
        self.reviewed = tuple(row.public_id for row in proven if row.id in spoken)


def _spoken_of(conn: Connection) -> set[int]:
    """Return the changes of which a person has said something that holds, under whichever of their names."""
    named = (policy_change.c.id == review.c.policy_change_id) | (policy_change.c.id == review.c.other_change_id)
    leads = func.coalesce(policy_change.c.merged_into, policy_change.c.id)
    holds = ~review.c.is_undone & (review.c.verdict != "undo")
    return set(conn.scalars(select(leads).join(review, named).where(holds)))


def _leading_to(conn: Connection, urls: set[str], source_id: str | None) -> set[str]:
    """Return the short and moved addresses that were seen to lead to these."""
    reasons = [f"it leads to {url}"[:400] for url in urls]
    where = (address.c.source_id == source_id) & (address.c.state == "redirected") & address.c.reason.in_(reasons)
    return set(conn.scalars(select(address.c.url).where(where)))


def _addresses(
    ids: "set[int] | Sequence[int]", urls: "set[str] | Sequence[str]", source_id: str | None, keys: Any
) -> "ColumnElement[bool]":
    a = address.c
    return or_(
        a.article_id.in_(ids),
        a.url.in_(urls),
        tuple_(a.source_id, a.site_key).in_([(source_id, key) for key in keys]) if keys else a.id.is_(None),
    )


def _bury(conn: Connection, plan: Plan, now: datetime) -> None:
    for key, kind in plan.keys.items():
        bury(conn, kind, [key], plan.source_id, now)
    conn.execute(update(tombstone).where(tombstone.c.key_sha256.in_(list(plan.keys))).values(finished_at=None))
    if plan.is_source:
        conn.execute(update(source).where(source.c.id == plan.source_id).values(enabled=False))
        off = {"state": "off", "leased_by": None, "leased_until": None}
        conn.execute(update(endpoint).where(endpoint.c.source_id == plan.source_id).values(**off))


def _articles_go(conn: Connection, plan: Plan, now: datetime, *, relink: Relink) -> int:
    mine = article.c.source_id == plan.source_id if plan.is_source else article.c.id.in_(plan.article_ids)
    ids = list(conn.scalars(select(article.c.id).where(mine).order_by(article.c.id).limit(_BATCH)))
    if not ids:
        return 0
    # The index's lock first: a save that holds linking's does not wait for the index.
    index_all(conn)
    hold_linking(conn)
    going = reports_of_articles(conn, ids)
    versions = select(article_version.c.id).where(article_version.c.article_id.in_(ids))
    told = list(conn.scalars(select(report.c.policy_change_id).where(report.c.version_id.in_(versions)).distinct()))
    pages = list(
        conn.scalars(select(version_page.c.download_id).where(version_page.c.version_id.in_(versions)).distinct())
    )
    own = (address.c.article_id.in_(ids)) & address.c.download_id.is_not(None)
    pages += conn.scalars(select(address.c.download_id).where(own))
    erase(conn, address, address.c.article_id.in_(ids))
    erase(conn, article, article.c.id.in_(ids))
    _erase_pages(conn, pages, now)
    relink(conn, going, told, now)
    _erase_untold(conn, told)
    index_all(conn)
    return len(ids)


def _erase_untold(conn: Connection, change_ids: Sequence[int]) -> None:
    """Delete those changes that nothing tells of any more, with the names that lead to them; what leads to another still does."""
    c = policy_change.c
    untold = ~select(report.c.id).where(report.c.policy_change_id == c.id).exists()
    gone = list(conn.scalars(select(c.id).where(c.id.in_(change_ids), c.merged_into.is_(None), untold)))
    gone += conn.scalars(select(c.id).where(c.merged_into.in_(gone)))
    if gone:
        _erase_from_names(conn, gone)
        erase(conn, policy_change, c.id.in_(gone))


def _erase_from_names(conn: Connection, gone: Collection[int]) -> None:
    """Take changes out of the lists of names that merges keep: their numbers may be given again."""
    for row in conn.execute(select(review.c.id, review.c.names).where(review.c.names.is_not(None))).all():
        if left := [name for name in row.names or () if name not in gone]:
            conn.execute(update(review).where(review.c.id == row.id).values(names=left))


def _addresses_go(conn: Connection, plan: Plan, now: datetime) -> int:
    del now
    mine = (
        address.c.source_id == plan.source_id
        if plan.is_source
        else _addresses(plan.article_ids, plan.urls, plan.source_id, plan.site_keys)
    )
    ids = list(conn.scalars(select(address.c.id).where(mine).limit(_BATCH)))
    return erase(conn, address, address.c.id.in_(ids))


def _pages_go(conn: Connection, plan: Plan, now: datetime) -> int:
    mine = download.c.source_id == plan.source_id if plan.is_source else download.c.url.in_(plan.urls)
    if not plan.is_source:
        mine &= ~select(poll.c.id).where(poll.c.download_id == download.c.id).exists()
    used = select(version_page.c.download_id).where(version_page.c.download_id == download.c.id).exists()
    ids = list(conn.scalars(select(download.c.id).where(mine, ~used).limit(_BATCH)))
    return _erase_pages(conn, ids, now)


def _polls_go(conn: Connection, plan: Plan, now: datetime) -> int:
    del now
    if not plan.is_source:
        return 0
    mine = select(endpoint.c.id).where(endpoint.c.source_id == plan.source_id)
    ids = list(conn.scalars(select(poll.c.id).where(poll.c.endpoint_id.in_(mine)).limit(_BATCH)))
    if ids:
        return erase(conn, poll, poll.c.id.in_(ids))
    erase(conn, endpoint, endpoint.c.source_id == plan.source_id)
    return 0


def _erase_pages(conn: Connection, ids: Sequence[int], now: datetime) -> int:
    """Delete downloads that no article uses, and note which archive files owe their bytes."""
    d = download.c
    used = select(version_page.c.download_id).where(version_page.c.download_id == d.id).exists()
    mine = d.id.in_(ids) & ~used
    files = conn.scalars(select(d.archive_file).where(mine, d.archive_file.is_not(None)).distinct())
    insert_new(conn, archive_debt, [{"archive_file": name, "since": now} for name in files])
    return erase(conn, download, mine)


@contextmanager
def _erasing(engine: Engine) -> Iterator[Connection]:
    with writing(engine) as conn:
        if conn.dialect.name == "sqlite":
            # Else what is deleted stays readable in the file until its room is used again.
            conn.exec_driver_sql("PRAGMA secure_delete = ON")
        yield conn


def _leave_no_trace(engine: Engine) -> None:
    """Remove what was deleted from where the database keeps it still: SQLite's log, PostgreSQL's dead rows."""
    if engine.dialect.name == "sqlite":
        with closing(engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.exec_driver_sql("VACUUM")
