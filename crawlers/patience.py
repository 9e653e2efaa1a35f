"""When to come back: intervals, back-off, Retry-After, and the ladder of re-checks."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
# An outlet edits an article most in its first hours, seldom after a week.
_LADDER = (timedelta(hours=1), timedelta(hours=6), _DAY, _WEEK, timedelta(days=30))


def next_poll(now: datetime, interval_s: int, failures: int, retry_after: str | None = None) -> datetime:
    """Return when to poll again: after the interval, doubled with each failure in a row up to a day, never before Retry-After."""
    wait: timedelta = min(
        timedelta(seconds=interval_s) * 2 ** min(failures, 16), max(_DAY, timedelta(seconds=interval_s))
    )
    return max(now + wait, _asked(now, retry_after))


def next_attempt(now: datetime, attempts: int, retry_after: str | None = None) -> datetime:
    """Return when to try a failed address again: 5 minutes, doubled with each attempt up to a day, never before Retry-After."""
    wait: timedelta = min(timedelta(minutes=5) * 2 ** min(attempts, 16), _DAY)
    return max(now + wait, _asked(now, retry_after))


def next_check(now: datetime, checks: int) -> datetime | None:
    """Return when to look at a read article again after `checks` looks, `None` when it was looked at often enough."""
    return now + _LADDER[checks] if checks < len(_LADDER) else None


def _asked(now: datetime, retry_after: str | None) -> datetime:
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        return now + min(timedelta(seconds=int(text[:9])), _WEEK)
    try:
        when = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return now
    return min(when if when.tzinfo else when.replace(tzinfo=UTC), now + _WEEK)
