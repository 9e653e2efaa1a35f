"""What the rest of Pantau sees of the crawler: start, feed, stop; and the loop that all of it runs in."""

import asyncio
import logging
import os
import socket
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any, TypeVar

from scrapy import signals
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.utils.reactor import install_reactor

from crawlers.desk import Desk
from crawlers.guard import GuardedResolver
from crawlers.settings import scrapy_settings
from crawlers.spiders.watch import WatchSpider
from db.lease import hand_back, take_addresses, take_endpoints
from db.records import DueAddress, DueEndpoint

log = logging.getLogger(__name__)
T = TypeVar("T")

_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
_LEASE = timedelta(minutes=10)
_STOP_S = 5.0


def run_in_loop(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine to its end in the loop that Scrapy's reactor shares, and return what it returns."""
    install_reactor(_REACTOR)
    from twisted.internet import reactor  # noqa: PLC0415 - importing it installs one, so ours must be there first

    outcome: asyncio.Future[T] | None = None

    def begin() -> None:
        nonlocal outcome
        outcome = asyncio.ensure_future(main())
        outcome.add_done_callback(lambda _: reactor.stop())

    reactor.callWhenRunning(begin)
    # Signals are the schedule's: the reactor would stop at once and leave leases behind.
    reactor.run(installSignalHandlers=False)
    assert outcome is not None
    return outcome.result()


class CrawlEngine:
    """The one crawler of a process. At most one request a registrable domain is under way; the rest waits in the table."""

    def __init__(self, desk: Desk, on_done: Callable[[], None]) -> None:
        self._desk = desk
        self._on_done = on_done
        self._busy: set[str] = set()
        self._holder = f"{socket.gethostname()}:{os.getpid()}"
        self._crawler: Any = None
        self._crawl: asyncio.Future[Any] | None = None

    @property
    def in_flight(self) -> int:
        """Return how many requests are under way."""
        return len(self._busy)

    async def start(self) -> None:
        """Install the address guard, start the spider, and give back the leases that a dead process left."""
        from twisted.internet import reactor  # noqa: PLC0415 - only when the loop runs

        reactor.installNameResolver(GuardedResolver(reactor.nameResolver, self._desk.settings.hosts))
        await self._desk.writer.write(hand_back)
        runner = AsyncCrawlerRunner(scrapy_settings(self._desk.settings))
        self._crawler = runner.create_crawler(WatchSpider)
        opened = asyncio.Event()

        def on_opened(**_: Any) -> None:
            opened.set()

        self._crawler.signals.connect(on_opened, signal=signals.spider_opened)
        self._crawl = asyncio.ensure_future(runner.crawl(self._crawler, desk=self._desk, done=self._finish))
        await opened.wait()

    async def feed(self) -> int:
        """Hand out what is due, as far as there is room; return how many requests were begun."""
        room = self._desk.settings.concurrency - len(self._busy)
        if room <= 0:
            return 0
        due = await self._take(room)
        for row in due:
            self._busy.add(row.registrable_domain)
            self._crawler.engine.crawl(self._crawler.spider.request_for(row))
        return len(due)

    async def stop(self) -> None:
        """Wait a moment for what is under way, then hand the rest back."""
        deadline = asyncio.get_running_loop().time() + _STOP_S
        while self._busy and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110 - a wait that ends, once in a run
            await asyncio.sleep(0.05)
        await self._desk.writer.write(hand_back, self._holder)
        if self._crawler is not None and self._crawl is not None:
            stopping = asyncio.ensure_future(self._crawler.stop_async())
            await asyncio.wait({stopping, self._crawl}, timeout=_STOP_S / 2)

    async def _take(self, room: int) -> list[DueEndpoint | DueAddress]:
        now, write = self._desk.clock.now(), self._desk.writer.write
        busy = tuple(self._busy)
        polls = await write(
            take_endpoints, now=now, limit=room, holder=self._holder, lease=_LEASE, exclude_domains=busy
        )
        if len(polls) >= room:
            return [*polls]
        busy += tuple(row.registrable_domain for row in polls)
        room -= len(polls)
        fetches = await write(
            take_addresses, now=now, limit=room, holder=self._holder, lease=_LEASE, exclude_domains=busy
        )
        return [*polls, *fetches]

    def _finish(self, domain: str) -> None:
        self._busy.discard(domain)
        self._on_done()
