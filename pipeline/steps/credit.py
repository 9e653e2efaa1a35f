"""Who made an article: authors, editors and contributors, from its own lines, its markup and its metadata. Names are people.

A labelled line ("Penulis: A | Editor: B") is believed first, since JSON-LD's author may be the editor; then JSON-LD, meta tags, markup
and, last, a line that is nothing but a byline.
"""

import re
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise, zip_longest
from pathlib import Path
from typing import Any

import msgspec

from pipeline.records import SourceHints
from pipeline.steps.decode import tidy
from pipeline.steps.metadata import Metadata, names_of, persons_of

_META = (
    "author",
    "article:author",
    "content_author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "cxenseparse:author",
    "citation_author",
    "article.author",
    "rnews:creator",
    "twitter:creator:name",
)
_EDITOR_META = ("content_editor", "editor")
_SPLIT = re.compile(r"\s*(?:,|;|\||/|&|•|·)\s*|\s+(?:and|AND|And|dan|DAN|und|et|y|e|with)\s+")
_NAME = re.compile(r"[^\W\d_][\w.'’‘`\-]*(?:\s+[^\W\d_][\w.'’‘`\-]*){0,5}")
_JOB = (
    r"\b(?:senior|staff|chief|deputy|executive|managing|associate|contributing|assistant|freelance|technology|political|business|digital"
    r"|reporter|editor|correspondent|writer|columnist|journalist|head of|professor|ceo|founder)\b.*"
)
_MONTH = r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?\s*"
_TAIL = re.compile(
    rf"\s*(?:\(.*|\s[-–—]\s.*|[|@•·–—].*|\b(?:for|is|in|on|at|via|from|that)\s.*|{_JOB}|{_MONTH}\d.*|\d.*)$",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"^(?:(?:written|words|story|posted|published|reported)\s+)?(?:by|oleh|von|par|por|door)\b\s*:?\s*", re.IGNORECASE
)
_BYLINE_LINE = re.compile(r"(?:By|BY|Oleh|OLEH|Von|Par|Por|Door)\s*:?\s+(?=\S)")
# "Nama Orang , Jurnalis-Senin, 16 Juni 2025 |15:20 WIB".
_SIGNED = re.compile(r"(?P<name>[^,:]{3,60}?)\s*,\s*(?:jurnalis|wartawan)\s*[-–]", re.IGNORECASE)
_REPORT = re.compile(
    r"\(?laporan\s+(?:wartawan|reporter|kontributor|jurnalis)\b[^,:]{0,60}[,:]\s*(?P<names>[^)]{3,80})", re.IGNORECASE
)
_CSS = (
    "//*[contains(concat(' ',@itemprop,' '),' author ')] | //a[contains(concat(' ',@rel,' '),' author ')]"
    " | //a[contains(@href,'/author/') or contains(@href,'/authors/') or contains(@href,'/penulis/')]"
)
_BYLINE = (
    "//*[contains(@class,'byline') or contains(@class,'author-name') or contains(@class,'author_name') or contains(@class,'authorname')"
    " or contains(@class,'read__author') or contains(@class,'contributor-name')]"
)
_UNSEEN = frozenset({"script", "style", "noscript", "template", "head"})
_MAX_PEOPLE = 12


class Credits(msgspec.Struct, frozen=True, kw_only=True):
    """The people by what they did, each once, in the order in which they are named."""

    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    contributors: tuple[str, ...] = ()


def read(root: Any, metadata: Metadata, lines: Sequence[str], hints: SourceHints) -> Credits:
    """Return the credits; `lines` are the texts of the article's head and tail that hold no body."""
    told: dict[str, list[str]] = {"author": [], "editor": [], "contributor": []}
    for line in lines:
        for role, names in roles_in(line):
            told[role] += names
    told["editor"] += _hinted(root, hints.editor) + people(metadata.meta.get(name, "") for name in _EDITOR_META)
    told["editor"] += people(persons_of(metadata.ld.get("editor")))
    told["contributor"] += people(persons_of(metadata.ld.get("contributor")))
    editors = _once(told["editor"])
    authors = _once(_hinted(root, hints.author) + told["author"]) or _authors(root, metadata, lines, editors)
    return Credits(authors=authors, editors=editors, contributors=_once(told["contributor"]))


def lines_of(root: Any) -> list[str]:
    """Return the short lines of a page that name a role and a person, wherever they stand; a label and its name may be two elements."""
    texts = [line for line in _seen_texts(root) if len(line) <= 120]
    found = []
    for line, after in pairwise([*texts, ""]):
        mark = _role_pattern().match(line)
        if mark and mark.end() < len(line):
            found.append(line)
        elif _is_label(line, after):
            found.append(f"{line.rstrip(' :')}: {after.lstrip(' :')}")
    return found[:8]


def roles_in(line: str) -> list[tuple[str, list[str]]]:
    """Return the roles and people that a credit line names: "(Penulis: A, B | Editor: C)" names three."""
    text = line.strip(" ()[]")
    if report := _REPORT.match(text):
        return [("author", names)] if (names := people([report["names"]])) else []
    if signed := _SIGNED.match(text):
        return [("author", names)] if (names := people([signed["name"]])) else []
    marks = list(_role_pattern().finditer(text))
    found = []
    for mark, after in zip_longest(marks, marks[1:]):
        value = re.split(r"(?<=\w{3})\.\s", text[mark.end() : after.start() if after else len(text)])[0]
        # A label with a colon vouches for a short name that its outlet writes small.
        names = people([value]) or ([value.strip()] if _is_small_name(mark, value) else [])
        if names:
            found.append((_roles()[re.sub(r"\s+", " ", mark.group("role").lower())], names))
    return found


def _is_small_name(mark: re.Match[str], value: str) -> bool:
    named = ":" in mark.group() and mark.start() == 0 and 2 <= len(value.split()) <= 3
    return named and value.islower() and bool(people([value.title()]))


def people(texts: Iterable[str]) -> list[str]:
    """Return the names of people in texts that list them."""
    found = []
    for text in texts:
        cleaned = _LEADING.sub("", tidy(text[:400]))
        found += [name for part in _SPLIT.split(cleaned[:300]) if (name := _person(part))]
    return found


def _person(text: str) -> str | None:
    edge = " .,:;()[]\"'“”"
    if "@" in text or "://" in text:
        return None
    name = _without_degrees(_TAIL.sub("", _LEADING.sub("", text.strip(edge))).strip(edge))
    if not 3 <= len(name) <= 60 or not _NAME.fullmatch(name):
        return None
    words = name.lower().replace(".", " ").split()
    return name if _is_cased(name) and not any(word in _not_people() for word in words) else None


def _without_degrees(name: str) -> str:
    words = name.split()
    while words and words[-1].replace(".", "").lower() in _degrees() and words[-1][0].isupper():
        words.pop()
    return " ".join(words).strip(" ,")


def _is_cased(name: str) -> bool:
    """Say whether each word but particles starts as names do; scripts without case always do."""
    words = name.split()
    proper = [word for word in words if word.lower() not in _particles()]
    return bool(proper) and all(any(c.isupper() for c in word) or word == word.upper() for word in proper)


def _authors(root: Any, metadata: Metadata, lines: Sequence[str], editors: Sequence[str]) -> tuple[str, ...]:
    """Return the first source of author names that names a person who is neither the editor nor the outlet."""
    keys = {_key(name) for name in editors} | _outlets(metadata)
    for names in (
        people(persons_of(metadata.ld.get("author"))),
        people(metadata.meta.get(name, "") for name in _META if "http" not in metadata.meta.get(name, "http")),
        people(persons_of(metadata.ld.get("creator"))),
        people(_texts(root, _CSS)),
        people(_texts(root, _BYLINE)),
        [name for line in lines for name in _byline(line)],
        people(name for name in names_of(metadata.ld.get("author")) if len(name.split()) > 1),
    ):
        own = [name for name in names if _key(name) not in keys and _key(name).replace(" ", "") not in keys]
        if own:
            return _once(own)
    return ()


def _byline(line: str) -> list[str]:
    """Return the people of a line that is nothing but "By A and B", with a date perhaps."""
    mark = _BYLINE_LINE.match(line)
    if not mark or len(line) > 100:
        return []
    parts = [part for part in _SPLIT.split(line[mark.end() :]) if part and not re.search(r"\d", part)]
    names = people(parts)
    return names if parts and len(names) == len(parts) and " " in names[0] else []


def _outlets(metadata: Metadata) -> set[str]:
    """Return the keys of the outlet's own names, which bylines give when no person signed."""
    names = [metadata.publisher or "", metadata.meta.get("og:site_name", ""), *names_of(metadata.ld.get("publisher"))]
    spelt = {_key(name) for name in names if name}
    people_named = {_key(name) for name in persons_of(metadata.ld.get("author"), stated=True) if " " in name}
    return (spelt | {key.replace(" ", "") for key in spelt} | set(metadata.host.split("."))) - people_named


def _texts(root: Any, path: str) -> list[str]:
    """Return the first group of author marks: those that share the first one's nearest ancestors."""
    found: list[str] = []
    group = None
    for element in root.xpath(path)[:40]:
        text = element.get("content") or tidy(" ".join(_parts(element)))
        if not 3 <= len(text) <= 120 or not people([text]):
            continue
        near = {id(ancestor) for ancestor in list(element.iterancestors())[:2]}
        if group is not None and not near & group:
            break
        group = near if group is None else group
        found.append(text)
    return found[:_MAX_PEOPLE]


def _parts(element: Any) -> Iterable[str]:
    named = element.xpath(".//*[@itemprop='name']")
    return (named[0].get("content") or named[0].text_content(),) if named else element.itertext()


def _seen_texts(root: Any) -> list[str]:
    found = []
    for element in root.iter("*"):
        if element.tag not in _UNSEEN and element.text:
            found.append(tidy(element.text[:400]))
        if element.tail:
            found.append(tidy(element.tail[:400]))
    return _with_lone_colons([text for text in found if text])


def _with_lone_colons(texts: Sequence[str]) -> list[str]:
    """Join a colon that stands alone to the label before it."""
    return [f"{text}:" if after == ":" else text for text, after in pairwise([*texts, ""]) if text != ":"]


def _is_label(line: str, after: str) -> bool:
    label = re.sub(r"\s+", " ", line.rstrip(" :").lower())
    return label in _roles() and (line.endswith(":") or after.startswith(":")) and len(after.lstrip(" :")) >= 3


def _hinted(root: Any, selectors: Sequence[str]) -> list[str]:
    return people(tidy(element.text_content()) for selector in selectors for element in root.cssselect(selector)[:5])


def _once(names: Sequence[str]) -> tuple[str, ...]:
    return tuple({_key(name): name for name in reversed(names)}.values())[::-1][:_MAX_PEOPLE]


def _key(name: str) -> str:
    return " ".join(re.findall(r"\w+", name.casefold()))


@cache
def _data() -> dict[str, list[str]]:
    data: dict[str, list[str]] = tomllib.loads(
        (Path(__file__).parent.parent / "rules" / "credits.toml").read_text("utf-8")
    )
    return data


@cache
def _roles() -> dict[str, str]:
    return {word: role for role in ("author", "editor", "contributor") for word in _data()[role]}


@cache
def _not_people() -> frozenset[str]:
    return frozenset(_data()["not_people"])


@cache
def _degrees() -> frozenset[str]:
    return frozenset(_data()["degrees"])


@cache
def _particles() -> frozenset[str]:
    return frozenset(_data()["particles"])


@cache
def _role_pattern() -> re.Pattern[str]:
    words = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(_roles(), key=len, reverse=True))
    return re.compile(rf"(?:^|(?<=[\s|;,(/]))(?P<role>(?i:{words}))(?:\s*:\s*|(?<=by)\s+(?=[^\W\d_a-z]))")
