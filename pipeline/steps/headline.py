"""The headline: what the page's main heading says, found by the page's own claims, without section label and outlet's name."""

import html
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from pipeline.records import SourceHints
from pipeline.steps.decode import key_of, select, tidy
from pipeline.steps.metadata import Metadata

_SEPARATOR = re.compile(r"\s+[|–—·»-]\s+|\s*[|»]\s*|\s+::\s+")
_EDGES = " |–—·»:-"
_NAMED = re.compile(r"title|headline|heading|judul", re.IGNORECASE)
_PRINTING = etree.XPath(
    "//body//*[self::div or self::p or self::span or self::h3 or self::h4][contains(text(), $claim)]"
)
_MAX_CHARS = 400
_MAX_HEADINGS = 30
_MAX_LABEL_WORDS = 4
# Fewer words may stand behind a colon anywhere.
_MIN_WORDS = 4
# A heading of fewer letters is a word that any page may hold.
_MIN_KEY = 8


def pick(root: Any, metadata: Metadata, hints: SourceHints) -> str | None:
    """Return the headline, `None` when nothing claims to be one."""
    for selector in hints.headline:
        for element in select(root, selector):
            if text := _text(element):
                return text[:_MAX_CHARS]
    claimed = _claimed(metadata)
    if heading := _heading(root, metadata, claimed):
        return heading
    claim = next(iter(claimed), None) or _without_site(metadata.title, metadata)
    return _as_printed(root, claim) if claim and len(claim.split()) >= _MIN_WORDS else claim


def _claimed(metadata: Metadata) -> list[str]:
    own = metadata.ld.get("headline")
    raw = [own if isinstance(own, str) else None, metadata.meta.get("og:title"), metadata.meta.get("twitter:title")]
    return [text for item in raw if (text := _without_site(tidy(html.unescape(item)) if item else None, metadata))]


def _heading(root: Any, metadata: Metadata, claimed: list[str]) -> str | None:
    """Return the heading that says what the page claims or its title holds, else the one h1 that can be a headline.

    The first h1 may be the channel's name, and claims are often written for search engines and shares: what readers see wins.
    """
    sources = [key_of(text) for text in (*claimed, metadata.title or "") if text]
    found = [
        (element, text) for element in root.iter("h1", "h2") if (text := _text(element)) and len(text) <= _MAX_CHARS
    ]
    first_level = [(element, text) for element, text in found if element.tag == "h1"][:_MAX_HEADINGS]
    headings = [*first_level, *[(element, text) for element, text in found if element.tag == "h2"][:_MAX_HEADINGS]]
    for element, text in first_level:
        if rest := _without_label(element, text, sources):
            return rest
    return (
        _equal(headings, sources)
        or _equal(headings, _parts(metadata))
        or _close(first_level, sources)
        or _only(first_level, metadata)
    )


def _without_label(element: Any, text: str, sources: list[str]) -> str | None:
    """Return a heading without the section label that is an element of its own in it, when the page claims just the rest."""
    first = next(iter(element), None)
    label = _text(first) if first is not None and not (element.text or "").strip() else ""
    if not label or len(label.split()) > _MAX_LABEL_WORDS or not text.startswith(label):
        return None
    rest = text[len(label) :].lstrip(_EDGES)
    return rest if len(key_of(rest)) > _MIN_KEY and key_of(rest) in sources else None


def _equal(headings: list[tuple[Any, str]], sources: Iterable[str]) -> str | None:
    wanted = set(sources)
    return next((text for _, text in headings if len(key_of(text)) > _MIN_KEY and key_of(text) in wanted), None)


def _parts(metadata: Metadata) -> list[str]:
    """Return what the page's titles say up to a separator, or behind an outlet's name that stands first."""
    found = []
    for title in (metadata.title, metadata.meta.get("og:title")):
        parts = _SEPARATOR.split(title or "")
        found += [key_of(" ".join(parts[:count])) for count in range(1, len(parts))]
        if len(parts) > 1 and len(parts[-1].split()) >= 5:
            found.append(key_of(parts[-1]))
    site = key_of(metadata.publisher or "")
    return [part for part in found if part and part != site and part not in key_of(metadata.host)]


def _close(headings: list[tuple[Any, str]], sources: list[str]) -> str | None:
    told = [text for _, text in headings if len(text.split()) >= 3]
    return next((text for text in told if any(_overlap(text, source) >= 0.5 for source in sources)), None)


def _only(headings: list[tuple[Any, str]], metadata: Metadata) -> str | None:
    """Return the one first-level heading that can be a headline: some words, no call, not the outlet's name or a way home.

    Beside other headings of its level it must be named as one.
    """
    site = key_of(metadata.publisher or "")
    own = [(element, text) for element, text in headings if key_of(text) != site and not _leads_home(element)]
    if len({text for _, text in own}) > 1:
        own = [(element, text) for element, text in own if _NAMED.search(element.get("class") or "")]
    told = {text for _, text in own if len(text.split()) >= 3 and not text.endswith(":")}
    return told.pop() if len(told) == 1 else None


def _leads_home(element: Any) -> bool:
    around = element.getparent()
    links = [*element.iter("a"), *([around] if around is not None and around.tag == "a" else [])]
    return any(_is_home(link.get("href") or "") for link in links)


def _is_home(href: str) -> bool:
    try:
        parts = urlsplit(href.strip())
    except ValueError:
        return False
    return bool(parts.netloc or parts.path) and parts.path in ("", "/") and not parts.query


def _as_printed(root: Any, claim: str) -> str:
    """Return a claim with the kind of article that the page prints in front of it, where its headline is no heading ("In Picture: …")."""
    for element in _PRINTING(root, claim=claim):
        text = tidy(element.text)
        kind, colon, rest = text.partition(":")
        if colon and rest.strip() == claim and 0 < len(kind.split()) <= _MAX_LABEL_WORDS:
            return text[:_MAX_CHARS]
    return claim


def _overlap(text: str, source: str) -> float:
    words, others = set(key_of(text).split()), set(source.split())
    return len(words & others) / len(words | others) if words else 0.0


def _without_site(title: str | None, metadata: Metadata) -> str | None:
    if not title:
        return None
    parts = _SEPARATOR.split(title)
    if len(parts) < 2:
        return title[:_MAX_CHARS]
    site = key_of(metadata.publisher or metadata.meta.get("og:site_name") or "")
    last = key_of(parts[-1])
    cut = title.rfind(parts[-1])
    is_site = bool(site) and (last in site or site in last)
    if is_site or (len(parts[-1].split()) <= 4 and len(title[:cut].split()) >= 4):
        return re.sub(r"[\s|–—·»:-]+$", "", title[:cut])[:_MAX_CHARS] or title
    if site and key_of(parts[0]) == site:
        return title[len(parts[0]) :].lstrip(_EDGES)[:_MAX_CHARS]
    return title[:_MAX_CHARS]


def _text(element: Any) -> str:
    """Return what a reader sees of a heading: some carry a style or script."""
    hidden = {text for inner in element.iter("style", "script") for text in inner.itertext()}
    return tidy("".join(text for text in element.itertext() if text not in hidden))
