"""From when a rule holds: the date in a sentence, its precision and its phrase; relative ones against the day of publication."""

import calendar
import re
import tomllib
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import msgspec

from pipeline.records import PolicyDate, Precision

_START = (
    r"start(?:s|ing|ed)?|begin(?:s|ning)?|began|effective|takes? effect|took effect|taking effect|(?:come|comes|coming|goes?|go|going|went) into (?:effect|force)|in (?:effect|force)|from|as of|by|until|"
    r"kick(?:s|ed)? in|go(?:es)? live|since|after|due|launch(?:es|ing)? on|deadline|mulai|berlaku|diberlakukan|efektif|per|terhitung|sejak|hingga|sampai|paling lambat|tenggat\w*|diterapkan|resmi"
)
# Directly before the date: a word of beginning, or a plain preposition where a word of beginning came before.
_BEFORE = re.compile(
    rf"(?:\b(?:{_START}|on|in|of|pada|tanggal|hari|tahun|bulan|at|this|next|late|early|mid|the)\W{{1,3}}|[,(]\s*)+(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+|(?:senin|selasa|rabu|kamis|jumat|jum.at|sabtu|minggu),?\s*\(?)?$",
    re.IGNORECASE,
)
_BEGINS = re.compile(rf"\b(?:{_START})\b", re.IGNORECASE)
_TAKES_EFFECT = re.compile(
    r"\b(?:(?:mulai |akan |baru )?(?:berlaku|diberlakukan|diterapkan|efektif)|mulai|terhitung|effective|takes? effect|took effect|(?:come|comes|goes?|go) into (?:effect|force)|starting|beginning|as of|deadline|tenggat\w*|from)\b",
    re.IGNORECASE,
)
_ACTED_THAT_DAY = re.compile(
    r"\b(?:membatasi|memblokir|menghapus|melarang|menonaktifkan|menghentikan|menutup|mematikan|restricted|disabled|removed|blocked|banned|pulled|shut down|limited|mewajibkan|will|akan|bakal)\b",
    re.IGNORECASE,
)
_TOLD_THAT_DAY = re.compile(
    r"\b(?:kata|ujar|ungkap\w*|tulis|dikutip|mengutip|menurut|keterangan|pernyataan|mengumumkan|diumumkan|umumkan|dilansir|tutur|jelas|said|announced|wrote|told|posted|published|reported|dilaporkan|unggah\w*|statement|updated|diperbarui)\b",
    re.IGNORECASE,
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_MONTHS = r"(?P<month>jan(?:uary|uari)?|feb(?:ruary|ruari)?|mar(?:ch|et)?|apr(?:il)?|may|mei|june?|juni|july?|juli|aug(?:ust)?|agu(?:stus|st)?|agt|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cs](?:ember)?)\.?"
_YEAR = r"(?:,?\s+(?P<year>20\d{2}))?"
_FORMS: tuple[tuple[re.Pattern[str], Precision], ...] = (
    (re.compile(rf"\b{_DAY}(?:\s+of)?\s+{_MONTHS}{_YEAR}\b", re.IGNORECASE), "day"),
    (re.compile(rf"\b{_MONTHS}\s+{_DAY}\b(?!\s*%){_YEAR}", re.IGNORECASE), "day"),
    (re.compile(r"\b(?P<day>\d{1,2})/(?P<monthno>\d{1,2})/(?P<year>20\d{2})\b"), "day"),
    (re.compile(r"\b(?P<year>20\d{2})-(?P<monthno>\d{2})-(?P<day>\d{2})\b"), "day"),
    (re.compile(rf"\b{_MONTHS},?\s+(?P<year>20\d{{2}})\b", re.IGNORECASE), "month"),
    (re.compile(r"\b(?P<quarter>first|second|third|fourth|Q[1-4]|kuartal (?:pertama|kedua|ketiga|keempat|I{1,3}V?|IV|[1-4])) (?:quarter )?(?:of )?(?P<year>20\d{2})\b", re.IGNORECASE), "year"),
    (re.compile(r"\b(?:early|late|mid|spring|summer|autumn|fall|winter|awal|akhir|pertengahan|tahun)[- ](?:of )?(?:tahun )?(?P<year>20\d{2})\b", re.IGNORECASE), "year"),
    (re.compile(r"(?<=in )(?P<month>January|February|March|April|May|June|July|August|September|October|November|December)\b", re.IGNORECASE), "month"),
    (re.compile(r"(?<=bulan )(?P<month>Januari|Februari|Maret|April|Mei|Juni|Juli|Agustus|September|Oktober|November|Desember)\b", re.IGNORECASE), "month"),
    (re.compile(r"(?<=\bin )(?P<year>20\d{2})\b"), "year"),
)  # fmt: skip
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (("monday", "senin"), ("tuesday", "selasa"), ("wednesday", "rabu"), ("thursday", "kamis"), ("friday", "jumat"), ("saturday", "sabtu"), ("sunday", "ahad"))
    )
    for name in names
}  # fmt: skip


def _plus(days: int) -> Callable[[date], str]:
    return lambda day: (day + timedelta(days=days)).isoformat()


def _months_on(count: int) -> Callable[[date], str]:
    return lambda day: f"{day.year + (day.month - 1 + count) // 12:04d}-{(day.month - 1 + count) % 12 + 1:02d}"


# Phrases that carry their own beginning, and what they come to on the day of publication.
_RELATIVE: tuple[tuple[re.Pattern[str], Callable[[date], str]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), value)
    for pattern, value in (
        (r"\b(?:starting|beginning|effective|as of|from|effective as of) today\b|\b(?:mulai|per|berlaku(?: mulai)?) hari ini\b|\beffective immediately\b|\bberlaku (?:segera|seketika)\b", _plus(0)),
        (r"\b(?:starting|beginning|effective|as of|from) tomorrow\b|\b(?:mulai|per|berlaku) besok\b", _plus(1)),
        (r"\b(?:starting|beginning|effective|from|as of|start|begin|will \w+(?: \w+){0,6}) next week\b|\b(?:mulai|berlaku) (?:pekan|minggu) depan\b", _plus(7)),
        (r"\b(?:starting|beginning|effective|from|as of|start|begin|will \w+(?: \w+){0,6}) next month\b|\b(?:mulai|berlaku)(?: pada)? bulan depan\b", _months_on(1)),
        (r"\b(?:starting|beginning|effective|from|in the|from the) (?:new|next) year\b|\b(?:mulai|berlaku)(?: pada)? tahun depan\b", lambda day: f"{day.year + 1:04d}"),
    )
)  # fmt: skip
_NEXT_WEEKDAY = re.compile(
    r"\b(?:starting|beginning|effective|from|as of|mulai|berlaku)(?: on| this| next| pada| hari)? (?P<weekday>monday|tuesday|wednesday|thursday|friday|saturday|sunday|senin|selasa|rabu|kamis|jumat|sabtu|ahad)\b(?! \(?\d)",
    re.IGNORECASE,
)
_FAR_PAST_DAYS = 200
_WIDE, _NARROW = 110, 60
_LAST_MONTH = 12


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A date with its place in the sentence."""

    when: PolicyDate
    start: int
    end: int


def effective_in(text: str, published: date | None, *, strict: bool = False) -> Found | None:
    """Return the day from which a sentence says that something holds, `None` when it says none.

    `strict` asks for a word of taking effect: for sentences that do not name the rule.
    """
    if strict and not _TAKES_EFFECT.search(text):
        return None
    for pattern, precision in _FORMS:
        for match in pattern.finditer(text):
            if not _is_start(text, match.start()):
                continue
            value = _value(match, precision, published)
            if value:
                return _found(value, precision, match)
    return _relative(text, published)


def announced_in(text: str, published: date | None) -> Found | None:
    """Return the day on which a sentence says that something was made known."""
    for pattern, precision in _FORMS[:4]:
        for match in pattern.finditer(text):
            value = _value(match, precision, published)
            if value and _TOLD_THAT_DAY.search(text[max(0, match.start() - _WIDE) : match.start()]):
                return _found(value, precision, match)
    return None


def _relative(text: str, published: date | None) -> Found | None:
    if published is None:
        return None
    for pattern, value in _RELATIVE:
        if match := pattern.search(text):
            return _found(value(published), "relative", match)
    if match := _NEXT_WEEKDAY.search(text):
        ahead = (_WEEKDAYS[match.group("weekday").lower()] - published.weekday()) % 7
        return _found((published + timedelta(days=ahead)).isoformat(), "relative", match)
    return None


def _found(value: str, precision: Precision, match: re.Match[str]) -> Found:
    when = PolicyDate(value=value, precision=precision, raw=match.group(0))
    return Found(when=when, start=match.start(), end=match.end())


def _is_start(text: str, at: int) -> bool:
    before = text[max(0, at - _NARROW) : at]
    if not _BEFORE.search(before):
        return False
    wide = text[max(0, at - _WIDE) : at]
    if _TOLD_THAT_DAY.search(before):
        return bool(
            re.search(
                r"\b(?:mulai|berlaku|efektif|terhitung|effective|starting|beginning|takes? effect|as of)\b",
                before,
                re.IGNORECASE,
            )
        )
    return bool(_BEGINS.search(wide)) or bool(_ACTED_THAT_DAY.search(wide))


def _value(match: re.Match[str], precision: Precision, published: date | None) -> str | None:
    part = match.groupdict()
    if precision == "year":
        return part["year"]
    month = (
        int(part["monthno"]) if part.get("monthno") else _months().get((part.get("month") or "").lower().rstrip("."))
    )
    year = int(part["year"]) if part.get("year") else published.year if published else None
    if not month or month > _LAST_MONTH or year is None:
        return None
    day = int(part.get("day") or 1)
    # Without a year the nearest one is meant: a January that lies ten months back is the next.
    if not part.get("year") and published and (published - _clamped(year, month, day)).days > _FAR_PAST_DAYS:
        year += 1
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
