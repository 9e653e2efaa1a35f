"""Reading stored articles again under today's rules: pages go out to worker processes, what differs is counted, and written if asked.

It runs beside a crawler: every article is looked up in a short transaction of its own, and written in one of a few articles. What a
transaction stores includes how far the work has come, so that a run that was killed goes on where it was.
"""

import hashlib
import multiprocessing
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import TimeoutError as ReadingTimeoutError
from contextlib import contextmanager, nullcontext
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

import msgspec
from pebble import ProcessExpired, ProcessPool
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

import pipeline
from crawlers.catalogue import Catalogue
from db.archive import Archive
from db.engine import reading, writing
from db.errors import ArchiveDamaged, ArchiveError, StoreBusy, StoreError
from db.lock import reprocessor
from db.reprocess import (
    Run,
    StoredArticle,
    Which,
    advance_run,
    begin_run,
    count_from,
    extent_of,
    finish_run,
    has_bytes,
    next_articles,
    stored_article,
    unfinished_run,
)
from pantau.config import ReadSettings
from pantau.tally import Tally
from pipeline.records import Announced, Page, Reading, SourceHints
from pipeline.reprocess import Reread, apply, compare
from pipeline.run import ANNOTATOR_VERSION, EXTRACTOR_VERSION, announce_only, read_pages

T = TypeVar("T")
_CHUNK = 64
_BATCH = 8
_AHEAD = 3
_PATIENCE_S = 600.0
_PAUSE_S = 0.5
_TRIES = 3
# What a database says when another one writes: nothing is wrong, it is not our turn yet.
_BUSY = ("locked", "busy", "deadlock", "serialize", "lock timeout")

Outcome = Reading | str
Later = Callable[[], Outcome]


class Readers(Protocol):
    """Whoever reads pages: `begin` starts a reading and returns how to wait for it; a text is why there is none."""

    def begin(self, pages: list[Page], announced: Announced) -> Later:
        """Begin to read the pages of one article."""
        ...


class HereReader:
    """Reads in this process, without a time limit."""

    def begin(self, pages: list[Page], announced: Announced) -> Later:
        """Return a reading that is done when it is asked for."""
        return lambda: read_pages(pages, announced)


class WorkerReaders:
    """Reads in worker processes, each page with the time limit of the crawl."""

    def __init__(self, pool: ProcessPool, time_limit_s: float) -> None:
        self._pool = pool
        self._time_limit_s = time_limit_s

    def begin(self, pages: list[Page], announced: Announced) -> Later:
        """Hand the pages to a worker."""
        future = self._pool.schedule(read_pages, args=[pages, announced], timeout=self._time_limit_s)

        def wait() -> Outcome:
            try:
                found: Reading = future.result()
            except ReadingTimeoutError:
                return f"reading took longer than {self._time_limit_s:g} seconds"
            except ProcessExpired:
                return "the worker died while reading"
            except Exception as error:  # noqa: BLE001 - no page may stop the others
                return f"reading failed ({type(error).__name__})"
            return found

        return wait


@contextmanager
def workers(settings: ReadSettings) -> Iterator[Readers]:
    """Yield readers in as many processes as the crawl has; they end with this."""
    pool = ProcessPool(max_workers=settings.workers, context=multiprocessing.get_context("forkserver"))
    try:
        yield WorkerReaders(pool, settings.time_limit_s)
    finally:
        pool.stop()
        pool.join(3)


class Progress(NamedTuple):
    """How far a re-reading is: articles done, articles in all, and of those done how many differ."""

    done: int
    total: int
    differing: int


class Reprocess:
    """One re-reading of stored articles."""

    def __init__(
        self,
        engine: Engine,
        archive: Archive,
        catalogue: Catalogue,
        readers: Readers,
        *,
        which: Which,
        samples: int = 20,
        say: Callable[[str], None] = lambda _: None,
        tell: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        self._engine = engine
        self._archive = archive
        self._catalogue = catalogue
        self._readers = readers
        self._which = which
        self._samples = samples
        self._say = say
        self._tell = tell
        self._total = 0

    def run(self, now: Callable[[], datetime], *, writes: bool) -> Tally:
        """Read what is meant again and return what differs; with `writes`, store it.

        Raises:
            StoreBusy: another re-reading writes, or another program has held the store for ten minutes.
            ArchiveError: there is no archive.
        """
        with reprocessor(self._engine) if writes else nullcontext():
            with reading(self._engine) as conn:
                self._total, until = extent_of(conn, self._which)
                if has_bytes(conn) and not self._archive.folder.is_dir():
                    raise ArchiveError(
                        f"there is no archive at {self._archive.folder}; restore it from a backup, or name its folder with `data`"
                    )
            tally = Tally(samples_wanted=self._samples, applied=writes)
            if self._total == 0:
                return tally
            run = self._begin(until, tally, now()) if writes else None
            return self._work(run, tally, until, now)

    def _begin(self, until: int, tally: Tally, now: datetime) -> Run:
        asked = msgspec.json.decode(msgspec.json.encode(self._which))
        rules = rules_mark(self._catalogue)

        def begin(conn: Connection) -> Run:
            found = unfinished_run(conn, asked=asked, rules=rules)
            return found or begin_run(
                conn, asked=asked, rules=rules, until=until, found=msgspec.to_builtins(tally), now=now
            )

        return self._patiently(begin)

    def _work(self, run: Run | None, tally: Tally, until: int, now: Callable[[], datetime]) -> Tally:
        after = run.last_article_id if run else 0
        if run and after:
            tally = msgspec.convert(run.found, Tally)
            self._say(f"Going on where the run of {run.started_at:%Y-%m-%d %H:%M} UTC ended, behind article {after}.")
        if run:
            until = run.until_article_id
            with reading(self._engine) as conn:
                self._total = tally.articles + count_from(conn, self._which, after=after, until=until)
        batch: list[tuple[int, StoredArticle | None, Outcome]] = []
        for item in self._outcomes(after, until):
            batch.append(item)
            if len(batch) >= _BATCH:
                tally = self._settle(run, tally, batch, now())
                batch = []
        tally = self._settle(run, tally, batch, now())
        if run:
            self._patiently(lambda conn: finish_run(conn, run.id, now()))
        return tally

    def _outcomes(self, after: int, until: int) -> Iterator[tuple[int, StoredArticle | None, Outcome]]:
        """Yield articles with what they are read as, by id; some are under way at a time."""
        under_way: deque[tuple[int, StoredArticle | None, Later]] = deque()
        for article_id in self._ids(after, until):
            under_way.append((article_id, *self._look_up(article_id)))
            if len(under_way) > _AHEAD * _BATCH:
                number, stored, later = under_way.popleft()
                yield number, stored, later()
        for number, stored, later in under_way:
            yield number, stored, later()

    def _ids(self, after: int, until: int) -> Iterator[int]:
        while True:
            with reading(self._engine) as conn:
                ids = next_articles(conn, self._which, after=after, until=until, limit=_CHUNK)
            if not ids:
                return
            yield from ids
            after = ids[-1]

    def _look_up(self, article_id: int) -> tuple[StoredArticle | None, Later]:
        with reading(self._engine) as conn:
            stored = stored_article(conn, article_id)
        return stored, (lambda: "it is gone") if stored is None else self._begin_reading(stored)

    def _begin_reading(self, stored: StoredArticle) -> Later:
        source = self._catalogue.get(stored.source_id)
        hints = source.hints if source else SourceHints()
        announced = announced_of(stored)
        if not stored.parts:
            return lambda: announce_only(announced, source_id=stored.source_id, hints=hints)
        pages = pages_of(stored, self._archive, hints)
        return (lambda: pages) if isinstance(pages, str) else self._readers.begin(pages, announced)

    def _settle(
        self, run: Run | None, tally: Tally, batch: list[tuple[int, StoredArticle | None, Outcome]], now: datetime
    ) -> Tally:
        """Count a batch, and store what comes of it with the count in one transaction."""
        if not batch:
            return tally
        compared = [(number, _compared(stored, outcome)) for number, stored, outcome in batch]
        found = tally.plus([item for _, item in compared]) if run is None else self._store(run, tally, compared, now)
        self._tell(Progress(found.articles, self._total, found.differing))
        return found

    def _store(self, run: Run, tally: Tally, compared: list[tuple[int, "Compared"]], now: datetime) -> Tally:
        """Store articles in their order; one that the crawler has changed in the meantime is read once more before those behind it."""
        rest, tries = compared, 0
        while rest:
            tally, done = self._patiently(partial(_store_some, run=run, tally=tally, compared=rest, now=now))
            rest = rest[done:]
            tries = 0 if done else tries + 1
            if rest:
                number = rest[0][0]
                # Outside the transaction: a page that takes long must not keep the crawler from writing.
                again = (
                    self._read_once_more(number) if tries < _TRIES else Compared(reason="it changed again and again")
                )
                rest = [(number, again), *rest[1:]]
        return tally

    def _read_once_more(self, article_id: int) -> "Compared":
        stored, later = self._look_up(article_id)
        return _compared(stored, later())

    def _patiently(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction, as soon as other writers let it."""
        ends = time.monotonic() + _PATIENCE_S
        while True:
            try:
                with writing(self._engine) as conn:
                    return work(conn)
            except StoreError as error:
                if not _is_busy(error):
                    raise
                if time.monotonic() > ends:
                    raise StoreBusy(
                        "another program has held the store for ten minutes; end it, the same command then goes on from here"
                    ) from error
            self._say("Another program writes; waiting for it.")
            time.sleep(_PAUSE_S)


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """One article read again, or why it could not be."""

    reread: Reread | None = None
    stored: StoredArticle | None = None
    reason: str | None = None


def _store_some(
    conn: Connection, *, run: Run, tally: Tally, compared: list[tuple[int, Compared]], now: datetime
) -> tuple[Tally, int]:
    """Store articles up to the first that has become another in the meantime; return the count with them, and how many they are."""
    done = 0
    for _, item in compared:
        if item.reread is not None and not apply(conn, item.reread, now):
            break
        done += 1
    found = tally.plus([item for _, item in compared[:done]])
    if done:
        advance_run(conn, run.id, last=compared[done - 1][0], found=msgspec.to_builtins(found))
    return found, done


def _compared(stored: StoredArticle | None, outcome: Outcome) -> Compared:
    if stored is None or isinstance(outcome, str):
        return Compared(stored=stored, reason=str(outcome))
    return Compared(stored=stored, reread=compare(stored, outcome))


def _is_busy(error: StoreError) -> bool:
    cause = error.__cause__
    return isinstance(cause, OperationalError) and any(word in str(cause.orig).lower() for word in _BUSY)


def announced_of(stored: StoredArticle) -> Announced:
    """Return what was announced of a stored article."""
    return Announced(**msgspec.structs.asdict(stored.announced))


def pages_of(stored: StoredArticle, archive: Archive, hints: SourceHints) -> list[Page] | str:
    """Return the pages of an article's current version as they were archived, or why that cannot be."""
    pages = []
    for part in stored.parts:
        if part.location is None:
            return "its bytes were not kept"
        try:
            kept = archive.read(part.location)
        except ArchiveDamaged:
            return "its bytes are missing or damaged in the archive"
        page = Page(
            url=part.url,
            content=kept.body,
            fetched_at=part.fetched_at,
            content_type=part.content_type,
            source_id=stored.source_id,
            hints=hints,
        )
        pages.append(page)
    return pages


def rules_mark(catalogue: Catalogue) -> str:
    """Return a digest of all that a reading depends on: the rules, the steps, and what the catalogue knows of layouts."""
    found = hashlib.sha256(f"{EXTRACTOR_VERSION} {ANNOTATOR_VERSION}".encode())
    room = Path(pipeline.__file__).parent
    for path in sorted(path for path in room.rglob("*") if path.suffix in (".toml", ".py")):
        found.update(path.relative_to(room).as_posix().encode() + path.read_bytes())
    hints: dict[str, Any] = {source.id: source.hints for source in catalogue.sources}
    found.update(msgspec.json.encode(hints, order="sorted"))
    return found.hexdigest()[:16]
