"""From when a rule holds: the date in a sentence, its precision and its phrase; relative ones against the day of publication."""

import calendar
import re
import tomllib
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import msgspec

from pipeline.records import PolicyDate, Precision
from pipeline.rules.policy_rules import slot_cues

_MONTHS = r"(?P<month>jan(?:uary|uari)?|feb(?:ruary|ruari)?|mar(?:ch|et)?|apr(?:il)?|may|mei|june?|juni|july?|juli|aug(?:ust)?|agu(?:stus|st)?|agt|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cs](?:ember)?)\.?"
# Alone a month is read only where it is written large: "may" is also a verb.
_LONE_MONTH = r"(?P<month>(?-i:January|February|March|April|May|June|July|August|September|October|November|December|Januari|Februari|Maret|Mei|Juni|Juli|Agustus|Oktober|Desember))"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?:,?\s+(?P<year>20\d{2}))?"
_ORDINAL = r"(?P<quarter>first|second|third|fourth|pertama|kedua|ketiga|keempat|IV|I{1,3}|[1-4])"
_PART = r"early|late|mid|end of|spring|summer|autumn|fall|winter|awal|akhir|pertengahan|paruh (?:pertama|kedua)|(?:first|second) half of"
_WRITTEN: tuple[tuple[str, Precision], ...] = (
    (rf"\b{_DAY}(?:\s+of)?\s+{_MONTHS}{_YEAR}\b", "day"),
    (rf"\b{_MONTHS}\s+{_DAY}\b(?!\s*%){_YEAR}", "day"),
    (r"\b(?P<day>\d{1,2})/(?P<monthno>\d{1,2})/(?P<year>20\d{2})\b", "day"),
    (r"\b(?P<day>\d{1,2})-(?P<monthno>\d{1,2})-(?P<year>20\d{2})\b", "day"),
    (r"\b(?P<year>20\d{2})-(?P<monthno>\d{2})-(?P<day>\d{2})\b", "day"),
    (rf"\b{_MONTHS},?\s+(?P<year>20\d{{2}})\b", "month"),
    (rf"\b(?:Q(?P<q>[1-4])|{_ORDINAL} quarter|(?:kuartal|triwulan) (?:ke-)?{_ORDINAL.replace('quarter', 'kuartal')})\b(?:,?(?: of| tahun)? (?P<year>20\d{{2}})\b)?", "quarter"),
    (rf"\b(?:{_PART}|tahun)[- ](?:of )?(?:tahun )?(?P<year>20\d{{2}})\b", "year"),
    (rf"(?:\b(?:in|by|from|since|until|till|before|after|to|come|as of|starting|beginning|early|late|mid|this|next|mulai|pada|sejak|per|hingga|sampai|ke|bulan|awal|akhir|pertengahan)[- ])(?:bulan )?{_LONE_MONTH}\b(?! \d)", "month"),
    (r"(?<=\bin )(?P<year>20\d{2})\b", "year"),
)  # fmt: skip
_FORMS = tuple((re.compile(pattern, re.IGNORECASE), precision) for pattern, precision in _WRITTEN)
_QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "pertama": 1, "kedua": 2, "ketiga": 3, "keempat": 4, "i": 1, "ii": 2, "iii": 3, "iv": 4}  # fmt: skip
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (("monday", "senin"), ("tuesday", "selasa"), ("wednesday", "rabu"), ("thursday", "kamis"), ("friday", "jumat", "jum'at", "jum’at"), ("saturday", "sabtu"), ("sunday", "ahad", "minggu"))
    )
    for name in names
}  # fmt: skip
# "Minggu" is Sunday, "minggu" a week.
_WEEKDAY = "(?P<weekday>" + "|".join(name for name in _WEEKDAYS if name != "minggu") + "|(?-i:Minggu))"
_NUMBERS = {
    name: number
    for number, names in enumerate(
        ((), ("one", "a", "satu", "se"), ("two", "dua"), ("three", "tiga"), ("four", "empat"), ("five", "lima"), ("six", "enam"), ("seven", "tujuh"), ("eight", "delapan"), ("nine", "sembilan"), ("ten", "sepuluh"))
    )
    for name in names
}  # fmt: skip
_UNIT_DAYS = {"day": 1, "hari": 1, "week": 7, "pekan": 7, "minggu": 7, "month": 30, "bulan": 30}
# Between a word of beginning and its date: prepositions, a weekday, an hour.
_BETWEEN = re.compile(
    rf"^\W{{0,3}}(?:(?:on|in|of|at|the|this|next|early|late|mid|from|by|as of|or around|pada|tanggal|hari|tahun|bulan|awal|akhir|pertengahan|mulai|per|sejak|tengah|malam|pukul|tepat\w*|efektif|\d{{1,2}}(?::\d\d)?\s?[ap]\.?m\.?|\d{{1,2}}[.:]\d\d|[ECP][DS]?T|GMT|UTC|WIB|{_WEEKDAY.replace('?P<weekday>', '?:')})\W{{1,3}})*$",
    re.IGNORECASE,
)
# "pada Jumat (9/1/2026)": the day of the act. ", Jumat (9/1/2026)": the day of the quote.
_ON_A_DAY = re.compile(
    rf"\b(?:on|pada|sejak|tanggal|hari|in)\W{{1,3}}(?:(?:hari\s+)?{_WEEKDAY.replace('?P<weekday>', '?:')}\W{{1,3}})?$",
    re.IGNORECASE,
)
# What else is dated ahead in news of a rule: hearings, votes, shows, the end of an offer.
_OCCASION = re.compile(
    r"\b(?:hearings?|trial|court|judge|conference|summit|elections?|vote|shareholders?|earnings|premieres?|released? (?:on|in)|festival|due in court|comment period|consultation|sidang|pemilu|konferensi|pengadilan|rapat)\b",
    re.IGNORECASE,
)
# "Was due in December", "semula Maret": the plan that no longer stands.
_FORMER = re.compile(
    r"\b(?:(?:was|were|had been) (?:\w+ )?(?:due|planned|scheduled|meant|set|supposed|expected|promised)|originally|initially|instead of|rather than|semula|tadinya|sedianya|awalnya|mulanya|alih-alih)\b(?:(?!\b(?:now|and|but|kini|tetapi|dan)\b)[^.;,]){0,40}$",
    re.IGNORECASE,
)
_MOVED = re.compile(
    r"\b(?:moved|pushed|postponed|delayed|deferred|shifted|put back|digeser|menggeser|diundur\w*|mengundur\w*|dimundurkan|ditunda|menunda)\b",
    re.IGNORECASE,
)
_TO = re.compile(r"\W*(?:to|until|ke|hingga|sampai|menjadi|jadi)\W+(?:tanggal )?", re.IGNORECASE)
_RELEASE = re.compile(
    r"\b(?:(?:start|beginn)ing (?:with|in|from)|as of|from|since|with the (?:release|arrival) of|(?:takes? effect|arrives?|comes?|ships?) (?:with|in)|mulai(?: dari)?|sejak|terhitung|berlaku (?:mulai|sejak|di|pada)|hadir (?:di|pada|lewat)) "
    r"(?P<release>(?-i:(?:the )?[Vv]ersion|[Vv]ersi|iOS|iPadOS|macOS|Android|Windows|Firefox|Chrome|Safari|Brave|Opera|Edge)(?: (?-i:[A-Z])\w+)? v?\d+(?:\.\d+)*)\b(?!\s?%)",
    re.IGNORECASE,
)
_OTHER_YEAR = re.compile(r"\W+(?:of )?(?:last year|tahun (?:lalu|silam|kemarin))\b", re.IGNORECASE)
# The days between which data were gathered are not those of the rule on them.
_GATHERED = re.compile(
    r"\b(?:collected|gathered|posted|harvested|dikumpulkan|diambil|diunggah)\W+(?:between|from|since|antara|sejak|dari)\b[^.;]{0,40}$",
    re.IGNORECASE,
)
_NARROW, _WIDE = 60, 110
_FAR_PAST_DAYS, _FAR_AHEAD_DAYS = 200, 270
# What began longer ago is told as background.
_BACKGROUND_DAYS, _SINCE_DAYS = 190, 14
# "Took effect on Monday", "has begun ..., as of Monday": the last Monday is meant.
_PAST_START = re.compile(r"\b(?:took|went|came|started|began|kicked|sejak|since)\b", re.IGNORECASE)
_HAS_STARTED = re.compile(
    r"\b(?:(?:has|have) (?:\w+ )?(?:begun|started|\w+ed|shut|cut|put|set|made|gone)|began|started|is now|are now|now|telah|sudah)\b",
    re.IGNORECASE,
)
_LAST_MONTH, _MID_MONTH = 12, 15


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A date with its place in the sentence."""

    when: PolicyDate
    start: int
    end: int


class SomeDay(date):
    """A day of publication of which only the month is known: its middle, so that relative phrases come out in the right month."""


def day_of(text: str | None) -> date | None:
    """Return an ISO time's day, a month's as `SomeDay`; `None` for what is neither."""
    match = re.match(r"(\d{4})-(\d{2})(?:-(\d{2}))?", text or "")
    if match is None:
        return None
    year, month, day = match.groups()
    try:
        return date(int(year), int(month), int(day)) if day else SomeDay(int(year), int(month), _MID_MONTH)
    except ValueError:
        return None


def is_ahead(value: str, published: date) -> bool:
    """Tell whether an ISO date, month or year lies ahead of the day of publication for sure: within its own month only where that day is known."""
    known = _known_of(published)
    return value > known[: len(value)] and not value.startswith(known)


def is_past(value: str, published: date) -> bool:
    """Tell whether an ISO day is over, or today, for sure."""
    known = _known_of(published)
    return len(value) == len("2026-01-01") and (value[: len(known)] < known or value == known)


def _known_of(published: date) -> str:
    return published.isoformat()[: len("2026-01")] if isinstance(published, SomeDay) else published.isoformat()


def effective_in(text: str, published: date | None, *, strict: bool = False) -> Found | None:
    """Return the day from which a sentence says that something holds, `None` when it says none.

    `strict` asks for a word of taking effect: for sentences that do not name the rule.
    """
    if strict and not _says("takes_effect", text):
        return None
    for found in _dates(text, published):
        if _is_start(text, found.start) and not _is_background(text, found, published):
            return _moved_to(text, found, published) or found
    return _relative(text, published) or _with_release(text)


def _moved_to(text: str, found: Found, published: date | None) -> Found | None:
    """Return the new day of "moved from March 1 to June 1"."""
    if not _MOVED.search(text[max(0, found.start - _WIDE) : found.start]):
        return None
    later = (other for other in _dates(text, published) if other.start > found.end)
    return next((other for other in later if _TO.fullmatch(text, found.end, other.start)), None)


def _with_release(text: str) -> Found | None:
    """Return a release with which something begins: it has no day."""
    match = _RELEASE.search(text)
    if match is None:
        return None
    when = PolicyDate(value=None, precision="release", raw=match.group("release"))
    return Found(when=when, start=match.start("release"), end=match.end("release"))


def ahead_in(text: str, published: date | None) -> Found | None:
    """Return the first day or month in a sentence that lies ahead of the day of publication, without words of another occasion.

    What a sentence on a rule dates ahead is the rule, though no word of beginning stands beside it: "in July it goes".
    """
    if published is None or _OCCASION.search(text):
        return None
    ahead = [found for found in _dates(text, published) if _lies_ahead(found, published) and not _is_aside(text, found)]
    first = min(ahead, key=lambda found: (found.when.precision != "day", found.start), default=None)
    return first and (_moved_to(text, first, published) or first)


def _lies_ahead(found: Found, published: date) -> bool:
    value = found.when.value or ""
    return found.when.precision in ("day", "month") and is_ahead(value, published)


def _is_aside(text: str, found: Found) -> bool:
    """Tell whether a date is that of another year, of a former plan, or of the telling."""
    before = text[max(0, found.start - _NARROW) : found.start]
    return bool(_OTHER_YEAR.match(text, found.end) or _FORMER.search(before)) or _is_told(text, found)


def announced_in(text: str, published: date | None) -> Found | None:
    """Return the day on which a sentence says that something was made known."""
    for found in _dates(text, published):
        if found.when.precision == "day" and _is_told(text, found):
            return found
    return _told_on_weekday(text, published)


def _dates(text: str, published: date | None) -> Iterator[Found]:
    for pattern, precision in _FORMS:
        for match in pattern.finditer(text):
            if value := _value(match, precision, published):
                lone = precision == "month" and not match.groupdict().get("year")
                start = match.start("month") if lone else match.start()
                raw = text[start : match.end()]
                yield Found(
                    when=PolicyDate(value=value, precision=precision, raw=raw), start=start, end=start + len(raw)
                )


def _says(name: str, text: str) -> bool:
    return bool(slot_cues("time")[name].search(text))


def _last(name: str, text: str) -> int:
    """Return where the last word of a kind ends, -1 without one."""
    return max((match.end() for match in slot_cues("time")[name].finditer(text)), default=-1)


def _is_start(text: str, at: int) -> bool:
    """Tell whether a date says when something holds: a word of beginning stands before it, nearer than one of telling."""
    before = text[max(0, at - _WIDE) : at]
    if _GATHERED.search(before):
        return False
    begins, told = _last("begins", before), _last("told", before)
    if begins >= 0 and begins > told and _BETWEEN.match(before[begins:]):
        return True
    if not _ON_A_DAY.search(before[-_NARROW:]) or told >= 0:
        return False
    return _says("takes_effect", before) or _says("acts", before)


def _is_background(text: str, found: Found, published: date | None) -> bool:
    """Tell whether something began so long ago that it is no news; "since May" is the past of a rule, not its start."""
    if published is None or not found.when.value:
        return False
    year, month, day = (int(part) for part in (*found.when.value.split("-"), "12", "28")[:3])
    if _FORMER.search(text[max(0, found.start - _NARROW) : found.start]):
        return True
    age = (published - _clamped(year, month, day)).days
    since = bool(re.search(r"\b(?:since|sejak|after|setelah)\W(?:\w+\W){0,2}$", text[: found.start], re.IGNORECASE))
    return age > (_SINCE_DAYS if since else _BACKGROUND_DAYS)


def _is_told(text: str, found: Found) -> bool:
    before, after = text[max(0, found.start - _WIDE) : found.start], text[found.end : found.end + _NARROW]
    told, begins = _last("announces", before), _last("begins", before)
    if begins > told and _BETWEEN.match(before[begins:]):
        return False
    return told >= 0 or bool(_ON_A_DAY.search(before) and _says("announces", after))


def _told_on_weekday(text: str, published: date | None) -> Found | None:
    if published is None:
        return None
    for match in _told_weekdays().finditer(text):
        back = (published.weekday() - _WEEKDAYS[match.group("weekday").lower()]) % 7
        return _found(
            (published - timedelta(days=back)).isoformat(), text, match.start("weekday"), match.end("weekday")
        )
    return None


@cache
def _told_weekdays() -> re.Pattern[str]:
    told = slot_cues("time")["announces"].pattern
    return re.compile(
        rf"{told}(?:[\s,]+(?:on|late|early|pada|hari))?[\s,]+{_WEEKDAY}\b(?!\s*[(,]?\s*\d)", re.IGNORECASE
    )


def _relative(text: str, published: date | None) -> Found | None:
    """Return a day that is told by its distance from the day of publication."""
    if published is None:
        return None
    for pattern, value in _RELATIVE:
        for match in pattern.finditer(text):
            if _is_ahead(text, match):
                return _found(value(published), text, match.start(), match.end())
    return _in_some_time(text, published) or _on_weekday(text, published)


def _is_ahead(text: str, match: re.Match[str]) -> bool:
    """Tell whether a phrase stands with a word of beginning, or with "will" on either side of it."""
    own, before = match.group(0), text[max(0, match.start() - _WIDE) : match.start()]
    return _says("begins", own) or _says("ahead", before) or _says("takes_effect", before) or _leads(text, match)


def _leads(text: str, match: re.Match[str]) -> bool:
    return match.start() < 3 and _says("ahead", text[match.end() : match.end() + _WIDE])


def _in_some_time(text: str, published: date) -> Found | None:
    match = re.search(
        r"\b(?:take[sn]? effect|start\w*|begin\w*|effective|(?:into|in) (?:force|effect)|berlaku|mulai|efektif|diterapkan)\b[^.;]{0,40}?\b(?P<phrase>(?:in|within|dalam(?: waktu)?)\s+(?P<count>\d{1,3}|[a-z]+)\s+(?P<unit>day|week|month|hari|pekan|minggu|bulan)s?)\b",
        text,
        re.IGNORECASE,
    )
    if match is None:
        return None
    count = match.group("count").lower()
    number = int(count) if count.isdigit() else _NUMBERS.get(count)
    if number is None:
        return None
    day = published + timedelta(days=number * _UNIT_DAYS[match.group("unit").lower()])
    return _found(day.isoformat(), text, match.start("phrase"), match.end("phrase"))


def _on_weekday(text: str, published: date) -> Found | None:
    """Return the coming weekday on which something starts, or the last one on which it took effect."""
    for match in _start_weekdays().finditer(text):
        number = _WEEKDAYS[match.group("weekday").lower()]
        past = bool(_PAST_START.search(match.group(0)) or _HAS_STARTED.search(text[: match.start()]))
        days = -((published.weekday() - number) % 7) if past else (number - published.weekday()) % 7
        return _found((published + timedelta(days=days)).isoformat(), text, match.start(), match.end())
    return None


@cache
def _start_weekdays() -> re.Pattern[str]:
    begins = slot_cues("time")["takes_effect"].pattern
    return re.compile(
        rf"(?:{begins}|\b(?:from|since|sejak|as of|starts?|started|begins?|began|dimulai))(?: mulai)?(?: on| this| next| pada| hari)*\s+{_WEEKDAY}\b(?!\s*[(,]?\s*\d)(?! (?:depan|ini|lalu|mendatang))",
        re.IGNORECASE,
    )


def _found(value: str, text: str, start: int, end: int) -> Found:
    when = PolicyDate(value=value, precision="relative", raw=text[start:end])
    return Found(when=when, start=start, end=end)


def _plus(days: int) -> Callable[[date], str]:
    return lambda day: (day + timedelta(days=days)).isoformat()


def _months_on(count: int) -> Callable[[date], str]:
    return lambda day: f"{day.year + (day.month - 1 + count) // 12:04d}-{(day.month - 1 + count) % 12 + 1:02d}"


def _years_on(count: int) -> Callable[[date], str]:
    return lambda day: f"{day.year + count:04d}"


def _season(month: int) -> Callable[[date], str]:
    """Return the year of the next season that ends with a month."""
    return lambda day: f"{day.year + (day.month > month):04d}"


# "Later this year" with a bare "will" is a hope; with a word of beginning it is a start.
_SURE_START = r"(?:(?:starting|beginning|effective|start|begin|starts|begins|takes? effect|(?:in|into) (?:effect|force)|from|as of|mulai|berlaku|diberlakukan|per|terhitung|efektif)(?: (?:mulai|from|as of|pada|sejak))* )"
_START = f"{_SURE_START}?"
_RELATIVE: tuple[tuple[re.Pattern[str], Callable[[date], str]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), value)
    for pattern, value in (
        (r"\b(?:starting|beginning|effective|as of|from|effective as of) today\b|\b(?:mulai|per|terhitung|berlaku)(?: mulai| sejak)? hari ini\b|\b(?:effective|with) immediate(?:ly| effect)\b|\bberlaku (?:segera|seketika|langsung)\b", _plus(0)),
        (rf"\b{_START}(?:tomorrow|besok)\b", _plus(1)),
        (rf"\b{_START}lusa\b", _plus(2)),
        (rf"\b{_START}(?:(?:early|later|sometime) )?next week\b|\b{_START}(?:awal |akhir )?(?:pekan|minggu) depan\b", _plus(7)),
        (rf"\b{_START}(?:early |late |later |sometime )?next month\b|\b{_START}(?:awal |akhir |pertengahan )?bulan depan\b", _months_on(1)),
        (rf"\b{_SURE_START}(?:later|end of|the end of) (?:this|the) month\b|\b{_SURE_START}(?:akhir |pertengahan )?bulan ini\b", _months_on(0)),
        (rf"\b{_START}(?:in |from )?(?:(?:early |late |later |mid[- ]|end of )?(?<!the )next|(?:the )?new) year\b|\b{_START}(?:awal |akhir |pertengahan )?tahun depan\b|\bnext spring\b", _years_on(1)),
        (rf"\b{_SURE_START}(?:later|end of|by the end of|the end of) (?:this|the) year\b|\b{_SURE_START}(?:akhir |pertengahan )?tahun ini\b", _years_on(0)),
        (rf"\b{_START}(?:this|in the) spring\b|\bmusim semi (?:ini|mendatang)\b", _season(6)),
        (rf"\b{_START}(?:this|in the|next) summer\b|\bmusim panas (?:ini|mendatang)\b", _season(9)),
        (rf"\b{_START}(?:this|in the|next) (?:fall|autumn)\b|\bmusim gugur (?:ini|mendatang)\b", _season(11)),
    )
)  # fmt: skip


def _value(match: re.Match[str], precision: Precision, published: date | None) -> str | None:
    part = match.groupdict()
    if precision == "year":
        return part["year"]
    if precision == "quarter":
        return _quarter(part, published)
    return _day_or_month(part, precision, published)


def _quarter(part: dict[str, str | None], published: date | None) -> str | None:
    """Return the first month of a quarter; without a year the next that has not ended."""
    said = (part.get("q") or part.get("quarter") or part.get("kuartal") or "").lower()
    number = int(said) if said.isdigit() else _QUARTERS.get(said)
    year = part.get("year") or (
        published and str(published.year + (number is not None and published.month > number * 3))
    )
    return f"{year}-{number * 3 - 2:02d}" if number and year else None


def _day_or_month(part: dict[str, str | None], precision: Precision, published: date | None) -> str | None:
    said_month, said_year = part.get("monthno"), part.get("year")
    month = int(said_month) if said_month else _months().get((part.get("month") or "").lower().rstrip("."))
    year = int(said_year) if said_year else published.year if published else None
    if not month or month > _LAST_MONTH or year is None:
        return None
    day = int(part.get("day") or 1)
    # Without a year the nearest one is meant: a January that lies ten months back is the next, a December eleven months ahead the last.
    if not said_year and published and (published - _clamped(year, month, day)).days > _FAR_PAST_DAYS:
        year += 1
    if not said_year and published and (_clamped(year, month, day) - published).days > _FAR_AHEAD_DAYS:
        year -= 1
    if not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return f"{year:04d}-{month:02d}-{day:02d}" if precision == "day" else f"{year:04d}-{month:02d}"


def _clamped(year: int, month: int, day: int) -> date:
    return date(year, month, max(1, min(day, calendar.monthrange(year, month)[1])))


@cache
def _months() -> dict[str, int]:
    path = Path(__file__).parents[2] / "rules" / "months.toml"
    data: dict[str, list[str]] = tomllib.loads(path.read_text("utf-8"))
    return {name: int(number) for number, found in data.items() for name in found}
