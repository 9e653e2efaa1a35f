"""One printed time: every form of date that pages use, read into an aware moment, and nothing that cannot be."""

import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from pipeline.records import Precision
from pipeline.steps.decode import tidy

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
_MAX_CHARS = 400
# The clocks of the east are this far in front of UTC, and no zone is further.
_FURTHEST_EAST = timedelta(hours=14)
# A clock of the server and ours may differ by this much.
_SKEW = timedelta(minutes=10)
_ZONES: dict[str, float | str] = {
    "WIB": 7,
    "WITA": 8,
    "WIT": 9,
    "GMT": 0,
    "UTC": 0,
    "Z": 0,
    "WET": 0,
    "WEST": 1,
    "BST": 1,
    "CET": 1,
    "CEST": 2,
    "EET": 2,
    "EEST": 3,
    "MSK": 3,
    "EST": -5,
    "EDT": -4,
    "ET": "America/New_York",
    "CST": -6,
    "CDT": -5,
    "CT": "America/Chicago",
    "MST": -7,
    "MDT": -6,
    "MT": "America/Denver",
    "PST": -8,
    "PDT": -7,
    "PT": "America/Los_Angeles",
    "BRT": -3,
    "IST": 5.5,
    "PKT": 5,
    "SGT": 8,
    "MYT": 8,
    "HKT": 8,
    "PHT": 8,
    "AWST": 8,
    "KST": 9,
    "JST": 9,
    "AEST": 10,
    "AEDT": 11,
    "NZST": 12,
    "NZDT": 13,
}
_YEAR = r"(?P<year>(?:19|20)\d{2})"
_TIME = (
    r"(?P<hour>\d{1,2})(?!\d)(?:\s?[:.h時시]\s?(?P<minute>\d{2})(?!\d)(?:[:.](?P<second>\d{2})(?!\d))?(?:[.,]\d{1,9})?(?:\s?[分분])?)?"
    r"\s*(?P<half>(?:[ap]\.?m\b\.?|ptg\b|pg\b|petang\b|pagi\b|malam\b))?"
)
_ZONE = (
    rf"(?:\s*(?:uhr|hrs|horas|h)\b)?[\s(,]*(?P<zone>(?:WITA|WIB|WIT|(?-i:{'|'.join(sorted(_ZONES, key=len, reverse=True))}))(?![^\W\d_]))?"
    r"(?P<offset>\s*[+-]\d{1,2}(?::?\d{2})?(?!\d))?"
)
_BETWEEN = r"[\s,|·•()@/–—-]{0,6}(?:(?:at|pukul|jam|kl|um|à|a las|às|alle|ore|om|o|T)(?![^\W\d_]))?[\s,|.(:]{0,3}"
_CLOCK = rf"(?:{_BETWEEN}{_TIME}{_ZONE})?"
_WORD = r"[^\W\d_]{3,12}"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        # 2025-10-20T14:27:05+07:00, 2025/10/20, 2025.10.20, 2025 Oct 20
        rf"(?<![\d.]){_YEAR}(?:(?P<sep>[-/.])(?P<month>\d{{1,2}}|{_WORD})(?P=sep)|\s(?P<name>{_WORD})\.?\s)(?P<day>\d{{1,2}})(?:(?=T\d)|(?!\w)){_CLOCK}",
        # 20-10-2025, 20 Oktober 2025, 20th of October, 2025, 20. Oktober 2025, 1º de outubro de 2025
        rf"(?<!\d)(?<!\d[.,])(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|º|ª)?\.?(?:\s+|[/.-])(?:de\s+|of\s+)?(?P<month>\d{{1,2}}|{_WORD})\.?,?[\s/.-](?:de\s+|del\s+)?{_YEAR}(?!\d){_CLOCK}",
        # October 20, 2025, Oct. 20th 2025
        rf"(?<!\w)(?P<month>{_WORD})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s?(?:,\s*|\s){_YEAR}(?!\d){_CLOCK}",
        # 2025年10月20日 14:27, 2025년 10월 20일
        rf"{_YEAR}\s?[年년]\s?(?P<month>\d{{1,2}})\s?[月월]\s?(?P<day>\d{{1,2}})\s?[日일](?:\s?[(（][^)）]{{1,4}}[)）])?(?:\s?(?P<early>午前|午後|오전|오후|上午|下午))?{_CLOCK}",
        # Mon Oct 20 14:27:05 WIB 2025
        rf"(?<!\w)(?P<month>{_WORD})\s+(?P<day>\d{{1,2}})\s+{_TIME}{_ZONE}\s+{_YEAR}(?!\d)",
    )
)
# 07:26, 24 Dec 2023
_CLOCK_BEFORE = re.compile(rf"(?<![\d:.]){_TIME}{_ZONE}[\s,|·•–—-]{{0,4}}(?:on\s+)?$", re.IGNORECASE)
# A year of two digits is believed only where the text is a date and nothing else.
_SHORT_YEAR = re.compile(
    r"(?<![\w/.-])(?P<day>\d{1,2})(?P<sep>[/.-])(?P<month>\d{1,2})(?P=sep)(?P<year>\d{2})(?!\d)"
    rf"(?<!\b\d\.\d\.\d\d){_CLOCK}\W*$",
    re.IGNORECASE,
)
_MAX_SHORT = 40
_DIGIT = re.compile(r"\d")
_COMPACT = re.compile(
    r"(?P<year>20\d{2})(?P<month>[01]\d)(?P<day>[0-3]\d)(?:[T ]?(?P<hour>[0-2]\d)(?P<minute>[0-5]\d)(?P<second>[0-5]\d)?(?P<zone>Z)?)?"
)
_EPOCH = re.compile(r"(?P<seconds>1\d{9})(?:\d{3})?")
_RELATIVE = re.compile(
    r"(?P<n>\d{1,3}|an?|se)\s*(?P<unit>menit|jam|hari|minggu|bulan|minutes?|mins?|hours?|hrs?|days?|weeks?|months?)\s*(?:yang\s+)?(?:lalu|ago)\b",
    re.IGNORECASE,
)
_PERHAPS = re.compile(r"(?:19|20)\d{2}|\d[/.-]\d{1,2}[/.-]\d{2}")
_NUMBERS = re.compile(r"(?<![\d/.-])(\d{1,2})([/.-])(\d{1,2})\2(?:(?:19|20)\d{2}|\d{2})(?!\d)")
_UNITS = {
    "menit": 60,
    "min": 60,
    "minute": 60,
    "jam": 3600,
    "hour": 3600,
    "hr": 3600,
    "hari": 86400,
    "day": 86400,
    "minggu": 604800,
    "week": 604800,
    "bulan": 2592000,
    "month": 2592000,
}
_AFTERNOON = ("pm", "ptg", "petang", "malam", "午後", "오후", "下午")


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """What a printed time is read against: the zone of clocks that name none, the time of the fetch, and which number comes first."""

    zone: tzinfo
    fetched_at: datetime
    month_first: bool = False


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """A time as read: aware, with its phrase, precision, whether its zone was stated, which zone word, and where in the text it stood."""

    when: datetime
    raw: str
    precision: Precision
    stated: bool
    zone_name: str | None = None
    notes: tuple[str, ...] = ()
    start: int = 0
    end: int = 0


def may_tell(text: str) -> bool:
    """Tell at a glance whether a text may state a time."""
    return _PERHAPS.search(text) is not None or " lalu" in (lowered := text.lower()) or " ago" in lowered


def moments_in(text: str, ground: Ground) -> list[Moment]:
    """Return the times that a text states, in its order, without those that cannot be."""
    text = text[:_MAX_CHARS]
    if not may_tell(text):
        return []
    found = [moment for match in _matches(text) if (moment := _believed(_build(match, text, ground), ground))]
    if not found and (relative := _relative(text, ground.fetched_at)):
        return [relative]
    return found


def parse_claim(text: str, ground: Ground) -> Moment | None:
    """Return the time that a machine's field states, which may also be digits alone or seconds since 1970."""
    text = text.strip()
    if match := _COMPACT.fullmatch(text):
        return _believed(_build(match, text, ground), ground)
    if match := _EPOCH.fullmatch(text):
        when = datetime.fromtimestamp(int(match["seconds"]), UTC)
        return _believed(Moment(when=when, raw=text, precision="second", stated=True), ground)
    return next(iter(moments_in(text, ground)), None)


def months_first(text: str) -> bool | None:
    """Return whether the numbers of a text's dates show that the month stands first, `None` when they do not tell."""
    for first, _, second in _NUMBERS.findall(text):
        if int(first) > 12 >= int(second):
            return False
        if int(second) > 12 >= int(first):
            return True
    return None


@cache
def date_words(table: str) -> dict[str, list[str]]:
    """Return a table of the words that tell dates: `labels`, `meta` or `weekdays`."""
    found: dict[str, list[str]] = _rules("dates")[table]
    return found


def _matches(text: str) -> Iterator[re.Match[str]]:
    if len(text) <= _MAX_SHORT and (short := _SHORT_YEAR.search(text)) and not _DIGIT.search(text, 0, short.start()):
        yield short
        return
    matches = sorted((match for form in _FORMS for match in form.finditer(text)), key=lambda match: match.start("year"))
    end = -1
    for match in matches:
        if match.start() >= end and _month(match):
            yield match
            end = max(match.end("year"), match.end("day"))


def _build(match: re.Match[str], text: str, ground: Ground) -> Moment | None:
    part = match.groupdict()
    month, day = _month(match), int(part["day"])
    if month is None or (month > 12 and day > 12):
        return None
    numbers = part["month"] is not None and part["month"].isdigit()
    year_first = match.start("year") < match.start("day")
    if numbers and not year_first and (month > 12 or (ground.month_first and day <= 12)):
        day, month = month, day
    year = int(part["year"]) + (2000 if len(part["year"]) == 2 else 0)
    hour, minute = _clock(part)
    start, end = _span(match, text, told_time=hour is not None)
    if hour is None and (before := _CLOCK_BEFORE.search(text, max(0, start - 40), start)):
        hour, minute = _clock(before.groupdict())
        if hour is not None:
            part |= before.groupdict()
            start = before.start()
    stated = _zone_of(part.get("zone"), part.get("offset"))
    try:
        when = datetime(year, month, day, hour or 0, minute, int(part.get("second") or 0), tzinfo=stated or ground.zone)
    except ValueError:
        return None
    raw = tidy(text[start:end])
    return Moment(
        when=when,
        raw=raw,
        precision=_precision(part) if hour is not None else "day",
        stated=stated is not None and hour is not None,
        zone_name=(part.get("zone") or "").upper() or None,
        notes=_weekday_note(raw, when),
        start=start,
        end=end,
    )


def _clock(part: dict[str, Any]) -> tuple[int | None, int]:
    """Return hour and minute; a lone number behind a date is an hour only with a half of the day."""
    half = (part.get("half") or "").lower().replace(".", "") or part.get("early") or ""
    if part.get("hour") is None or (part.get("minute") is None and not half):
        return None, 0
    hour, minute = int(part["hour"]), int(part.get("minute") or 0)
    if hour > 23 or minute > 59:
        return None, 0
    if half and hour <= 12:
        hour = hour % 12 + (12 if half in _AFTERNOON else 0)
    return hour, minute


def _precision(part: dict[str, Any]) -> Precision:
    return "second" if part.get("second") else "minute" if part.get("minute") else "hour"


def _span(match: re.Match[str], text: str, *, told_time: bool) -> tuple[int, int]:
    """Return where the phrase stands, with the weekday in front of it and without a clock that is none."""
    before = re.search(r"[^\W\d_]{3,9}['’]?[^\W\d_]{0,4}\.?\s*,?\s*$", text[max(0, match.start() - 20) : match.start()])
    has_weekday = before is not None and before.group(0).strip(" ,.").lower() in _weekdays()
    start = match.start() - len(before.group(0)) if before and has_weekday else match.start()
    end = match.end() if told_time else max(match.end(name) for name in ("year", "day"))
    is_open = "(" in text[start:end] and ")" not in text[start:end]
    return start, end + 1 if is_open and text[end : end + 1] == ")" else end


def _believed(moment: Moment | None, ground: Ground) -> Moment | None:
    """Return what lies before the fetch; a clock that has not struck yet in its zone may have struck further east."""
    if moment is None or not EARLIEST <= moment.when <= ground.fetched_at + _FURTHEST_EAST:
        return None
    ahead = moment.when - ground.fetched_at
    if ahead <= timedelta(0):
        return moment
    if moment.stated and ahead <= _SKEW:
        return msgspec.structs.replace(moment, when=ground.fetched_at.astimezone(moment.when.tzinfo))
    east = (moment.when.utcoffset() or timedelta(0)) - (-ahead // timedelta(hours=1)) * timedelta(hours=1)
    if east > _FURTHEST_EAST:
        return None
    note = ("the time lies after the fetch in its zone",) if moment.stated else ()
    when = moment.when.replace(tzinfo=timezone(east))
    return msgspec.structs.replace(moment, when=when, stated=False, notes=(*moment.notes, *note))


def _weekday_note(raw: str, when: datetime) -> tuple[str, ...]:
    word = re.split(r"[,.\s]", raw, maxsplit=1)[0].lower()
    if word in _weekdays() and _weekdays()[word] != when.weekday():
        return (f"the weekday {word} and the date disagree",)
    return ()


def _zone_of(name: str | None, offset: str | None) -> tzinfo | None:
    if offset:
        digits = offset.strip()[1:].replace(":", "")
        hours, minutes = (digits[:2], digits[2:]) if len(digits) > 2 else (digits, "0")
        shift = timedelta(hours=int(hours), minutes=int(minutes))
        return timezone(-shift if offset.strip()[0] == "-" else shift) if shift <= _FURTHEST_EAST else None
    zone = _ZONES.get((name or "").upper())
    return ZoneInfo(zone) if isinstance(zone, str) else timezone(timedelta(hours=zone)) if zone is not None else None


def _relative(text: str, fetched_at: datetime) -> Moment | None:
    match = _RELATIVE.search(text[:200])
    if not match:
        return None
    count = int(match["n"]) if match["n"].isdigit() else 1
    unit = match["unit"].lower()
    seconds = count * (_UNITS.get(unit) or _UNITS[unit.removesuffix("s")])
    return Moment(
        when=fetched_at - timedelta(seconds=seconds),
        raw=match.group(0),
        precision="relative",
        stated=False,
        start=match.start(),
        end=match.end(),
    )


def _month(match: re.Match[str]) -> int | None:
    part = match.groupdict()
    text = part["month"] or part.get("name") or ""
    return int(text) if text.isdigit() else _month_names().get(text.lower())


@cache
def _month_names() -> dict[str, int]:
    return {name: int(number) for number, names in _rules("months").items() for name in names}


@cache
def _weekdays() -> dict[str, int]:
    return {name: int(number) for number, names in date_words("weekdays").items() for name in names}


def _rules(name: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent.parent / "rules" / f"{name}.toml").read_text("utf-8"))
