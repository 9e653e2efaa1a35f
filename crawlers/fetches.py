"""What came of fetching an address: kept, unchanged, moved, gone, refused, or to be tried again."""

import msgspec
from scrapy.http import Response

from crawlers.address import read_address, resolve, same_site
from crawlers.desk import Desk, header
from crawlers.domain import domain_of, host_of
from crawlers.guard import RefusedAddressError, check_host
from crawlers.optout import opted_out
from crawlers.patience import next_attempt, next_check
from crawlers.polls import REDIRECTS
from db.outcomes import finish_fetch, finish_unchanged, is_known_body, postpone_fetch
from db.records import Answer, DueAddress, Found

_GONE = (404, 410)
_REFUSALS = (401, 402, 403, 407, 451)


async def fetch_answered(desk: Desk, due: DueAddress, response: Response) -> None:
    """Store what an address answered."""
    answer = desk.answer_of(due.source_id, due.url, response)
    if response.status == 304:
        await _unchanged(desk, due)
    elif response.status in REDIRECTS:
        await _redirected(desk, due, answer, header(response, "Location"))
    elif response.status in _GONE:
        reason = f"the server answers {response.status}"
        await desk.writer.write(
            finish_fetch, due, msgspec.structs.replace(answer, error=reason), state="gone", reason=reason
        )
    elif response.status in _REFUSALS:
        await fetch_refused(desk, due, f"the server answers {response.status}", answer)
    elif response.status == 200:
        await _fetched(desk, due, answer, response)
    else:
        await fetch_failed(desk, due, f"the server answers {response.status}", answer, header(response, "Retry-After"))


async def fetch_refused(
    desk: Desk, due: DueAddress, reason: str, answer: Answer | None = None, *, robots: str = "allowed"
) -> None:
    """Store that an address may not be fetched; what was announced of it is still read."""
    found = answer or Answer(source_id=due.source_id, url=due.url, fetched_at=desk.clock.now(), robots=robots)
    state = "fetched" if due.headline_hint and due.article_id is None else "refused"
    await desk.writer.write(finish_fetch, due, msgspec.structs.replace(found, error=reason), state=state, reason=reason)


async def fetch_failed(
    desk: Desk, due: DueAddress, reason: str, answer: Answer | None = None, retry_after: str | None = None
) -> None:
    """Store that fetching failed; it is tried again, until it has failed too often."""
    now = desk.clock.now()
    found = answer or Answer(source_id=due.source_id, url=due.url, fetched_at=now)
    again = due.attempts + 1 < desk.settings.max_attempts
    state = ("read" if due.article_id else "due") if again else "failed"
    await desk.writer.write(
        finish_fetch,
        due,
        msgspec.structs.replace(found, error=reason),
        state=state,
        next_fetch_at=next_attempt(now, due.attempts, retry_after) if again else None,
        reason=reason,
    )


async def fetch_postponed(desk: Desk, due: DueAddress, reason: str) -> None:
    """Store that an answer could not be kept; the address is fetched again later, however often."""
    await desk.writer.write(postpone_fetch, due, next_fetch_at=next_attempt(desk.clock.now(), 0), reason=reason)


async def _fetched(desk: Desk, due: DueAddress, answer: Answer, response: Response) -> None:
    tags = [value.decode("latin-1") for value in response.headers.getlist("X-Robots-Tag")]
    if reason := opted_out(tags, header(response, "TDM-Reservation"), desk.settings.robots_name):
        await fetch_refused(desk, due, reason, msgspec.structs.replace(answer, robots="disallowed"))
        return
    if answer.sha256 and due.article_id and await desk.writer.write(is_known_body, due, answer.sha256):
        await _unchanged(desk, due)
        return
    await desk.writer.write(finish_fetch, due, await desk.keep(answer, response), state="fetched")


async def _unchanged(desk: Desk, due: DueAddress) -> None:
    await desk.writer.write(finish_unchanged, due, next_fetch_at=next_check(desk.clock.now(), due.checks))


async def _redirected(desk: Desk, due: DueAddress, answer: Answer, location: str | None) -> None:
    target = resolve(due.url, location or "")
    problem = _problem(desk, due, target)
    if problem or target is None:
        await desk.writer.write(
            finish_fetch, due, msgspec.structs.replace(answer, error=problem), state="failed", reason=problem
        )
        return
    source = desk.catalogue.get(due.source_id)
    key = read_address(target, source.hints).site_key if source else due.site_key
    found = Found(url=target, registrable_domain=domain_of(target), site_key=key, hops=due.hops + 1)
    await desk.writer.write(
        finish_fetch, due, answer, state="redirected", redirect_to=found, reason=f"it leads to {target}"[:400]
    )


def _problem(desk: Desk, due: DueAddress, target: str | None) -> str | None:
    source = desk.catalogue.get(due.source_id)
    if target is None or source is None:
        return "it redirects to no web address"
    if target == due.url or due.hops >= desk.settings.max_redirects:
        return "it redirects in a loop"
    try:
        check_host(host_of(target), desk.settings.hosts)
    except RefusedAddressError as error:
        return f"it redirects to an address that is not public: {error}"
    return None if same_site(target, source.domains) else "it redirects to another site"
