"""When an article was published and modified: the page's claims weighed against the line that a reader sees.

A reader's clock in a named zone is trusted over metadata in UTC, since some pages mark local time with Z; a time in UTC is told in the zone
that the reader sees, since the day is the outlet's. The date is trusted over the weekday. What lies after `fetched_at` is not believed.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from itertools import islice
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec
from lxml import etree
from lxml.cssselect import CSSSelector

from pipeline.records import Precision, SourceHints
from pipeline.steps.decode import tidy
from pipeline.steps.metadata import Metadata
from pipeline.steps.moment import EARLIEST, Ground, Moment, label_words, may_tell, moments_in, months_first, parse_claim

__all__ = ["Dates", "Moment", "parse_moment", "read"]

_INDONESIAN = ("WIB", "WITA", "WIT")
_URL_DAY = re.compile(r"/(?P<year>20\d{2})[/-]?(?P<month>[01]\d)[/-]?(?P<day>[0-3]\d)(?:/|-|\D|$)")
_URL_SLASHES = re.compile(r"/(?P<year>20\d{2})/(?P<month>[01]?\d)/(?P<day>[0-3]?\d)(?:/|$)")
_PUBLISHED_META = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "article-published_time",
    "datepublished",
    "og:datepublished",
    "date_published",
    "published-date",
    "published_date",
    "publisheddate",
    "content_publisheddate",
    "parsely-pub-date",
    "sailthru.date",
    "publishdate",
    "publish-date",
    "publish_date",
    "publicationdate",
    "publication-date",
    "publication_date",
    "pubdate",
    "pub_date",
    "og:pubdate",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.date",
    "dcterms.created",
    "published",
    "published_at",
    "published_time",
    "date",
    "dc.date",
    "article.published",
    "article:published",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime",
    "originalpublicationdate",
    "release_date",
    "article.created",
    "rnews:datepublished",
    "datecreated",
    "bt:pubdate",
    "timestamp",
    "analyticsattributes.articledate",
    "citation_publication_date",
    "citation_date",
    "shareaholic:article_published_time",
    "article_date_original",
    "displaydate",
    "vr:published_time",
)
_MODIFIED_META = (
    "article:modified_time",
    "og:updated_time",
    "og:modified_time",
    "og:article:modified_time",
    "datemodified",
    "content_lastupdate",
    "last-modified",
    "dcterms.modified",
    "lastmod",
    "article:modified",
    "article_date_updated",
    "article.updated",
    "modified-date",
    "updated_time",
    "last_updated_date",
    "cxenseparse:modified_time",
    "shareaholic:article_modified_time",
)
# Attributes in which an element says its time to machines.
_ATTRIBUTES = ("datetime", "content", "title", "data-datetime", "data-date", "data-timestamp", "data-time")
_DATED_ITEMS = etree.XPath("//*[@itemprop='datePublished' or @itemprop='dateModified']")
_SAYS_DATE = re.compile(r"date|time|publish|posted|byline|tanggal|meta|info", re.IGNORECASE)
_SAYS_UPDATED = re.compile(r"updated|modified", re.IGNORECASE)
_SAYS_PUBLISHED = re.compile(r"publi|posted|created", re.IGNORECASE)
# Dates in these places are other articles', comments' or today's.
_ELSEWHERE_TAGS = frozenset({"aside", "nav", "footer", "select", "table", "figure", "figcaption", "blockquote"})
_ELSEWHERE = re.compile(
    r"comment|relat|sidebar|widget|recent|latest|popular|trending|teaser|card|carousel|footer|copyright|recommend|more-|next|prev|calendar|weather",
    re.IGNORECASE,
)
_UNSEEN = frozenset({"script", "style", "noscript", "template", "head", "title", "option"})
_NEAREST = 4
_TIMES = 8
_FAR = 12
_MAX_LINE = 160
_MAX_OTHER_LETTERS = 30
_MAX_STRAY_LETTERS = 3
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


class Told(msgspec.Struct, frozen=True):
    """A time that a reader sees, the label in front of it, how many letters else its line has, and which line it was."""

    moment: Moment
    label: Literal["published", "updated"] | None
    others: int = 0
    line: int | None = None

    @property
    def bare(self) -> bool:
        """Whether the line tells a date and little else: a name, a section, a reading time."""
        return self.others <= _MAX_OTHER_LETTERS

    @property
    def alone(self) -> bool:
        """Whether the line tells a date and nothing else, or says that it is the date of publication."""
        return self.others <= _MAX_STRAY_LETTERS or self.label == "published"


def read(
    root: Any, metadata: Metadata, lines: Sequence[str], hints: SourceHints, fetched_at: datetime, url: str = ""
) -> Dates:
    """Return when the article was published and modified, as far as page, lines and address tell."""
    ground = Ground(
        zone=ZoneInfo(hints.timezone) if hints.timezone else UTC,
        fetched_at=fetched_at,
        month_first=_is_month_first(metadata, hints, lines),
    )
    claimed = _claimed(_claims(metadata, _PUBLISHED_META, "datePublished"), ground)
    modified = _claimed(_claims(metadata, _MODIFIED_META, "dateModified"), ground)
    told = list(_told_in([*_hinted(root, hints), *lines], ground))
    if claimed is None or not any(_same_day(item.moment, claimed) for item in told):
        told += _told_by_times(root, ground)
    if claimed is None:
        claimed, marked = _microdata(root, ground)
        modified = modified or marked
    if claimed is None and not any(item.bare and item.label != "updated" for item in told):
        told += _told_far(root, ground)
    modified = modified or _of_page(metadata, "dateModified", ground)
    by_url = _from_url(url, ground)
    chosen = _weigh(claimed, told, modified, by_url) or _of_page(metadata, "datePublished", ground) or by_url
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


def _hinted(root: Any, hints: SourceHints) -> list[str]:
    return [_text(element) for selector in hints.date for element in CSSSelector(selector, translator="html")(root)[:3]]


def _told_in(texts: Iterable[str], ground: Ground) -> Iterator[Told]:
    """Yield the times of lines; a line that ends with a label and has no date labels the next."""
    carried: Literal["published", "updated"] | None = None
    for number, text in enumerate(texts):
        if len(text) > _MAX_LINE:
            carried = None
            continue
        moments = moments_in(text, ground)
        if not moments:
            if any(char.isalpha() for char in text):
                carried = _label(text) if len(text) <= 40 else None
            continue
        end = 0
        for moment in moments:
            label = _label(text[end : moment.start]) or (carried if end == 0 else None)
            yield Told(moment, label, _other_letters(text, moments), number)
            end = moment.end
        carried = None


def _label(text: str) -> Literal["published", "updated"] | None:
    """Return what the last label in a text says of the date behind it."""
    found = None
    for match in _labels().finditer(text):
        found = match
    if found is None or len(re.findall(r"\w+", text[found.end() :])) > 3:
        return None
    return "updated" if found["updated"] else "published"


def _other_letters(text: str, moments: Sequence[Moment]) -> int:
    in_dates = sum(char.isalpha() for moment in moments for char in text[moment.start : moment.end])
    return sum(char.isalpha() for char in text) - in_dates


def _told_by_times(root: Any, ground: Ground) -> Iterator[Told]:
    """Yield the times of the first `time` elements of the article."""
    for element in islice(root.iter("time"), _TIMES):
        if not _is_elsewhere(element):
            yield from _told_by(element, ground)


def _told_by(element: Any, ground: Ground) -> Iterator[Told]:
    shown = _text(element)
    for text in (*(element.get(name) or "" for name in _ATTRIBUTES), shown):
        moment = parse_claim(text, ground) if 6 <= len(text) <= _MAX_LINE else None
        if moment:
            start = moment.start if text is shown else len(re.split(r"\d", shown, maxsplit=1)[0])
            yield Told(moment, _label_of(element, start))
            return


def _label_of(element: Any, start: int) -> Literal["published", "updated"] | None:
    """Return what an element's names, its text up to the date, or the text in front of it say of its date."""
    prop = element.get("itemprop") or ""
    parent = element.getparent()
    for names in (prop, element.get("class") or "", (parent.get("class") if parent is not None else "") or ""):
        if _SAYS_UPDATED.search(names):
            return "published" if _SAYS_PUBLISHED.search(names) else "updated"
    before = element.getprevious()
    above = before.tail if before is not None else parent.text if parent is not None else None
    texts = (
        _text(element)[:start],
        above or "",
        _text(before)[-30:] if before is not None and not (above or "").strip() else "",
    )
    return next((label for text in texts if (label := _label(tidy(text)))), None)


def _microdata(root: Any, ground: Ground) -> tuple[Moment | None, Moment | None]:
    """Return what the page's items say of their publication and change, the first of each."""
    found: dict[str, Moment] = {}
    for element in _DATED_ITEMS(root):
        if len(found) < 2:
            for item in _told_by(element, ground):
                found.setdefault(element.get("itemprop"), item.moment)
    return found.get("datePublished"), found.get("dateModified")


def _told_far(root: Any, ground: Ground) -> list[Told]:
    """Return the dates that stand alone anywhere in the article, for pages that tell none near the headline: one walk."""
    told: list[Told] = []
    before = ""
    for element in root.iter():
        if len(told) >= _FAR:
            break
        if element.tag in _UNSEEN:
            continue
        for text in (element.text, element.tail):
            if text and not text.isspace():
                if len(text) < _MAX_LINE and may_tell(text):
                    told += _told_alone(element, before, tidy(text), ground)
                before = text
        if not told and 2 <= len(element) <= 6 and _SAYS_DATE.search(element.get("class") or ""):
            # Day, month and year may be elements of their own.
            text = _text(element)
            told += _told_alone(element, "", text, ground) if 6 <= len(text) <= 60 else []
    return told


def _told_alone(element: Any, before: str, text: str, ground: Ground) -> list[Told]:
    found = [item for item in _told_in([tidy(before)[-40:], text], ground) if item.bare]
    return [] if not found or _is_elsewhere(element) else [msgspec.structs.replace(item, line=None) for item in found]


def _is_elsewhere(element: Any) -> bool:
    """Tell whether an element stands with other articles, comments or the page's frame, or inside a link to elsewhere."""
    for step, ancestor in enumerate((element, *islice(element.iterancestors(), 8))):
        if ancestor.tag in ("article", "main", "body"):
            return False
        if ancestor.tag in _ELSEWHERE_TAGS or (ancestor.tag == "a" and step):
            return True
        if step < 5 and _ELSEWHERE.search(f"{ancestor.get('class') or ''} {ancestor.get('id') or ''}"):
            return True
    return False


def _weigh(
    claimed: Moment | None, told: Sequence[Told], modified: Moment | None, by_url: Moment | None
) -> Moment | None:
    if claimed is None:
        return _shown(told)
    seen = [item.moment for item in told if item.label != "updated" and item.moment.precision != "relative"]
    for moment in seen[:_NEAREST]:
        if better := _in_the_readers_zone(claimed, moment, modified):
            return better
    if seen and _is_outlets_clock(seen[0], claimed):
        return seen[0]
    of_day = [moment for moment in seen if _same_day(moment, claimed)]
    if claimed.precision == "day" and (finer := next((moment for moment in of_day if moment.precision != "day"), None)):
        return finer
    if of_day or any(_same_day(item.moment, claimed) for item in told):
        return claimed
    first = next((item for item in told if item.bare and item.moment.precision != "relative"), None)
    if first is None:
        return (_on_the_day_of(by_url, claimed) if by_url else None) or claimed
    return _shown_instead(claimed, first, modified) or claimed


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
    # Another line may tell the time of that very day.
    same = (item.moment for item in told if item.label == first.label or item.label is None)
    finer = (m for m in same if m.precision in ("minute", "second") and _same_day(m, first.moment))
    return first.moment if first.moment.precision != "day" else next(finer, first.moment)


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


def _text(element: Any) -> str:
    return tidy("".join(element.itertext()))


def _iso(moment: Moment | None) -> str | None:
    return moment.when.replace(microsecond=0).isoformat() if moment else None


@cache
def _labels() -> re.Pattern[str]:
    names = label_words()
    parts = (
        rf"(?P<{kind}>(?<!\w)(?:{'|'.join(sorted(map(re.escape, names[kind]), key=len, reverse=True))}))"
        for kind in ("updated", "published")
    )
    return re.compile("|".join(parts), re.IGNORECASE)
