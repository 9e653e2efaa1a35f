"""Credit lines: what a label ("Penulis:", "Edited by") or a byline says in front of people, in one text or in a run of texts."""

import re
from collections.abc import Sequence
from functools import cache
from itertools import zip_longest

from pipeline.steps.person import AUTHOR, BY, parts_of, people, words

_LEAD_IN = re.compile(rf"(?:{BY}|{AUTHOR})\s*:?")
_BYLINE = re.compile(rf"{BY}\s*:?\s+(?=[^\W\d_a-z])")
_LINK_WORD = re.compile(r"(?:[,&]|(?:and|dan|und|et|y)\b)(?:\s*(?:and|dan|und|et|y)\b)?", re.IGNORECASE)
_ENDS_OPEN = re.compile(r"(?:,|&|\band|\bdan|\bund|\bet)\s*$", re.IGNORECASE)
# "Nama Orang , Jurnalis-Senin, 16 Juni 2025 |15:20 WIB".
_SIGNED = re.compile(r"(?P<names>[^,:]{3,60}?)\s*,\s*(?:jurnalis|wartawan)\s*(?:[-–]|$)", re.IGNORECASE)
_REPORT = re.compile(
    r"\(?laporan\s+(?:wartawan|reporter|kontributor|jurnalis)\b[^,:]{0,60}[,:]\s*(?P<names>[^)]{3,80})", re.IGNORECASE
)
_CONTRIBUTED = re.compile(
    r"(?P<names>.{5,200}?),?\s+(?:also\s+)?(?:contributed\s+(?:(?:to\s+)?reporting|to\s+this\s+(?:article|report|story|post|piece))"
    r"|(?:turut\s+|ikut\s+)?berkontribusi\s+(?:dalam|pada|untuk))\b",
    re.IGNORECASE,
)
_WRITERS = re.compile(r"^.*\b(?:writers?|reporters?|correspondents?|journalists?|jurnalis|wartawan)\s+", re.IGNORECASE)
DATED = re.compile(
    r"\b(?:19|20)\d\d\b|\b\d{1,2}:\d\d\b|\bmin(?:ute)?s?(?:\s+read)?\b|\b(?:menit|hours?|days?)\b", re.IGNORECASE
)
WRITES = re.compile(
    r"\b(?:writer|writes|writing|editor|journalist|reporter|author|blogger|creator|founder|contributor|columnist|strategist|consultant"
    r"|specialist|manager|engineer|researcher|penulis|jurnalis|wartawan)\b",
    re.IGNORECASE,
)


def roles_in(line: str) -> list[tuple[str, list[str]]]:
    """Return the roles and people that a credit line names: "(Penulis: A, B | Editor: C)" names three."""
    text = line.strip(" ()[]—–-")
    small = text.lower()
    # Most lines are no credits, and the patterns are slow.
    if not any(mark in small for mark in (":", ",", "by", "oleh", "kontrib", "contrib")):
        return []
    for pattern, role in ((_REPORT, "author"), (_SIGNED, "author"), (_CONTRIBUTED, "contributor")):
        if told := pattern.match(text):
            names = people([_WRITERS.sub("", told["names"]) if role == "contributor" else told["names"]])
            names = [name for name in names if role == "author" or " " in name]
            return [(role, names)] if names else []
    marks = list(role_pattern().finditer(text))
    marks = [mark for mark in marks if marks[0].start() == 0 or _opens(mark, text)]
    found = []
    for mark, after in zip_longest(marks, marks[1:]):
        value = re.split(r"(?<=\w{3})\.\s", text[mark.end() : after.start() if after else len(text)])[0]
        # A label with a colon vouches for a short name that its outlet writes small.
        names = people([value]) or ([value.strip()] if _is_small_name(mark, value) else [])
        if names:
            found.append((_roles()[re.sub(r"\s+", " ", mark.group("role").lower())], names))
    return found


def _opens(mark: re.Match[str], text: str) -> bool:
    """Say whether a label stands in front or behind a break, and not in a sentence."""
    before = text[: mark.start()].rstrip()
    return not before or before[-1] in "|;(/.–—•·"


def _is_small_name(mark: re.Match[str], value: str) -> bool:
    named = ":" in mark.group() and mark.start() == 0 and 2 <= len(value.split()) <= 3
    return named and value.islower() and bool(people([value.title()]))


def role_of(text: str) -> str | None:
    """Return the role that a text names, if it is nothing but a label."""
    return _roles().get(re.sub(r"\s+", " ", text[:60]).strip(" :,").lower())


def is_lead_in(text: str) -> bool:
    """Say whether a text is nothing but what stands in front of an author: "By", "Written by"."""
    return bool(_LEAD_IN.fullmatch(text))


def listed(pieces: Sequence[str], skips: int = 3) -> list[str]:
    """Return the people at the head of a run of texts that together list them: "By", "Ana Ruiz", "and", "Tom Orr", "Senior Writer".

    Up to `skips` texts may stand in front of the first name.
    """
    names: list[str] = []
    is_open = True
    skipped = 0
    for piece in pieces:
        if role_of(piece) in ("editor", "contributor", "other"):
            break
        got = people([piece]) if len(piece) <= 120 else []
        if got and (is_open or _LINK_WORD.match(piece)):
            names += got
            is_open = bool(_ENDS_OPEN.search(piece))
        elif _LINK_WORD.fullmatch(piece):
            is_open = True
        elif names or skipped >= skips:
            break
        else:
            skipped += not is_lead_in(piece)
    return whole(names)


def whole(names: list[str]) -> list[str]:
    """Return the names of several words, if any: a single word beside them is a section, a city or a job."""
    return [name for name in names if " " in name] or names


def byline(line: str) -> list[str]:
    """Return the people of a line that is nothing but "By A and B", with a date perhaps."""
    mark = _BYLINE.match(line)
    if not mark or len(line) > 100:
        return []
    parts = [part for part in parts_of(line[mark.end() :]) if not re.search(r"\d", part)]
    names = people(parts)
    return named_in(line[mark.end() :]) if parts and len(names) == len(parts) and " " in names[0] else []


def with_job(line: str) -> list[str]:
    """Return the person of a line that adds a job or a date: "Ana Ruiz | Senior Writer | July 2, 2025"."""
    first, *rest = [part for part in re.split(r"\s*[|•·]\s*|\s[–—-]\s", line) if part] or [""]
    names = people([first]) if rest and len(line) <= 100 else []
    is_plain = len(names) == 1 and " " in names[0] and any(DATED.search(part) for part in rest)
    return names if is_plain and all(DATED.search(part) or WRITES.search(part) for part in rest) else []


def named_in(text: str) -> list[str]:
    """Return the people whom metadata lists, without the outlet or the city behind a name: "Ana Ruiz, Lampu"."""
    names = people([text])
    return (
        names[:1]
        if len(names) == 2 and re.search(r"[,/|]", text) and " " in names[0] and " " not in names[1]
        else names
    )


@cache
def _roles() -> dict[str, str]:
    return {word: role for role in ("author", "reporting", "editor", "contributor", "other") for word in words(role)}


@cache
def label_starts() -> frozenset[str]:
    """Return the first three letters of every label."""
    return frozenset(word[:3] for word in _roles())


@cache
def role_pattern() -> re.Pattern[str]:
    """Return the pattern of a label in front of people, wherever it stands in a line."""
    labels = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(_roles(), key=len, reverse=True))
    return re.compile(
        rf"(?:^|(?<=[\s|;,(/]))(?P<role>(?i:{labels}))(?:\s*:\s*|(?:(?<=by)|(?<=\w\soleh))\s+(?=[^\W\d_a-z]))"
    )
