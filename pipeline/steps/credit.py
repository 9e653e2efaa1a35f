"""Who made an article: authors, editors and contributors, from its own lines, its markup and its metadata. Names are people."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

import msgspec

from pipeline.records import SourceHints
from pipeline.steps.decode import tidy
from pipeline.steps.metadata import Metadata, names_of

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
_SPLIT = re.compile(r"\s*(?:,|;|\||/|&|\band\b|\bdan\b|\bund\b|\bet\b|\by\b|•|·)\s*", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_][\w.'’\-]*(?:\s+[^\W\d_][\w.'’\-]*){0,5}\.?")
_TAIL = re.compile(
    r"\s*(?:\(.*?\)|[-–—|@•·].*|\bfor\s.*|\bis\s.*|\bin\s.*|\b(?:senior|staff|chief|deputy|technology|political|business)\b.*|\b(?:reporter|editor|correspondent|writer|columnist|journalist)\b.*|\d.*)$",
    re.IGNORECASE,
)
_CSS = "//*[@rel='author'] | //*[contains(@itemprop,'author')] | //a[contains(@href,'/author/') or contains(@href,'/authors/') or contains(@href,'/penulis/')]"
_BYLINE = "//*[contains(@class,'byline') or contains(@class,'author-name') or contains(@class,'author_name') or contains(@class,'authorname') or contains(@class,'read__author') or contains(@class,'contributor-name')]"
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
    told["author"] += _hinted(root, hints.author)
    told["editor"] += _hinted(root, hints.editor) + people(metadata.meta.get(name, "") for name in _EDITOR_META)
    told["editor"] += people(names_of(metadata.ld.get("editor")))
    editors = _once(told["editor"])
    authors = (
        _once(told["author"])
        if told["author"] and _is_labelled(lines)
        else _authors(root, metadata, told["author"], editors)
    )
    return Credits(authors=authors, editors=editors, contributors=_once(told["contributor"]))


def lines_of(root: Any) -> list[str]:
    """Return the short lines of a page that name a role and a person, wherever they stand."""
    found = []
    for text in root.itertext():
        line = tidy(text) if len(text) <= 400 else ""
        if 6 <= len(line) <= 120 and ":" in line and (mark := _role_pattern().match(line)) and mark.end() < len(line):
            found.append(line)
    return found[:8]


def roles_in(line: str) -> list[tuple[str, list[str]]]:
    """Return the roles and people that a credit line names: "(Penulis: A, B | Editor: C)" names three."""
    text = line.strip(" ()[]")
    marks = list(_role_pattern().finditer(text))
    found = []
    for mark, after in zip_longest(marks, marks[1:]):
        names = people([text[mark.end() : after.start() if after else len(text)]])
        if names:
            found.append((_roles()[re.sub(r"\s+", " ", mark.group("role").lower())], names))
    return found


def people(texts: Iterable[str]) -> list[str]:
    """Return the names of people in texts that list them."""
    found = []
    for text in texts:
        cleaned = re.sub(r"^(?:by|oleh|von|par|por|di)\s*:?\s+", "", tidy(text), flags=re.IGNORECASE)
        found += [name for part in _SPLIT.split(cleaned[:300]) if (name := _person(part))]
    return found


def _person(text: str) -> str | None:
    name = _TAIL.sub("", text.strip(" .,:;()[]\"'“”")).strip(" .,:;()[]\"'“”")
    if not name or not 3 <= len(name) <= 60 or "@" in name or "://" in name or not _NAME.fullmatch(name):
        return None
    words = name.lower().replace(".", " ").split()
    return None if any(word in _not_people() for word in words) else name


def _authors(root: Any, metadata: Metadata, told: list[str], editors: Sequence[str]) -> tuple[str, ...]:
    """Return the first source of author names that names a person who is not the editor."""
    keys = {_key(name) for name in editors}
    for names in (
        told,
        people(names_of(metadata.ld.get("author"))),
        people(metadata.meta.get(name, "") for name in _META if "http" not in metadata.meta.get(name, "http")),
        people(names_of(metadata.ld.get("creator"))),
        people(_texts(root, _CSS)),
        people(_texts(root, _BYLINE)),
    ):
        own = [name for name in names if _key(name) not in keys]
        if own:
            return _once(own)
    return ()


def _is_labelled(lines: Sequence[str]) -> bool:
    return any(":" in line and role == "author" for line in lines for role, _ in roles_in(line))


def _texts(root: Any, path: str) -> list[str]:
    found = []
    for element in root.xpath(path)[:8]:
        text = tidy(element.get("content") or element.text_content())
        if 3 <= len(text) <= 120:
            found.append(text)
    return found[:4]


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
def _role_pattern() -> re.Pattern[str]:
    words = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(_roles(), key=len, reverse=True))
    return re.compile(rf"(?:^|(?<=[\s|;,(/]))(?P<role>{words})(?:\s*[:/]\s*|(?<=by)\s+|(?<=oleh)\s+)", re.IGNORECASE)
