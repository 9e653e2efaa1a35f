"""What in a text is a person's name: lists of names taken apart, without jobs, degrees, agencies, cities and dates.

Organisations, jobs and scraps of interface are no people; the words that tell them are data (`rules/credits.toml`).
"""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.steps.decode import tidy

_SPLIT = re.compile(r"\s*(?:,|;|\||/|&|•|·)\s*(?:(?:and|dan|und|et)\s+)?|\s+(?:and|AND|And|dan|DAN|und|et|y|e|with)\s+")
_NAME = re.compile(r"[^\W\d_][\w.'’‘`\-]*(?:\s+[^\W\d_][\w.'’‘`\-]*){0,5}")
_JOB = (
    r"\b(?:senior|staff|chief|deputy|executive|managing|associate|contributing|assistant|freelance|technology|political|business|digital"
    r"|reporter|editor|correspondent|writer|columnist|journalist|photographer|producer|analyst|contributor|director|manager|president"
    r"|head of|professor|ceo|founder|co-founder)\b.*"
)
_AGENCY = r"\b(?:the\s+)?(?:associated press|canadian press|press association|reuters|bloomberg|(?-i:AP|AFP|UPI|DPA|PTI|ANI|CNN|BBC))\b.*"
_MONTH = r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?\s*"
_TAIL = re.compile(
    rf"\s*(?:(?<=\w{{5}})\.\s.*|\(.*|\s[-–—]\s.*|[|@•·–—].*|\b(?:for|is|in|on|at|via|from|that)\s.*|{_JOB}|{_AGENCY}|{_MONTH}\d.*|\d.*)$",
    re.IGNORECASE,
)
# What stands in front of who wrote: "By", "Posted by", "Ditulis oleh".
BY = (
    r"(?i:(?:(?:written|words|story|posted|published|reported|text|article|authored|submitted|created|ditulis|diposting)\s+)?"
    r"(?:by|oleh|von|par|por|door)\b)"
)
AUTHOR = r"(?i:words|text|authors?|writer|penulis|autor|autore|auteur|автор|текст)"
_LEADING = re.compile(rf"^(?:{BY}\s*:?|{AUTHOR}\s*:)\s*")
# An interview written down: the writer comes last.
_TOLD_TO = re.compile(r"^.*\bas told to\s+", re.IGNORECASE)
# An address, a login, or a whole desk.
_NOBODY = re.compile(r"://|^\s*@|\w@\w|\bstaff(?:\s+reports?)?\W*$", re.IGNORECASE)
# An address or a line of code has words on both sides of a dot, where initials have letters; a possessive is a phrase.
_CODE = re.compile(r"\w{3}\.\w{2}|['’]s\b")
_EDGE = " .,:;()[]\"'“”-–—"
_MAX_LIST = 400


def people(texts: Iterable[str]) -> list[str]:
    """Return the names of people in texts that list them."""
    found = []
    for text in texts:
        cleaned = _LEADING.sub("", _TOLD_TO.sub("", tidy(text[:_MAX_LIST])))
        found += [name for part in _SPLIT.split(cleaned[:300]) if (name := _person(part))]
    return found


def parts_of(text: str) -> list[str]:
    """Return the parts of a text that lists people."""
    return [part for part in _SPLIT.split(text) if part]


@cache
def words(kind: str) -> frozenset[str]:
    """Return one of the word lists of the rules for credits."""
    rules = Path(__file__).parent.parent / "rules" / "credits.toml"
    data: dict[str, Any] = tomllib.loads(rules.read_text("utf-8"))
    listed = data[kind]
    return frozenset(listed.split() if isinstance(listed, str) else listed)


def has_given_name(name: str) -> bool:
    """Say whether a name of several words begins with a given name that is known as such."""
    parts = name.lower().split()
    return 2 <= len(parts) <= 4 and parts[0] in words("given")


def _person(text: str) -> str | None:
    if _NOBODY.search(text):
        return None
    name = _without_degrees(_TAIL.sub("", _LEADING.sub("", text.strip(_EDGE))).strip(_EDGE))
    if not 3 <= len(name) <= 60 or not _NAME.fullmatch(name) or not _is_cased(name) or _CODE.search(name):
        return None
    spoken = name.lower().replace(".", " ").split()
    if spoken[0] in words("no_first_name") or _is_degree(name) or any(word in words("not_people") for word in spoken):
        return None
    return _spelt(name)


def _without_degrees(name: str) -> str:
    parts = name.split()
    while len(parts) > 1 and _is_degree(parts[-1]):
        parts.pop()
    return " ".join(parts).strip(" ,")


def _is_degree(word: str) -> bool:
    # "MA" and "M.A." are degrees, "Ma" is a family.
    marked = sum(c.isupper() for c in word) > 1 or "." in word.rstrip(".")
    return marked and word.replace(".", "").lower() in words("degrees")


def _is_cased(name: str) -> bool:
    """Say whether each word but particles starts as names do; scripts without case always do."""
    proper = [word for word in name.split() if word.lower() not in words("particles")]
    return bool(proper) and all(any(c.isupper() for c in word) or word == word.upper() for word in proper)


def _spelt(name: str) -> str:
    """Return a name of several words that shouts in the case that names are written in."""
    parts = name.split()
    if len(parts) < 2 or not name.isupper():
        return name
    return " ".join(part if _is_initials(part) else _titled(part) for part in parts)


def _titled(word: str) -> str:
    return re.sub(r"^Mc(\w)", lambda found: f"Mc{found[1].upper()}", word.title())


def _is_initials(word: str) -> bool:
    bare = word.replace(".", "")
    return (
        len(bare) == 1
        or "." in word.rstrip(".")
        or (len(bare) == 2 and not set(bare) & set("AEIOUY"))
        or bare in ("II", "III", "IV")
    )
