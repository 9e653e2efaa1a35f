"""A feed's bytes to what it announces."""

import calendar
import io
import re
from datetime import UTC, datetime
from typing import Any

import feedparser

from pipeline.records import Announced

_MAX_TEXT = 4_000
# What no database keeps: one such character in one title would cost the whole feed.
_NUMBERED = re.compile(rb"&#(x[0-9a-f]{1,8}|[0-9]{1,8});", re.IGNORECASE)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class NotAFeedError(ValueError):
    """The answer holds no feed: it may be a wall, or the address may have moved."""


def read_feed(content: bytes, content_type: str | None, *, limit: int) -> list[Announced]:
    """Return at most `limit` items in their order; one broken item never costs the others.

    Raises:
        NotAFeedError: there is neither an item nor a feed's frame in it.
    """
    headers = {"content-type": content_type} if content_type else {}
    # A stream, never a string: feedparser would take a string for an address and fetch it.
    parsed = feedparser.parse(
        io.BytesIO(_NUMBERED.sub(_possible, content)),
        response_headers=headers,
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    items = [item for entry in parsed.entries[:limit] if (item := _announced(entry))]
    if not items and not parsed.get("version"):
        raise NotAFeedError("the answer is no feed; look at the address, it may have moved or show a wall")
    return items


def _possible(match: re.Match[bytes]) -> bytes:
    """Return a numbered character as it is written, a space for one that cannot be: the parser gives a whole feed up for it."""
    digits = match.group(1).lower()
    number = int(digits[1:], 16) if digits.startswith(b"x") else int(digits)
    is_possible = 0 < number < 0xD800 or 0xDFFF < number <= 0x10FFFF
    return match.group(0) if is_possible else b" "


def _announced(entry: Any) -> Announced | None:
    link = entry.get("link") or (entry.get("id") if str(entry.get("id", "")).startswith("http") else None)
    if not link:
        return None
    return Announced(
        url=_UNSTORABLE.sub("", str(link)),
        headline=_text(entry.get("title")),
        description=_text(entry.get("summary")),
        date_published=_moment(entry.get("published_parsed") or entry.get("updated_parsed")),
        tags=tuple(term for tag in entry.get("tags", [])[:50] if (term := (_text(tag.get("term")) or "")[:200])),
    )


def _text(value: Any) -> str | None:
    text = " ".join(_UNSTORABLE.sub(" ", str(value or "")).split())[:_MAX_TEXT]
    return text or None


def _moment(value: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(calendar.timegm(value), UTC) if value else None
    except (ValueError, OverflowError, TypeError):
        return None
