"""Refuse a request to a host that is not public, before it is queued."""

from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request

from crawlers.domain import host_of
from crawlers.guard import RefusedAddressError, check_host


class RefusedRequest(IgnoreRequest):  # type: ignore[misc] # Scrapy's classes are Any to the checker
    """A request that must not be made; the message says why."""


class GuardMiddleware:
    """Downloader middleware: the first door of the address guard."""

    def __init__(self, hosts: dict[str, str]) -> None:
        self._hosts = hosts

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one from the crawl's settings."""
        return cls(dict(crawler.settings.getdict("PANTAU_HOSTS")))

    def process_request(self, request: Request, **_: Any) -> None:
        """Let a public host through.

        Raises:
            RefusedRequest: the host is none.
        """
        try:
            check_host(host_of(request.url), self._hosts)
        except RefusedAddressError as error:
            raise RefusedRequest(str(error)) from error
