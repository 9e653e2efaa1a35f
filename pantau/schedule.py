"""The scheduled crawler: due times lie in the tables, APScheduler holds a handful of fixed jobs in memory.

One process hands out work, by a lock that the system frees when it dies. SIGTERM and SIGINT finish or hand back what is under way.
"""

import asyncio
import logging
import signal
from contextlib import ExitStack
from datetime import timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import Engine

from crawlers.catalogue import Catalogue
from crawlers.desk import Desk
from crawlers.engine import CrawlEngine, run_in_loop
from crawlers.writer import Writer
from db.archive import Archive
from db.catalogue import sync_catalogue
from db.downloads import committed_ends
from db.engine import reading, writing
from db.lease import is_idle
from db.lock import dispatcher
from db.upkeep import due_at_once, refuse_strange_archive, tidy
from pantau.clock import Clock
from pantau.config import Settings, model_key
from pantau.model.adviser import Adviser
from pantau.reader import Reader

log = logging.getLogger(__name__)
_TIDY_EVERY_H = 24


class Service:
    """One run of the crawler: what it works with, and its loop."""

    def __init__(self, settings: Settings, clock: Clock, engine: Engine, catalogue: Catalogue) -> None:
        self._settings = settings
        self._clock = clock
        self._engine = engine
        self._catalogue = catalogue
        self._wake = asyncio.Event()
        self._stopping = False
        self._untidy = True

    def run(self, *, until_idle: bool = False, for_s: float | None = None, only: tuple[str, ...] | None = None) -> None:
        """Work until a signal, until nothing is due (`until_idle`), or for so many seconds.

        `only` names sources to poll now, whatever their schedule says; an empty tuple means all.

        Raises:
            DispatcherBusy: another run works on this store.
            ArchiveError: the archive may not be written.
        """
        archive = Archive(self._settings.archive_folder)
        with ExitStack() as stack:
            stack.enter_context(dispatcher(self._engine))
            self._prepare(archive, only)
            stack.callback(archive.close)
            run_in_loop(lambda: self._work(archive, until_idle=until_idle, for_s=for_s))

    def _prepare(self, archive: Archive, only: tuple[str, ...] | None) -> None:
        with reading(self._engine) as conn:
            refuse_strange_archive(conn, archive)
            cuts = archive.recover(committed_ends(conn))
        for cut in cuts:
            log.warning("cut %s bytes from %s that no row knew", cut.byte_count, cut.file)
        with writing(self._engine) as conn:
            sync_catalogue(conn, *self._catalogue.rows(), self._clock.now())
            if only is not None:
                due_at_once(conn, only, self._clock.now())

    async def _work(self, archive: Archive, *, until_idle: bool, for_s: float | None) -> None:
        writer = Writer(self._engine)
        desk = Desk(
            settings=self._settings.crawl, clock=self._clock, catalogue=self._catalogue, writer=writer, archive=archive
        )
        crawler = CrawlEngine(desk, self._wake.set)
        model = self._settings.model
        adviser = Adviser(model, model_key(), desk) if model.is_on else None
        reader = Reader(desk, self._settings.read, self._wake.set, adviser)
        scheduler = self._scheduler(for_s)
        self._listen()
        await crawler.start()
        scheduler.start()
        try:
            await self._serve(crawler, reader, writer, archive, until_idle=until_idle)
        finally:
            scheduler.shutdown(wait=False)
            await asyncio.gather(reader.stop(), crawler.stop())
            writer.close()

    async def _serve(
        self, crawler: CrawlEngine, reader: Reader, writer: Writer, archive: Archive, *, until_idle: bool
    ) -> None:
        while not self._stopping:
            self._wake.clear()
            if self._untidy:
                if crawler.in_flight or reader.in_flight:
                    # Nothing new is begun until what is under way is done: then no record waits for its row, and no page is being read.
                    await self._wake.wait()
                    continue
                await self._tidy(writer, archive)
            begun = await crawler.feed() + await reader.feed()
            busy = begun or crawler.in_flight or reader.in_flight
            if until_idle and not busy and await writer.write(is_idle, self._clock.now()):
                return
            await self._wake.wait()

    async def _tidy(self, writer: Writer, archive: Archive) -> None:
        self._untidy = False
        await writer.call(archive.close)
        steps = tidy(self._engine, archive, self._clock.now())
        while not self._stopping and (step := await writer.call(next, steps, None)):
            if step.trouble:
                log.warning("%s", step.trouble)
            else:
                log.info(
                    "let go of %s: %s pages, %s texts, %s bytes", step.about, step.pages, step.articles, step.byte_count
                )

    def _scheduler(self, for_s: float | None) -> AsyncIOScheduler:
        """Return the fixed jobs: look for due rows; tidy once a day; end after the time that was asked for."""
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": self._settings.schedule.misfire_grace_s}
        scheduler = AsyncIOScheduler(job_defaults=defaults)
        scheduler.add_job(self._look, "interval", seconds=self._settings.schedule.tick_s, id="dispatch")
        scheduler.add_job(self._want_tidy, "interval", hours=_TIDY_EVERY_H, id="tidy")
        if for_s is not None:
            scheduler.add_job(self._stop, "interval", seconds=max(for_s, 0.01), id="end")
        return scheduler

    async def _look(self) -> None:
        self._wake.set()

    async def _want_tidy(self) -> None:
        self._untidy = True
        self._wake.set()

    async def _stop(self) -> None:
        self._end()

    def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._end)

    def _end(self) -> None:
        self._stopping = True
        self._wake.set()


def seconds(text: str) -> float:
    """Return the seconds of "60s", "5m", "2h" or "60".

    Raises:
        ValueError: it is none of these.
    """
    units = {"s": 1, "m": 60, "h": 3600, "d": 86400}
    number, unit = (text[:-1], text[-1]) if text and text[-1] in units else (text, "s")
    try:
        found = timedelta(seconds=float(number) * units[unit]).total_seconds()
    except OverflowError as error:
        raise ValueError(text) from error
    if not found > 0:
        raise ValueError(text)
    return found
