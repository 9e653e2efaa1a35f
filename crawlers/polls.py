"""What came of a poll: an endpoint's answer to addresses and an outcome."""

from datetime import datetime
from urllib.parse import urljoin

import msgspec
from scrapy.http import Response

from crawlers.address import read_address, resolve, same_site
from crawlers.catalogue import Source
from crawlers.desk import Desk, header
from crawlers.domain import domain_of
from crawlers.gate import lets_through
from crawlers.patience import next_poll
from crawlers.spiders.feed import NotAFeedError, read_feed
from crawlers.spiders.listing import NoLinksError, read_listing
from crawlers.spiders.sitemap import NotASitemapError, read_sitemap
from db.outcomes import finish_poll
from db.records import Answer, DueEndpoint, Found
from pipeline.records import Announced

REDIRECTS = (301, 302, 303, 307, 308)
_REFUSALS = (401, 402, 403, 407, 451)


async def poll_answered(desk: Desk, due: DueEndpoint, started_at: datetime, response: Response) -> None:
    """Store what an endpoint answered."""
    source = desk.catalogue.get(due.source_id)
    if source is None:
        await poll_failed(desk, due, started_at, "failed", "its source has left the catalogue")
    elif response.status == 304:
        await _settle(desk, due, started_at, "not_modified")
    elif response.status != 200:
        await _refused_or_failed(desk, due, started_at, response)
    else:
        await _read(desk, due, source, started_at, response)


async def poll_failed(
    desk: Desk,
    due: DueEndpoint,
    started_at: datetime,
    outcome: str,
    reason: str,
    retry_after: str | None = None,
    answer: Answer | None = None,
    *,
    robots: str = "allowed",
) -> None:
    """Store that an endpoint could not be polled, and why; it is tried again later and later."""
    now = desk.clock.now()
    answer = answer or Answer(source_id=due.source_id, url=due.url, fetched_at=now, robots=robots)
    await desk.writer.write(
        finish_poll,
        due,
        started_at=started_at,
        finished_at=now,
        outcome=outcome,
        next_poll_at=next_poll(now, due.interval_s, due.failures + 1, retry_after),
        answer=msgspec.structs.replace(answer, error=reason),
        reason=reason,
    )


async def _read(desk: Desk, due: DueEndpoint, source: Source, started_at: datetime, response: Response) -> None:
    answer = desk.answer_of(due.source_id, due.url, response)
    if answer.sha256 == due.last_body_sha256:
        await _settle(desk, due, started_at, "quiet")
        return
    try:
        found = found_in(due.kind, response, source, limit=desk.settings.max_items)
    except (NotAFeedError, NotASitemapError, NoLinksError) as error:
        await poll_failed(desk, due, started_at, "failed", str(error), answer=answer)
        return
    await _settle(desk, due, started_at, "new", await desk.keep(answer, response), found)


def found_in(kind: str, response: Response, source: Source, *, limit: int) -> list[Found]:
    """Return the addresses of a source's own site that an endpoint announces, each once."""
    announced = _announced(kind, response, source, limit)
    found = [item for entry in announced if (item := as_found(entry, response.url, source)) is not None]
    return list({item.url: item for item in reversed(found)}.values())[::-1]


def as_found(entry: Announced, base: str, source: Source) -> Found | None:
    """Return an announced item as an address to fetch, `None` when it leads elsewhere."""
    url = resolve(base, entry.url)
    if url is None or not same_site(url, source.domains):
        return None
    address = read_address(url, source.hints)
    told = (entry.headline, entry.description, *entry.tags)
    return Found(
        url=url,
        registrable_domain=domain_of(url),
        site_key=address.site_key,
        headline=entry.headline,
        description=entry.description,
        date_published=entry.date_published,
        tags=entry.tags,
        matching=source.scope == "all" or lets_through(*told),
    )


def _announced(kind: str, response: Response, source: Source, limit: int) -> list[Announced]:
    if kind == "feed":
        return read_feed(response.body, header(response, "Content-Type"), limit=limit)
    if kind == "news_sitemap":
        items, more = read_sitemap(response.body, limit=limit)
        if more:
            raise NotASitemapError("the sitemap is an index; list the news sitemaps that it names in the catalogue")
        return items
    if kind == "document":
        return []
    return read_listing(response.body, response.url, source.hints, limit=limit)


async def _refused_or_failed(desk: Desk, due: DueEndpoint, started_at: datetime, response: Response) -> None:
    outcome = "refused" if response.status in _REFUSALS else "failed"
    location = header(response, "Location")
    reason = f"the server answers {response.status}"
    if response.status in REDIRECTS and location:
        reason = f"it has moved to {urljoin(response.url, location)[:300]}"
    answer = desk.answer_of(due.source_id, due.url, response)
    await poll_failed(desk, due, started_at, outcome, reason, header(response, "Retry-After"), answer)


async def _settle(
    desk: Desk,
    due: DueEndpoint,
    started_at: datetime,
    outcome: str,
    answer: Answer | None = None,
    found: list[Found] | None = None,
) -> None:
    now = desk.clock.now()
    await desk.writer.write(
        finish_poll,
        due,
        started_at=started_at,
        finished_at=now,
        outcome=outcome,
        next_poll_at=next_poll(now, due.interval_s, 0),
        answer=answer,
        found=found or (),
    )
