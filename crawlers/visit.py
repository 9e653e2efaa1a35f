"""One page of the web, now: for a person who asks about one address. The manners are the crawler's own."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.http import Request, Response

from crawlers.address import resolve
from crawlers.catalogue import Catalogue
from crawlers.desk import Clock, Desk, header
from crawlers.domain import domain_of
from crawlers.engine import run_in_loop
from crawlers.guard import GuardedResolver
from crawlers.limits import CrawlSettings
from crawlers.polls import REDIRECTS
from crawlers.settings import scrapy_settings
from crawlers.spiders.watch import reason_of
from crawlers.writer import Writer
from db.archive import Archive
from db.engine import open_engine
from db.upgrade import upgrade
from pipeline.records import Page


class VisitError(ValueError):
    """The page cannot be had: the message says why."""


def visit(url: str, settings: CrawlSettings, clock: Clock) -> Page:
    """Fetch one page, obeying robots.txt and the address guard, following redirects.

    Raises:
        VisitError: it is no web address, may not be fetched, or does not answer with a page.
    """
    address = resolve(url, "")
    if address is None:
        raise VisitError(f"{url} is no http(s) address; write it in full")
    with tempfile.TemporaryDirectory(prefix="pantau-visit-") as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'visit.db'}")
        upgrade(engine)
        writer = Writer(engine)
        archive = Archive(Path(folder))
        desk = Desk(settings=settings, clock=clock, catalogue=Catalogue(sources=()), writer=writer, archive=archive)
        try:
            return run_in_loop(lambda: _fetch(desk, address))
        finally:
            writer.close()
            engine.dispose()


class VisitSpider(scrapy.Spider):  # type: ignore[misc] # Scrapy's classes are Any to the checker
    """Fetches one address; what came of it is set on `outcome`."""

    name = "visit"

    def __init__(self, desk: Desk, url: str, outcome: "asyncio.Future[Page]", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.desk = desk
        self._url = url
        self._outcome = outcome

    async def start(self) -> AsyncIterator[Any]:
        """Ask for the address."""
        yield self._request(self._url, 0)

    async def answered(self, response: Response, hops: int) -> AsyncIterator[Any]:
        """Follow a redirect, or note what came."""
        location = resolve(response.url, header(response, "Location") or "")
        if response.status in REDIRECTS and location and hops < self.desk.settings.max_redirects:
            yield self._request(location, hops + 1)
        elif response.status == 200:
            self._outcome.set_result(_page_of(response, self.desk.clock))
        else:
            self._outcome.set_exception(VisitError(f"{response.url} answers {response.status}; look at the address"))

    def failed(self, failure: Any) -> None:
        """Note why there is no answer."""
        self._outcome.set_exception(VisitError(f"{failure.request.url} cannot be had: {reason_of(failure.value)}"))

    def _request(self, url: str, hops: int) -> Request:
        return Request(
            url,
            callback=self.answered,
            errback=self.failed,
            cb_kwargs={"hops": hops},
            meta={"download_slot": domain_of(url), "handle_httpstatus_all": True},
            dont_filter=True,
        )


async def _fetch(desk: Desk, url: str) -> Page:
    from twisted.internet import reactor  # noqa: PLC0415 - only when the loop runs

    reactor.installNameResolver(GuardedResolver(reactor.nameResolver, desk.settings.hosts))
    outcome: asyncio.Future[Page] = asyncio.get_running_loop().create_future()
    runner = AsyncCrawlerRunner(scrapy_settings(desk.settings))
    await runner.crawl(runner.create_crawler(VisitSpider), desk=desk, url=url, outcome=outcome)
    return await outcome


def _page_of(response: Response, clock: Clock) -> Page:
    return Page(
        url=response.url,
        content=response.body,
        content_type=header(response, "Content-Type"),
        fetched_at=clock.now(),
    )
