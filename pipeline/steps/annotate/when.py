"""From when a rule holds: the date in a sentence, its precision and its phrase; relative ones against the day of publication."""

import re
import tomllib
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import msgspec

from pipeline.records import PolicyDate, Precision

_CUE = re.compile(
    r"(?:start(?:s|ing|ed)?|begin(?:s|ning)?|beginning|effective|takes? effect|took effect|(?:come|goes?|go|going) into (?:effect|force)|from|as of|by|on|until|after|kicks? in|in force|"
    r"mulai|berlaku|efektif|per|terhitung|sejak|pada|tanggal|hingga|sampai)\s*(?:on|from|as of|pada|tanggal|efektif|berlaku|mulai|per|sejak)?\s*(?:hari\s+\w+\s*)?[,(]?\s*$",
    re.IGNORECASE,
)
_STRONG = re.compile(
    r"\b(?:start(?:s|ing)?|begin(?:s|ning)?|effective|takes? effect|took effect|into (?:effect|force)|as of|from|by|until|kicks? in|mulai|berlaku|efektif|terhitung|sejak|per)\b",
    re.IGNORECASE,
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_MONTH = r"(?P<month>[A-Za-z]{3,9})\.?"
_YEAR = r"(?:,?\s+(?P<year>20\d{2}))?"
_FORMS: tuple[tuple[re.Pattern[str], Precision], ...] = (
    (re.compile(rf"\b{_DAY}(?:\s+of)?\s+{_MONTH}{_YEAR}\b", re.IGNORECASE), "day"),
    (re.compile(rf"\b{_MONTH}\s+{_DAY}\b{_YEAR}", re.IGNORECASE), "day"),
    (re.compile(r"\b(?P<day>\d{1,2})/(?P<monthno>\d{1,2})/(?P<year>20\d{2})\b"), "day"),
    (re.compile(r"\b(?P<year>20\d{2})-(?P<monthno>\d{2})-(?P<day>\d{2})\b"), "day"),
    (re.compile(rf"\b{_MONTH}\s+(?P<year>20\d{{2}})\b", re.IGNORECASE), "month"),
)
_RELATIVE: tuple[tuple[re.Pattern[str], int, str], ...] = (
    (re.compile(r"\b(?:today|hari ini|mulai sekarang)\b", re.IGNORECASE), 0, "relative"),
    (re.compile(r"\b(?:tomorrow|besok)\b", re.IGNORECASE), 1, "relative"),
)
_MONTH_NAMES = 12


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A date with its place in the sentence."""

    when: PolicyDate
    start: int
    end: int


def effective_in(text: str, published: date | None) -> Found | None:
    """Return the day from which a sentence says that something holds, `None` when it says none."""
    for pattern, precision in _FORMS:
        for match in pattern.finditer(text):
            day = _day_of(match, published)
            if day and _is_start(text, match.start()):
                value = day.isoformat() if precision == "day" else day.isoformat()[:7]
                return Found(
                    when=PolicyDate(value=value, precision=precision, raw=match.group(0)),
                    start=match.start(),
                    end=match.end(),
                )
    return _relative(text, published)


def _relative(text: str, published: date | None) -> Found | None:
    for pattern, days, _ in _RELATIVE:
        match = pattern.search(text)
        if match and published and _is_start(text, match.start()):
            value = (published + timedelta(days=days)).isoformat()
            return Found(
                when=PolicyDate(value=value, precision="relative", raw=match.group(0)),
                start=match.start(),
                end=match.end(),
            )
    return None


def _is_start(text: str, at: int) -> bool:
    before = text[max(0, at - 40) : at]
    return bool(_CUE.search(before)) and bool(_STRONG.search(text[max(0, at - 90) : at]))


def _day_of(match: re.Match[str], published: date | None) -> date | None:
    part = match.groupdict()
    month = int(part["monthno"]) if part.get("monthno") else _months().get((part.get("month") or "").lower())
    if not month or month > _MONTH_NAMES:
        return None
    year = int(part["year"]) if part.get("year") else published.year if published else 0
    day = int(part.get("day") or 1)
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    # Without a year the nearest one is meant: a January that lies ten months back is the next.
    if not part.get("year") and published and (published - found).days > 200:
        return found.replace(year=year + 1) if not (month == 2 and day == 29) else None
    return found


@cache
def _months() -> dict[str, int]:
    path = Path(__file__).parents[2] / "rules" / "months.toml"
    data: dict[str, list[str]] = tomllib.loads(path.read_text("utf-8"))
    return {name: int(number) for number, found in data.items() for name in found}
