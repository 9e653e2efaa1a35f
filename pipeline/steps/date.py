"""When an article was published and modified: the page's claims weighed against the line that a reader sees.

A reader's clock in a named zone is trusted over metadata in UTC, since some pages mark local time with Z; a time in UTC is told in the zone
that the reader sees, since the day is the outlet's. The date is trusted over the weekday. What lies after `fetched_at` is not believed.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from itertools import chain
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from pipeline.records import Precision, SourceHints
from pipeline.steps.decode import tidy
from pipeline.steps.metadata import Metadata
from pipeline.steps.moment import EARLIEST, Ground, Moment, date_words, moments_in, months_first, parse_claim
from pipeline.steps.told import Told, hinted, microdata, told_by_times, told_far, told_in

__all__ = ["Dates", "Moment", "parse_moment", "read"]

_INDONESIAN = ("WIB", "WITA", "WIT")
_URL_DAY = re.compile(r"/(?P<year>20\d{2})[/-]?(?P<month>[01]\d)[/-]?(?P<day>[0-3]\d)(?:/|-|\D|$)")
_URL_SLASHES = re.compile(r"/(?P<year>20\d{2})/(?P<month>[01]?\d)/(?P<day>[0-3]?\d)(?:/|$)")
_NEAREST = 4
# Loading every language takes seconds.
_GUESSED = ["id", "en", "de", "fr", "es", "pt", "it", "nl", "pl", "ja"]
# Two clocks that show the same minute of different zones are some half hours apart.
_HALF_HOUR = timedelta(minutes=30)
# News that is changed so soon is the same story, and the outlet's date of it is the one that it shows.
_SAME_STORY = timedelta(days=2)
_MAX_OFFSET = timedelta(hours=14)
# Where people live, in hours from UTC.
_OFFSETS = range(-10, 14)
_GENERIC_DOMAINS = frozenset(
    {"com", "org", "net", "edu", "gov", "us", "ph", "info", "io", "ai", "co", "tv", "me", "news", "blog", "app", "dev"}
)


class Dates(msgspec.Struct, frozen=True, kw_only=True):
    """Published and modified as ISO 8601 with offset, the published phrase as printed, its precision and zone, and what was odd."""

    published: str | None = None
    raw: str | None = None
    precision: Precision | None = None
    zone: Literal["stated", "assumed"] | None = None
    modified: str | None = None
    notes: tuple[str, ...] = ()


def read(
    root: Any, metadata: Metadata, lines: Sequence[str], hints: SourceHints, fetched_at: datetime, url: str = ""
) -> Dates:
    """Return when the article was published and modified, as far as page, lines and address tell."""
    ground = Ground(
        zone=ZoneInfo(hints.timezone) if hints.timezone else UTC,
        fetched_at=fetched_at,
        month_first=_is_month_first(metadata, hints, lines),
    )
    claimed = _claimed(_claims(metadata, date_words("meta")["published"], "datePublished"), ground)
    modified = _claimed(_claims(metadata, date_words("meta")["modified"], "dateModified"), ground)
    told = list(told_in([*hinted(root, hints), *lines], ground))
    if claimed is None or not any(_same_day(item.moment, claimed) for item in told):
        told += told_by_times(root, ground)
    if claimed is None:
        claimed, marked = microdata(root, ground)
        modified = modified or marked
    if claimed is None and not any(item.bare and item.label != "updated" for item in told):
        told += told_far(root, ground)
    modified = modified or _of_page(metadata, "dateModified", ground)
    by_url = _from_url(url, ground)
    told = [item for item in told if not _is_todays(item, claimed, ground)]
    chosen = _weigh(claimed, told, modified, by_url) or _of_page(metadata, "datePublished", ground) or by_url
    if chosen is None:
        return Dates(modified=_iso(modified))
    chosen = _in_the_outlets_zone(chosen, hints)
    return Dates(
        published=_iso(chosen),
        raw=chosen.raw,
        precision=chosen.precision,
        zone="stated" if chosen.stated else "assumed",
        modified=_iso(modified),
        notes=chosen.notes,
    )


def parse_moment(text: str, zone: tzinfo, fetched_at: datetime, *, month_first: bool = False) -> Moment | None:
    """Return the first time that a text states, `None` when it states none that can be."""
    return next(iter(moments_in(text, Ground(zone=zone, fetched_at=fetched_at, month_first=month_first))), None)


def _claims(metadata: Metadata, names: Sequence[str], key: str) -> Iterator[str]:
    if isinstance(metadata.ld.get(key), str):
        yield tidy(metadata.ld[key])
    yield from (metadata.meta[name] for name in names if name in metadata.meta)


def _of_page(metadata: Metadata, key: str, ground: Ground) -> Moment | None:
    """Return what JSON-LD says of the web page that holds the article: weaker than what a reader sees."""
    stated = metadata.ld_page.get(key)
    return parse_claim(stated, ground) if isinstance(stated, str) else None


def _claimed(texts: Iterable[str], ground: Ground) -> Moment | None:
    """Return the first time claimed, or that very day told more finely by another claim."""
    first: Moment | None = None
    unread = []
    for text in texts:
        moment = parse_claim(text, ground)
        if moment is None:
            unread.append(text)
        elif moment.precision != "day":
            return moment if first is None or _same_day(moment, first) else first
        else:
            first = first or moment
    return first or next((guess for text in unread[:2] if (guess := _guessed(text, ground))), None)


def _guessed(text: str, ground: Ground) -> Moment | None:
    """Return what a library of many forms makes of a short claim that looks like a date: rare, and loaded only then."""
    if not (6 <= len(text) <= 40 and re.search(r"\d", text) and re.search(r"(?:19|20)\d{2}", text)):
        return None
    import dateparser  # noqa: PLC0415

    base = ground.fetched_at.astimezone(UTC).replace(tzinfo=None)
    parsed = dateparser.parse(
        text, languages=_GUESSED, settings={"RELATIVE_BASE": base, "REQUIRE_PARTS": ["day", "month", "year"]}
    )
    if parsed is None:
        return None
    aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=ground.zone)
    return (
        Moment(when=aware, raw=text, precision="day", stated=False) if EARLIEST <= aware <= ground.fetched_at else None
    )


def _is_todays(item: Told, claimed: Moment | None, ground: Ground) -> bool:
    """Tell whether a day is that of the fetch, as many pages print it in their head, while metadata claims an earlier one."""
    is_bare_day = item.label is None and item.moment.precision == "day"
    today = ground.fetched_at.astimezone(ground.zone).date()
    return claimed is not None and is_bare_day and item.moment.when.date() == today > claimed.when.date()


def _in_the_outlets_zone(moment: Moment, hints: SourceHints) -> Moment:
    """Return an instant in UTC as the clocks of a known outlet show it, where it is another day there."""
    if not (hints.timezone and moment.stated and moment.when.utcoffset() == timedelta(0)):
        return moment
    local = moment.when.astimezone(ZoneInfo(hints.timezone))
    return msgspec.structs.replace(moment, when=local) if local.date() != moment.when.date() else moment


def _weigh(
    claimed: Moment | None, told: Sequence[Told], modified: Moment | None, by_url: Moment | None
) -> Moment | None:
    if claimed is None:
        return _shown(told)
    seen = [item.moment for item in told if item.label != "updated" and item.moment.precision != "relative"]
    nearest = (_in_the_readers_zone(claimed, moment, modified) for moment in seen[:_NEAREST])
    by_clock = (moment for moment in seen[:1] if _is_outlets_clock(moment, claimed))
    if better := next(filter(None, chain(nearest, by_clock)), None):
        return better
    if any(_same_day(item.moment, claimed) for item in told):
        return _finest(claimed, seen)
    first = next((item for item in told if item.bare and item.moment.precision != "relative"), None)
    other = _shown_instead(claimed, first, modified) if first else by_url and _on_the_day_of(by_url, claimed)
    return other or claimed


def _finest(day: Moment, others: Iterable[Moment]) -> Moment:
    """Return a moment, or another one that tells the time of its day when it tells the day only."""
    finer = (moment for moment in others if moment.precision in ("minute", "second") and _same_day(moment, day))
    return day if day.precision != "day" else next(finer, day)


def _shown(told: Sequence[Told]) -> Moment | None:
    """Return the first time that a page without claims shows as its own; one called its change only where none is called published."""
    lines = [item for item in told if item.bare] or list(told)
    first = next(iter(lines), None)
    if first is None:
        return None
    if first.label == "updated":
        first = next((item for item in lines if item.label == "published" or _is_beside(first, item)), first)
    if first.label == "updated":
        return msgspec.structs.replace(first.moment, notes=(*first.moment.notes, "the page tells its last change only"))
    return _finest(first.moment, [item.moment for item in lines if item.label in (first.label, None)])


def _is_beside(changed: Told, item: Told) -> bool:
    """Tell whether a date without a label stands next to that of a later change."""
    near = changed.line is not None and item.line is not None and abs(item.line - changed.line) <= 1
    return near and item.label is None and item.moment.when < changed.moment.when


def _in_the_readers_zone(claimed: Moment, seen: Moment, modified: Moment | None) -> Moment | None:
    """Return the claimed instant as the reader's clock shows it, or the reader's clock where the claim has it in another zone."""
    if seen.precision == "day" or claimed.precision == "day":
        return None
    apart = abs(claimed.when - seen.when)
    if seen.stated and apart < timedelta(minutes=1):
        return _as_seen(claimed, seen, seen.when.tzinfo)
    clocks = _clock(seen) - _clock(claimed)
    if seen.zone_name and seen.stated and (not clocks or (not claimed.stated and apart <= _MAX_OFFSET)):
        note = ("metadata marks local time with another zone",) if claimed.stated else ()
        return msgspec.structs.replace(seen, notes=(*seen.notes, *note))
    is_change = modified is not None and modified.precision != "day" and _clock(seen) == _clock(modified)
    in_utc = claimed.stated and claimed.when.utcoffset() == timedelta(0)
    is_zone = timedelta(0) < abs(clocks) <= _MAX_OFFSET and clocks % _HALF_HOUR == timedelta(0)
    if in_utc and is_zone and not seen.stated and not is_change:
        return _as_seen(claimed, seen, timezone(clocks))
    return None


def _is_outlets_clock(seen: Moment, claimed: Moment) -> bool:
    """Tell whether a clock in an Indonesian zone tells the claimed time otherwise: metadata may be hours off either way."""
    is_told = seen.zone_name in _INDONESIAN and seen.precision != "day" and claimed.precision != "day"
    return is_told and abs(claimed.when - seen.when) <= timedelta(hours=9)


def _as_seen(claimed: Moment, seen: Moment, zone: tzinfo | None) -> Moment:
    """Return the claimed instant as printed, where the print tells the outlet's own zone or another day."""
    local = claimed.when.astimezone(zone)
    if seen.zone_name not in _INDONESIAN and local.date() == claimed.when.date():
        return claimed
    return msgspec.structs.replace(claimed, when=local, raw=seen.raw, notes=seen.notes)


def _shown_instead(claimed: Moment, first: Told, modified: Moment | None) -> Moment | None:
    """Return the day that the page shows its readers where it shows the claimed one nowhere.

    It is the claimed instant's in the outlet's zone; or, earlier than the claim, the day that an import or a copy made the CMS forget; or,
    later, that of a change: then the text at hand is of that day, and the claim stays in the notes.
    """
    shown = first.moment
    notes = (*shown.notes, f"the page shows another day; metadata claims {_iso(claimed)}")
    if first.label == "updated" and not timedelta(0) <= shown.when - claimed.when <= _SAME_STORY:
        return None
    if first.label != "updated" and shown.precision == "day" and (local := _on_the_day_of(shown, claimed)):
        return local
    if modified and _same_day(shown, modified):
        return msgspec.structs.replace(modified, raw=shown.raw, notes=notes)
    is_old = first.alone and shown.when < claimed.when - timedelta(days=1)
    return msgspec.structs.replace(shown, notes=notes) if is_old or first.label == "updated" else None


def _on_the_day_of(shown: Moment, claimed: Moment) -> Moment | None:
    """Return an instant in UTC with the least offset that puts it on the day shown, if any clock on earth does."""
    if not claimed.stated or claimed.precision == "day" or claimed.when.utcoffset() != timedelta(0):
        return None
    if abs(shown.when.date() - claimed.when.date()) != timedelta(days=1):
        return None
    for hours in sorted(_OFFSETS, key=abs):
        local = claimed.when.astimezone(timezone(timedelta(hours=hours)))
        if local.date() == shown.when.date():
            return msgspec.structs.replace(claimed, when=local, stated=False, raw=shown.raw)
    return None


def _is_month_first(metadata: Metadata, hints: SourceHints, lines: Sequence[str]) -> bool:
    """Tell whether 3/4/2025 is the fourth of March: as the page's other dates show, else in English of no other country than America."""
    told = months_first(" ".join(lines))
    if told is not None:
        return told
    if (hints.in_language or metadata.html_language) != "en":
        return False
    if hints.timezone:
        return hints.timezone.startswith("America/")
    return metadata.html_region in (None, "us", "ph") and metadata.host.rpartition(".")[2] in _GENERIC_DOMAINS


def _from_url(url: str, ground: Ground) -> Moment | None:
    match = _URL_DAY.search(url) or _URL_SLASHES.search(url)
    try:
        when = (
            datetime(int(match["year"]), int(match["month"]), int(match["day"]), tzinfo=ground.zone) if match else None
        )
    except ValueError:
        return None
    if not match or when is None or when > ground.fetched_at:
        return None
    return Moment(when=when, raw=match.group(0), precision="day", stated=False)


def _same_day(one: Moment, other: Moment) -> bool:
    return one.when.date() == other.when.date()


def _clock(moment: Moment) -> timedelta:
    """Return what a moment's clock and calendar show, to the minute, whatever its zone."""
    return moment.when.replace(tzinfo=UTC, second=0, microsecond=0) - datetime(1970, 1, 1, tzinfo=UTC)


def _iso(moment: Moment | None) -> str | None:
    return moment.when.replace(microsecond=0).isoformat() if moment else None
