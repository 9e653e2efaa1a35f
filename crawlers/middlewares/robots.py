"""Obey robots.txt (RFC 9309): kept in rows for a day, asked inside the domain's own slot, closed while a server fails."""

import asyncio
from datetime import timedelta
from typing import Any, Self
from urllib.parse import urljoin, urlsplit
from weakref import WeakValueDictionary

from protego import Protego
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request

from crawlers.desk import Desk, header
from crawlers.middlewares.guard import RefusedRequest
from db.outcomes import get_robots, put_robots

# RFC 9309 §2.4: not longer than a day; §2.5: at least 500 KiB are read; §2.3.1.2: at least five redirects are followed.
_LIFETIME = timedelta(hours=24)
_MAX_BYTES = 500 << 10
_MAX_HOPS = 5
# While a server fails it is closed to us, and asked again before the day is over.
_LIFETIME_CLOSED = timedelta(hours=1)
_LONGEST_CRAWL_DELAY_S = 120.0
# The note tells our own closing from a file that says the same.
_OPEN, _CLOSED = "", "User-agent: *\nDisallow: /\n# closed while its server fails"


class RobotsClosed(RefusedRequest):
    """robots.txt closes this address to us, or cannot be read while its server fails."""


class RobotsMiddleware:
    """Downloader middleware: asks robots.txt once a day an origin."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        # A lock lives as long as somebody waits for it.
        self._asking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one; the desk comes with the spider."""
        return cls(crawler)

    async def process_request(self, request: Request, **_: Any) -> None:
        """Let through what robots.txt allows.

        Raises:
            RobotsClosed: it does not.
        """
        if request.meta.get("is_robots"):
            return
        desk: Desk = self._crawler.spider.desk
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        lock = self._asking.setdefault(origin, asyncio.Lock())
        async with lock:
            body, closed_by = await self._rules(desk, origin, request)
        rules = Protego.parse(body)
        if not rules.can_fetch(request.url, desk.settings.robots_name):
            raise RobotsClosed(closed_by or "robots.txt closes this address")
        self._respect_delay(request, rules.crawl_delay(desk.settings.robots_name), desk.settings.delay_s)

    async def _rules(self, desk: Desk, origin: str, request: Request) -> tuple[str, str | None]:
        now = desk.clock.now()
        row = await desk.writer.write(get_robots, origin)
        if row is None or row.expires_at <= now:
            status, body = await self._ask(f"{origin}/robots.txt", request)
            closed = body == _CLOSED
            lifetime = _LIFETIME_CLOSED if closed else _LIFETIME
            await desk.writer.write(
                put_robots, origin, fetched_at=now, expires_at=now + lifetime, status=status, body=body
            )
        else:
            status, body = row.status, row.body
        failing = body == _CLOSED and (status is None or status >= 429)
        return body, f"robots.txt answers {status or 'nothing'}: closed until it can be read" if failing else None

    async def _ask(self, url: str, request: Request) -> tuple[int | None, str]:
        for _ in range(_MAX_HOPS + 1):
            ask = Request(
                url, meta={"is_robots": True, "download_slot": request.meta.get("download_slot")}, dont_filter=True
            )
            try:
                response = await self._crawler.engine.download_async(ask)
            except (IgnoreRequest, OSError, Exception):  # noqa: BLE001 - whatever keeps the file from us closes the site
                return None, _CLOSED
            location = header(response, "Location")
            if response.status not in (301, 302, 303, 307, 308) or not location:
                return response.status, _body_of(response.status, response.body)
            url = urljoin(url, location)
        return 310, _OPEN

    def _respect_delay(self, request: Request, asked: float | None, own: float) -> None:
        slot = self._crawler.engine.downloader.slots.get(request.meta.get("download_slot"))
        if slot is not None:
            slot.delay = max(own, min(float(asked or 0), _LONGEST_CRAWL_DELAY_S))


def _body_of(status: int, body: bytes) -> str:
    if status >= 500 or status == 429:
        return _CLOSED
    if status >= 400:
        return _OPEN
    return body[:_MAX_BYTES].decode("utf-8", "replace").replace("\x00", "")
