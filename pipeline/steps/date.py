"""When an article was published and modified: the page's claims weighed against the line that a reader sees.

A reader's line in WIB, WITA or WIT is trusted over metadata in UTC, since some pages mark local time with Z. The date is trusted over
the weekday. What lies more than a day after `fetched_at` is not believed.
"""

import re
import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import dateparser
import msgspec

from pipeline.records import Precision, SourceHints
from pipeline.steps.decode import tidy
from pipeline.steps.metadata import Metadata

_ZONES = {
    "WIB": 7,
    "WITA": 8,
    "WIT": 9,
    "GMT": 0,
    "UTC": 0,
    "Z": 0,
    "BST": 1,
    "CET": 1,
    "CEST": 2,
    "EST": -5,
    "EDT": -4,
    "ET": -5,
    "CST": -6,
    "CDT": -5,
    "MST": -7,
    "PST": -8,
    "PDT": -7,
    "SGT": 8,
    "MYT": 8,
    "IST": 5.5,
    "JST": 9,
}
_INDONESIAN = ("WIB", "WITA", "WIT")
_TIME = r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?\s*(?P<half>[ap]\.?m\.?)?"
_ZONE = r"(?P<zone>WITA|WIB|WIT|GMT|UTC|BST|CES?T|[ECMP][SD]?T|SGT|MYT|IST|JST|Z)?(?P<offset>[+-]\d{2}:?\d{2})?"
_BETWEEN = r"[\s,|·()–—-]{0,6}(?:at|pukul|jam|um|à|a las|às)?[\s,|(]{0,3}"
_DAY_FIRST = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\.?[\s/.-](?:de\s+)?(?P<month>\d{{1,2}}|[^\W\d_]{{3,11}})\.?,?[\s/.-](?:de\s+)?(?P<year>(?:19|20)\d{{2}})(?:{_BETWEEN}{_TIME}\s*{_ZONE})?",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    rf"(?P<month>[^\W\d_]{{3,9}})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>(?:19|20)\d{{2}})(?:{_BETWEEN}{_TIME}\s*{_ZONE})?",
    re.IGNORECASE,
)
_ISO = re.compile(
    rf"(?<!\d)(?P<year>(?:19|20)\d{{2}})-(?P<month>\d{{2}})-(?P<day>\d{{2}})(?:[T\s]+{_TIME}(?:\.\d+)?\s*{_ZONE})?",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"(?P<n>\d{1,3}|an?|se)\s*(?P<unit>menit|jam|hari|minggu|bulan|minutes?|mins?|hours?|hrs?|days?|weeks?)\s*(?:yang\s+)?(?:lalu|ago)\b",
    re.IGNORECASE,
)
_URL_DAY = re.compile(r"/(?P<year>20\d{2})[/-]?(?P<month>[01]\d)[/-]?(?P<day>[0-3]\d)(?:/|-|\D|$)")
_WEEKDAYS = {
    "senin": 0,
    "selasa": 1,
    "rabu": 2,
    "kamis": 3,
    "jumat": 4,
    "jum'at": 4,
    "sabtu": 5,
    "minggu": 6,
    "ahad": 6,
    "monday": 0,
    "tuesday": 1,
    "wednesday": 2,
    "thursday": 3,
    "friday": 4,
    "saturday": 5,
    "sunday": 6,
}
_UNITS = {
    "menit": 60,
    "min": 60,
    "mins": 60,
    "minute": 60,
    "minutes": 60,
    "jam": 3600,
    "hour": 3600,
    "hours": 3600,
    "hr": 3600,
    "hrs": 3600,
    "hari": 86400,
    "day": 86400,
    "days": 86400,
    "minggu": 604800,
    "week": 604800,
    "weeks": 604800,
    "bulan": 2592000,
}
_PUBLISHED_META = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "content_publisheddate",
    "parsely-pub-date",
    "sailthru.date",
    "publishdate",
    "publish-date",
    "pubdate",
    "dc.date.issued",
    "dcterms.date",
    "dcterms.created",
    "date",
    "dc.date",
    "article.published",
    "cxenseparse:recs:publishtime",
    "originalpublicationdate",
    "release_date",
    "publication_date",
    "article.created",
    "rnews:datepublished",
    "datecreated",
    "bt:pubdate",
    "timestamp",
    "analyticsattributes.articledate",
    "citation_publication_date",
    "shareaholic:article_published_time",
    "article_date_original",
    "displaydate",
    "vr:published_time",
)
_MODIFIED_META = (
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "content_lastupdate",
    "last-modified",
    "dcterms.modified",
    "lastmod",
)
# Loading every language takes seconds.
_GUESSED = ["id", "en", "de", "fr", "es", "pt", "it", "nl", "pl", "ja"]
_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)


class Dates(msgspec.Struct, frozen=True, kw_only=True):
    """Published and modified as ISO 8601 with offset, the published phrase as printed, its precision and zone, and what was odd."""

    published: str | None = None
    raw: str | None = None
    precision: Precision | None = None
    zone: Literal["stated", "assumed"] | None = None
    modified: str | None = None
    notes: tuple[str, ...] = ()


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """A time as read: aware, with its phrase, precision, whether its zone was stated, and which zone word."""

    when: datetime
    raw: str
    precision: Precision
    stated: bool
    zone_name: str | None = None
    notes: tuple[str, ...] = ()


def read(
    root: Any, metadata: Metadata, lines: Sequence[str], hints: SourceHints, fetched_at: datetime, url: str = ""
) -> Dates:
    """Return when the article was published and modified, as far as page, lines and address tell."""
    zone = ZoneInfo(hints.timezone) if hints.timezone else UTC
    claimed = _first(_claims(root, metadata, _PUBLISHED_META, "datePublished"), zone, fetched_at)
    seen = _first([*_hinted(root, hints), *lines, *_marked(root)], zone, fetched_at)
    modified = _first(_claims(root, metadata, _MODIFIED_META, "dateModified"), zone, fetched_at)
    chosen = _weigh(claimed, seen) or _from_url(url, zone)
    if chosen is None:
        return Dates(modified=_iso(modified))
    return Dates(
        published=_iso(chosen),
        raw=chosen.raw,
        precision=chosen.precision,
        zone="stated" if chosen.stated else "assumed",
        modified=_iso(modified),
        notes=chosen.notes,
    )


def parse_moment(text: str, zone: tzinfo, fetched_at: datetime) -> Moment | None:
    """Return the first time that a text states, `None` when it states none that can be."""
    for pattern in (_ISO, _DAY_FIRST, _MONTH_FIRST):
        for match in pattern.finditer(text[:400]):
            found = _build(match, text, zone)
            if found and _EARLIEST <= found.when <= fetched_at + timedelta(days=1):
                return found
    return _relative(text, fetched_at)


def _claims(root: Any, metadata: Metadata, names: Sequence[str], key: str) -> list[str]:
    found = [str(metadata.ld[key])] if isinstance(metadata.ld.get(key), str) else []
    found += [metadata.meta[name] for name in names if name in metadata.meta]
    for element in root.xpath(f"//*[@itemprop='{key}']")[:5]:
        found.append(element.get("datetime") or element.get("content") or tidy(element.text_content()))
    return found


def _hinted(root: Any, hints: SourceHints) -> list[str]:
    return [tidy(element.text_content()) for selector in hints.date for element in root.cssselect(selector)[:3]]


def _marked(root: Any) -> list[str]:
    found = []
    for element in root.xpath("//time")[:5]:
        found += [element.get("datetime") or "", tidy(element.text_content())]
    marked = "//*[contains(@class,'date') or contains(@class,'time') or contains(@class,'publish') or contains(@class,'byline') or contains(@class,'tanggal') or contains(@class,'meta')]"
    for element in root.xpath(marked)[:25]:
        text = tidy(element.text_content())
        if 6 <= len(text) <= 200:
            found.append(text)
    return found


def _first(texts: Sequence[str], zone: tzinfo, fetched_at: datetime) -> Moment | None:
    moments = (parse_moment(text, zone, fetched_at) for text in texts if any(c.isdigit() for c in text))
    first = next((moment for moment in moments if moment), None)
    if first is not None and first.precision == "day":
        # Another line may tell the time of that very day.
        finer = (m for m in moments if m and m.precision in ("minute", "second") and m.when.date() == first.when.date())
        return next(finer, first)
    if first is not None:
        return first
    for text in texts[:2]:
        parsed = (
            dateparser.parse(text, languages=_GUESSED, settings={"RELATIVE_BASE": fetched_at.replace(tzinfo=None)})
            if _worth_a_guess(text)
            else None
        )
        if parsed and _EARLIEST <= (
            aware := parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)
        ) <= fetched_at + timedelta(days=1):
            return Moment(when=aware, raw=text, precision="day", stated=parsed.tzinfo is not None)
    return None


def _worth_a_guess(text: str) -> bool:
    return 6 <= len(text) <= 40 and bool(re.search(r"\d", text)) and bool(re.search(r"[12]\d{3}", text))


def _weigh(claimed: Moment | None, seen: Moment | None) -> Moment | None:
    if claimed is None or seen is None:
        return claimed or seen
    if seen.zone_name in _INDONESIAN and seen.precision != "day":
        same_clock = claimed.when.replace(tzinfo=None, second=0) == seen.when.replace(tzinfo=None, second=0)
        same_time = abs(claimed.when - seen.when) < timedelta(minutes=1)
        if same_time:
            return msgspec.structs.replace(
                seen, when=claimed.when.astimezone(seen.when.tzinfo), precision=claimed.precision
            )
        if same_clock or not claimed.stated or abs(claimed.when - seen.when) <= timedelta(hours=9):
            note = ("metadata marks local time with another zone",) if same_clock and claimed.stated else ()
            return msgspec.structs.replace(seen, notes=(*seen.notes, *note))
    return claimed


def _build(match: re.Match[str], text: str, zone: tzinfo) -> Moment | None:
    part = match.groupdict()
    month = _month(part["month"])
    day, year = int(part["day"]), int(part["year"])
    if month is None or (month > 12 and day > 12):
        return None
    if month > 12:
        day, month = month, day
    hour, minute = int(part.get("hour") or 0), int(part.get("minute") or 0)
    if (half := (part.get("half") or "").lower().replace(".", "")) and hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    stated = _zone_of(part.get("zone"), part.get("offset"))
    try:
        when = datetime(year, month, day, hour, minute, int(part.get("second") or 0), tzinfo=stated or zone)
    except ValueError:
        return None
    precision: Precision = "day" if part.get("hour") is None else "second" if part.get("second") else "minute"
    raw = tidy(_with_weekday(text, match))
    return Moment(
        when=when,
        raw=raw,
        precision=precision,
        stated=stated is not None,
        zone_name=(part.get("zone") or "").upper() or None,
        notes=_weekday_note(raw, when),
    )


def _with_weekday(text: str, match: re.Match[str]) -> str:
    before = re.search(r"[^\W\d_]{4,9}['’]?[^\W\d_]{0,4},?\s*$", text[: match.start()])
    start = before.start() if before and before.group(0).strip(" ,").lower() in _WEEKDAYS else match.start()
    return text[start : match.end()]


def _weekday_note(raw: str, when: datetime) -> tuple[str, ...]:
    word = re.split(r"[,\s]", raw, maxsplit=1)[0].lower()
    if word in _WEEKDAYS and _WEEKDAYS[word] != when.weekday():
        return (f"the weekday {word} and the date disagree",)
    return ()


def _zone_of(name: str | None, offset: str | None) -> timezone | None:
    if offset:
        sign = -1 if offset[0] == "-" else 1
        digits = offset[1:].replace(":", "")
        return timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:])))
    if name and name.upper() in _ZONES:
        return timezone(timedelta(hours=_ZONES[name.upper()]))
    return None


def _relative(text: str, fetched_at: datetime) -> Moment | None:
    match = _RELATIVE.search(text[:200])
    if not match:
        return None
    count = int(match["n"]) if match["n"].isdigit() else 1
    seconds = count * _UNITS[match["unit"].lower()]
    return Moment(when=fetched_at - timedelta(seconds=seconds), raw=match.group(0), precision="relative", stated=False)


def _from_url(url: str, zone: tzinfo) -> Moment | None:
    match = _URL_DAY.search(url)
    try:
        when = datetime(int(match["year"]), int(match["month"]), int(match["day"]), tzinfo=zone) if match else None
    except ValueError:
        return None
    return Moment(when=when, raw=match.group(0), precision="day", stated=False) if when and match else None


def _month(text: str) -> int | None:
    return int(text) if text.isdigit() else _months().get(text.lower().rstrip("."))


def _iso(moment: Moment | None) -> str | None:
    return moment.when.replace(microsecond=0).isoformat() if moment else None


@cache
def _months() -> dict[str, int]:
    data: dict[str, list[str]] = tomllib.loads(
        (Path(__file__).parent.parent / "rules" / "months.toml").read_text("utf-8")
    )
    return {name: int(number) for number, names in data.items() for name in names}
