"""The headline: what the page's own claims agree on, without the outlet's name behind it."""

import html
import re
from typing import Any

from pipeline.records import SourceHints
from pipeline.steps.decode import tidy
from pipeline.steps.metadata import Metadata

_SEPARATOR = re.compile(r"\s+[|–—·»-]\s+|\s*[|»]\s*|\s+::\s+")
_MAX_CHARS = 400


def pick(root: Any, metadata: Metadata, hints: SourceHints) -> str | None:
    """Return the headline, `None` when nothing claims to be one."""
    for selector in hints.headline:
        for element in root.cssselect(selector):
            if text := tidy(element.text_content()):
                return text[:_MAX_CHARS]
    claimed = _claimed(metadata)
    heading = _heading(root, metadata, claimed)
    if heading:
        return heading
    return next(iter(claimed), None) or _without_site(metadata.title, metadata)


def _claimed(metadata: Metadata) -> list[str]:
    own = metadata.ld.get("headline")
    raw = [own if isinstance(own, str) else None, metadata.meta.get("og:title"), metadata.meta.get("twitter:title")]
    return [text for item in raw if (text := _without_site(tidy(html.unescape(item)) if item else None, metadata))]


def _heading(root: Any, metadata: Metadata, claimed: list[str]) -> str | None:
    """Return the h1 (or h2) that says what the page claims or its title holds; the first h1 may be the channel's name."""
    sources = [_key(text) for text in (*claimed, metadata.title or "") if text]
    headings = [
        text
        for tag in ("h1", "h2")
        for element in list(root.iter(tag))[:30]
        if (text := tidy(element.text_content())) and len(text) <= _MAX_CHARS
    ]
    for text in headings:
        if len(_key(text)) > 8 and any(_key(text) == source for source in sources):
            return text
    first_level = [tidy(element.text_content()) for element in list(root.iter("h1"))[:30]]
    told = [text for text in first_level if len(text.split()) >= 3 and len(text) <= _MAX_CHARS]
    close = [text for text in told if any(_overlap(text, source) >= 0.5 for source in sources)]
    if close:
        return close[0]
    return told[0] if len(told) == 1 and not claimed else None


def _overlap(text: str, source: str) -> float:
    words, others = set(_key(text).split()), set(source.split())
    return len(words & others) / len(words | others) if words else 0.0


def _without_site(title: str | None, metadata: Metadata) -> str | None:
    if not title:
        return None
    parts = _SEPARATOR.split(title)
    if len(parts) < 2:
        return title[:_MAX_CHARS]
    site = _key(metadata.publisher or metadata.meta.get("og:site_name") or "")
    last = _key(parts[-1])
    cut = title.rfind(parts[-1])
    is_site = bool(site) and (last in site or site in last)
    if is_site or (len(parts[-1].split()) <= 4 and len(title[:cut].split()) >= 4):
        return re.sub(r"[\s|–—·»:-]+$", "", title[:cut])[:_MAX_CHARS] or title
    if site and _key(parts[0]) == site:
        return title[len(parts[0]) :].lstrip(" |–—·»:-")[:_MAX_CHARS]
    return title[:_MAX_CHARS]


def _key(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
