"""Archived answers to rows: pages go out to worker processes, readings come back and are saved.

A page is read in a process of its own pool with a hard time limit, because one hostile page must stop neither the schedule nor
the other pages. What was archived but not read when the program stopped is found again in the table.
"""

import asyncio
import logging
import multiprocessing
from collections.abc import Callable
from concurrent.futures import TimeoutError as ReadingTimeoutError
from datetime import timedelta
from functools import partial
from typing import Any

import msgspec
from pebble import ProcessExpired, ProcessPool
from sqlalchemy import Connection

from crawlers.address import read_address, resolve
from crawlers.catalogue import Source
from crawlers.desk import Desk
from crawlers.domain import domain_of
from crawlers.patience import next_check
from db.archive import Location
from db.articles import SavedVersion, parts_of
from db.errors import ArchiveDamaged
from db.identity import article_named, article_of, key_of_article
from db.lease import take_unread
from db.model_use import is_current
from db.outcomes import awaits, look_again, mark_read, want_page
from db.records import Found, Unread
from db.reprocess import stored_article
from pantau.config import ReadSettings
from pantau.model.adviser import Adviser
from pantau.reprocess import announced_of, pages_of
from pipeline.records import Announced, Page, Reading, SourceHints
from pipeline.reprocess import apply, compare
from pipeline.run import ANNOTATOR_VERSION, announce_only, read_pages
from pipeline.save import digest, merge_known, save_reading

log = logging.getLogger(__name__)
_BATCH = 16


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One archived page of an article."""

    url: str
    download_id: int
    location: Location
    content_type: str | None
    fetched_at: Any


class Reader:
    """Reads what is archived and unread, some pages at a time."""

    def __init__(
        self, desk: Desk, settings: ReadSettings, on_done: Callable[[], None], adviser: Adviser | None = None
    ) -> None:
        self._desk = desk
        self._adviser = adviser
        self._settings = settings
        self._on_done = on_done
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._given_up: set[int] = set()
        self._pool = ProcessPool(max_workers=settings.workers, context=multiprocessing.get_context("forkserver"))

    @property
    def in_flight(self) -> int:
        """Return how many pages are being read."""
        return len(self._under_way)

    async def feed(self) -> int:
        """Begin to read what waits, as far as there is room; return how many readings were begun."""
        # What waits for a language model is read already and takes nobody's place.
        room = _BATCH - len(self._under_way) + (self._adviser.waiting if self._adviser else 0)
        if room <= 0:
            return 0
        waiting = await self._desk.writer.write(take_unread, limit=room, exclude=(*self._under_way, *self._given_up))
        for unread in waiting:
            task = asyncio.create_task(self._read_or_set_aside(unread))
            self._under_way[unread.address_id] = task
            task.add_done_callback(partial(self._finish, unread.address_id))
        return len(waiting)

    async def stop(self) -> None:
        """Let go of what is being read: it is still in the table."""
        self._pool.stop()
        for task in self._under_way.values():
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        if self._adviser:
            await self._adviser.close()
        await asyncio.to_thread(self._pool.join, 3)

    def _finish(self, key: int, done: "asyncio.Task[None]") -> None:
        self._under_way.pop(key, None)
        if not done.cancelled() and (error := done.exception()):
            # Nothing could be written of it: it stays in the table for the next start, and does not keep this one busy.
            self._given_up.add(key)
            log.error("address %s could not be set aside: %s", key, error)
        self._on_done()

    async def _read_or_set_aside(self, unread: Unread) -> None:
        try:
            await self._read(unread)
        except Exception as error:
            log.exception("%s could not be read", unread.url)
            await self._desk.writer.write(_set_aside, unread, f"reading failed: {type(error).__name__}"[:400])

    async def _read(self, unread: Unread) -> None:
        source = self._desk.catalogue.get(unread.source_id)
        hints = source.hints if source else SourceHints()
        announced = Announced(
            url=unread.url,
            headline=unread.headline,
            description=unread.description,
            date_published=unread.date_published,
        )
        if unread.location is None:
            reading = await self._advised(unread, announce_only(announced, source_id=unread.source_id, hints=hints))
            await self._desk.writer.write(_save, unread, reading, [unread.download_id], source, None)
            return
        parts = await self._desk.writer.write(_parts, unread)
        pages = [await asyncio.to_thread(self._page, part, unread.source_id, hints) for part in parts]
        known = [page for page in pages if page is not None]
        outcome = await self._in_worker(known, announced) if known else "its bytes are damaged in the archive"
        if isinstance(outcome, str):
            await self._desk.writer.write(_set_aside, unread, outcome)
            return
        outcome = await self._advised(unread, outcome)
        await self._mend_first(unread, outcome, hints)
        checked = next_check(self._desk.clock.now(), unread.checks)
        relevant = bool(outcome.annotation.policy_changes)
        await self._desk.writer.write(
            _save, unread, outcome, [part.download_id for part in parts], source, checked if relevant else None
        )

    async def _advised(self, unread: Unread, reading: Reading) -> Reading:
        """Return a reading as the language model leaves it, where there is one; a text that is stored was shown to it before."""
        if self._adviser is None:
            return reading
        if unread.article_id and await self._desk.writer.write(is_current, unread.article_id, digest(reading.article)):
            return reading
        return await self._adviser.look_at(reading)

    async def _mend_first(self, unread: Unread, new: Reading, hints: SourceHints) -> None:
        """Before an edit is stored, read the old bytes under today's rules: our own upgrade must not look like the outlet's edit."""
        article_id = unread.article_id
        if article_id is None or await self._desk.writer.write(is_current, article_id, digest(new.article)):
            return
        stored = await self._desk.writer.write(stored_article, article_id)
        if stored is None or not stored.parts:
            return
        pages = await asyncio.to_thread(pages_of, stored, self._desk.archive, hints)
        old = pages if isinstance(pages, str) else await self._in_worker(pages, announced_of(stored))
        if isinstance(old, str):
            log.info("the earlier bytes of %s were not read again: %s", unread.url, old)
            return
        reread = compare(stored, old)
        if reread.difference.text:
            await self._desk.writer.write(apply, reread, unread.fetched_at)

    async def _in_worker(self, pages: list[Page], announced: Announced) -> Reading | str:
        future = self._pool.schedule(read_pages, args=[pages, announced], timeout=self._settings.time_limit_s)
        try:
            return await asyncio.wrap_future(future)
        except ReadingTimeoutError:
            return f"reading took longer than {self._settings.time_limit_s:g} seconds"
        except ProcessExpired as error:
            return f"the worker died while reading ({error})"

    def _page(self, part: Part, source_id: str, hints: SourceHints) -> Page | None:
        try:
            stored = self._desk.archive.read(part.location)
        except ArchiveDamaged as error:
            log.error("%s", error)  # noqa: TRY400 - the sentence says it all
            return None
        return Page(
            url=part.url,
            content=stored.body,
            fetched_at=part.fetched_at,
            content_type=part.content_type,
            source_id=source_id,
            hints=hints,
        )


def _parts(conn: Connection, unread: Unread) -> list[Part]:
    """Return the pages that make the article together: those known, with this one in its place."""
    assert unread.location is not None
    new = Part(
        url=unread.url,
        download_id=unread.download_id,
        location=unread.location,
        content_type=unread.content_type,
        fetched_at=unread.fetched_at,
    )
    known = parts_of(conn, unread.article_id) if unread.article_id else []
    parts = [
        Part(url=url, download_id=download_id, location=location, content_type=content_type, fetched_at=fetched_at)
        for url, fetched_at, content_type, location, download_id in known
        if _plain(url) != _plain(unread.url)
    ]
    if unread.role == "page":
        return [*parts, new]
    return [new, *parts]


def _plain(url: str) -> str:
    return url.rstrip("/")


def _set_aside(conn: Connection, unread: Unread, reason: str) -> None:
    mark_read(
        conn,
        unread.address_id,
        download_id=unread.download_id,
        verdict="unread",
        article_id=unread.article_id,
        next_fetch_at=None,
        reason=reason,
    )


def _save(
    conn: Connection,
    unread: Unread,
    reading: Reading,
    download_ids: list[int],
    source: Source | None,
    next_fetch_at: Any,
) -> SavedVersion | None:
    """Store a reading and what follows from it, in one transaction: its rows, its address, the page that it asks for."""
    # Another who read it meanwhile may have read a later answer too, which this one must not undo.
    if not awaits(conn, unread):
        return None
    article = reading.article
    saved = None
    reason = None if unread.location else "only its announcement is known"
    wanted = _is_wanted(unread, reading, source)
    if not wanted:
        reason = "it tells of no policy change, and its source keeps only what does"
    if wanted and article.verdict == "article" and (article.headline or article.article_body):
        saved = save_reading(
            conn,
            reading,
            source_id=unread.source_id,
            site_key=_key(conn, unread, reading),
            download_ids=download_ids if unread.location else [],
            observed_at=unread.fetched_at,
            annotator_version=_annotator_of(reading),
        )
        _ask_for_more(conn, unread, reading, source, saved.article_id)
    mark_read(
        conn,
        unread.address_id,
        download_id=unread.download_id,
        verdict=article.verdict,
        article_id=saved.article_id if saved else None,
        next_fetch_at=next_fetch_at if unread.location else None,
        reason=reason,
    )
    if saved and saved.is_flap:
        look_again(conn, unread.address_id, saved.version_id)
    return saved


def _key(conn: Connection, unread: Unread, reading: Reading) -> str:
    """Return the key under which an article is stored; two that are found to be one become one before."""
    key = unread.site_key or unread.url
    own = article_of(conn, unread.source_id, key, unread.article_id)
    article = reading.article
    names = _spellings(article.canonical_url or article.url)
    other = article_named(conn, unread.source_id, names, article.headline, apart_from=own)
    if own and other:
        own, gone = sorted((own, other))
        merge_known(conn, gone, own, unread.fetched_at)
    found = own or other
    return key_of_article(conn, found) if found else key


def _spellings(url: str) -> list[str]:
    """Return an address with and without what changes nothing: the scheme, a slash at its end."""
    rest = url.partition("://")[2].rstrip("/")
    return [f"{scheme}://{rest}{end}" for scheme in ("https", "http") for end in ("", "/")]


def _annotator_of(reading: Reading) -> str:
    """Return who read the policies: the rules, or the rules and a model."""
    changes = reading.annotation.policy_changes
    return changes[0].annotator_version if changes else ANNOTATOR_VERSION


def _is_wanted(unread: Unread, reading: Reading, source: Source | None) -> bool:
    """Return whether an article is stored: where a source keeps only what is relevant, one that never told of a change is not."""
    if source is None or source.keep != "relevant" or unread.article_id is not None:
        return True
    return (
        bool(reading.annotation.policy_changes)
        or reading.article.verdict != "article"
        or bool(reading.article.next_page_url)
    )


def _ask_for_more(conn: Connection, unread: Unread, reading: Reading, source: Source | None, article_id: int) -> None:
    article = reading.article
    if source is None or article.extent != "incomplete":
        return
    later = article.next_page_url
    wanted = [(later, "page")] if later else []
    address = read_address(unread.url, source.hints)
    if unread.role == "article" and address.page and article.canonical_url and article.canonical_url != unread.url:
        wanted.append((article.canonical_url, "article"))
    for url, role in wanted:
        target = resolve(unread.url, url)
        if target and domain_of(target) in source.domains:
            found = Found(url=target, registrable_domain=domain_of(target), site_key=unread.site_key, role=role)
            want_page(
                conn, found, source_id=unread.source_id, article_id=article_id, now=unread.fetched_at + timedelta(0)
            )
