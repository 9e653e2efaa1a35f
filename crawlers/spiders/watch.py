"""The one long-lived spider: it is fed from due rows and hands every answer to the desk."""

import logging
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any

import scrapy
from scrapy import signals
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Request, Response

from crawlers.desk import Desk
from crawlers.fetches import fetch_answered, fetch_failed, fetch_postponed, fetch_refused
from crawlers.middlewares.guard import RefusedRequest
from crawlers.middlewares.robots import RobotsClosed
from crawlers.polls import poll_answered, poll_failed
from db.errors import ArchiveError, StoreError
from db.records import DueAddress, DueEndpoint

log = logging.getLogger(__name__)
_ANY_STATUS = {"handle_httpstatus_all": True}


class WatchSpider(scrapy.Spider):  # type: ignore[misc] # Scrapy's classes are Any to the checker
    """Polls endpoints and fetches addresses as they fall due; never idle for good."""

    name = "watch"

    def __init__(self, desk: Desk, done: Callable[[str], None], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.desk = desk
        self._done = done

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, **kwargs: Any) -> "WatchSpider":
        """Make the spider and keep it open while it waits for due rows."""
        spider: WatchSpider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.stay, signal=signals.spider_idle)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Start with nothing: work comes from the table."""
        nothing: tuple[Any, ...] = ()
        for request in nothing:
            yield request

    def stay(self) -> None:
        """Keep the spider open when it has nothing to do.

        Raises:
            DontCloseSpider: always; that is how Scrapy is told.
        """
        raise DontCloseSpider

    def request_for(self, due: DueEndpoint | DueAddress) -> Request:
        """Return the request for a due row, conditional where the row has validators."""
        conditional = isinstance(due, DueAddress) or due.polls_since_full < self.desk.settings.unconditional_every
        return Request(
            due.url,
            callback=self.answered,
            errback=self.failed,
            headers=_validators(due) if conditional else {},
            meta={"download_slot": due.registrable_domain, **_ANY_STATUS},
            cb_kwargs={"due": due, "started_at": self.desk.clock.now()},
            dont_filter=True,
        )

    async def answered(self, response: Response, due: DueEndpoint | DueAddress, started_at: datetime) -> None:
        """Store an answer."""
        try:
            if isinstance(due, DueEndpoint):
                await poll_answered(self.desk, due, started_at, response)
            else:
                await fetch_answered(self.desk, due, response)
        except ArchiveError as error:
            await self._postpone(due, started_at, str(error))
        except StoreError:
            raise
        except Exception as error:
            log.exception("%s cannot be dealt with", due.url)
            await self._give_up(due, started_at, f"its answer cannot be dealt with: {type(error).__name__}")
        finally:
            self._done(due.registrable_domain)

    async def _give_up(self, due: DueEndpoint | DueAddress, started_at: datetime, reason: str) -> None:
        """Count a failure: whatever a site answers, its visit ends in a row."""
        if isinstance(due, DueEndpoint):
            await poll_failed(self.desk, due, started_at, "failed", reason)
        else:
            await fetch_failed(self.desk, due, reason)

    async def _postpone(self, due: DueEndpoint | DueAddress, started_at: datetime, reason: str) -> None:
        """Give work back for later: the archive cannot be written, and that is not the site's fault."""
        log.error("%s", reason)
        if isinstance(due, DueEndpoint):
            await poll_failed(self.desk, due, started_at, "failed", reason)
        else:
            await fetch_postponed(self.desk, due, reason)

    async def failed(self, failure: Any) -> None:
        """Store that there was no answer, and why."""
        due, started_at = failure.request.cb_kwargs["due"], failure.request.cb_kwargs["started_at"]
        reason = reason_of(failure.value)
        is_refused = isinstance(failure.value, RefusedRequest)
        robots = _robots(failure.value)
        try:
            if isinstance(due, DueEndpoint):
                outcome = "refused" if is_refused else "failed"
                await poll_failed(self.desk, due, started_at, outcome, reason, robots=robots)
            elif is_refused:
                await fetch_refused(self.desk, due, reason, robots=robots)
            else:
                await fetch_failed(self.desk, due, reason)
        finally:
            self._done(due.registrable_domain)


def _robots(error: BaseException) -> str:
    """Return what is known of robots.txt when a request ended in an error."""
    if isinstance(error, RobotsClosed):
        return "disallowed"
    return "unknown" if isinstance(error, RefusedRequest) else "allowed"


def _validators(due: DueEndpoint | DueAddress) -> dict[str, str]:
    found = {"If-None-Match": due.etag, "If-Modified-Since": due.last_modified}
    return {name: value for name, value in found.items() if value}


def reason_of(error: BaseException) -> str:
    """Return why there was no answer, as one line."""
    text = " ".join(str(error).split())
    return (text if isinstance(error, RefusedRequest) else f"{type(error).__name__}: {text}")[:400]
