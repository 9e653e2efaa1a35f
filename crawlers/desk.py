"""What a crawl has at hand: settings, clock, catalogue, writer, archive; and how an answer becomes a stored one."""

import hashlib
from datetime import datetime
from typing import Protocol

import msgspec
from scrapy.http import Response

from crawlers.catalogue import Catalogue
from crawlers.limits import CrawlSettings
from crawlers.writer import Writer
from db.archive import Archive, ArchivedResponse
from db.records import Answer


class Clock(Protocol):
    """Anything that tells the time."""

    def now(self) -> datetime:
        """Return the present, aware."""
        ...


class Desk:
    """The tools of one crawl."""

    def __init__(
        self, *, settings: CrawlSettings, clock: Clock, catalogue: Catalogue, writer: Writer, archive: Archive
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.catalogue = catalogue
        self.writer = writer
        self.archive = archive

    def answer_of(self, source_id: str, url: str, response: Response) -> Answer:
        """Return an answer's row, without a place in the archive yet."""
        return Answer(
            source_id=source_id,
            url=url,
            final_url=response.url,
            fetched_at=self.clock.now(),
            status=response.status,
            content_type=header(response, "Content-Type"),
            etag=header(response, "ETag"),
            last_modified=header(response, "Last-Modified"),
            byte_count=len(response.body),
            sha256=hashlib.sha256(response.body).hexdigest(),
        )

    async def keep(self, answer: Answer, response: Response) -> Answer:
        """Archive an answer's bytes; the row that this returns points at them."""
        headers = tuple((_latin(k), _latin(v)) for k, values in response.headers.items() for v in values)
        record = ArchivedResponse(
            url=response.url, fetched_at=answer.fetched_at, status=response.status, headers=headers, body=response.body
        )
        location = await self.writer.call(self.archive.append, record)
        return msgspec.structs.replace(answer, location=location)


def header(response: Response, name: str) -> str | None:
    """Return a header's value, `None` when it is not there."""
    value = response.headers.get(name)
    return _latin(value) if value else None


def _latin(value: bytes) -> str:
    return value.decode("latin-1").strip()
