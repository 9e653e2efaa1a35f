"""What a page says of itself: JSON-LD, meta tags and microdata, from the one tree; broken or lying JSON costs only itself."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import msgspec

from pipeline.steps.decode import tidy

_MAX_JSON_CHARS = 2_000_000
_ARTICLE_TYPES = re.compile(r"Article|BlogPosting|Posting|Report|Review$|Recipe|LiveBlog")
_PEOPLE = ("author", "editor", "creator", "contributor", "publisher")
_CONTROL = re.compile(r"[\x00-\x1f]+")


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """JSON-LD's article object, the meta tags by name (first value), and what is derived from both."""

    ld: dict[str, Any] = {}
    ld_types: tuple[str, ...] = ()
    meta: dict[str, str] = {}
    title: str | None = None
    canonical_url: str | None = None
    amp_url: str | None = None
    publisher: str | None = None
    section: str | None = None
    description: str | None = None
    html_language: str | None = None
    host: str = ""


def read(root: Any, url: str) -> Metadata:
    """Return what the tree states."""
    meta = _meta(root)
    objects = list(_ld_objects(root))
    ld = _resolved(_article_of(objects), objects)
    return Metadata(
        ld=ld,
        ld_types=tuple(kind for item in objects for kind in types_of(item)),
        meta=meta,
        title=_title(root),
        canonical_url=_link(root, "canonical", url) or _absolute(url, meta.get("og:url")),
        amp_url=_link(root, "amphtml", url),
        publisher=_name(ld.get("publisher")) or meta.get("og:site_name") or meta.get("application-name"),
        section=_first_text(ld.get("articleSection")) or meta.get("article:section"),
        description=meta.get("og:description") or meta.get("description") or _first_text(ld.get("description")),
        html_language=(
            root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or meta.get("og:locale") or ""
        )
        .strip()[:2]
        .lower()
        or None,
        host=_host(url),
    )


def types_of(item: dict[str, Any]) -> tuple[str, ...]:
    """Return the types that a JSON-LD object states."""
    kind = item.get("@type")
    return tuple(str(k) for k in kind) if isinstance(kind, list) else (str(kind),) if kind else ()


def names_of(value: Any) -> list[str]:
    """Return the names in a JSON-LD person or list of them."""
    if isinstance(value, list):
        return [name for item in value[:20] for name in names_of(item)]
    if isinstance(value, dict):
        return names_of(value.get("name")) if value.get("name") else []
    return [tidy(str(value))] if isinstance(value, str) and value.strip() else []


def persons_of(value: Any, *, stated: bool = False) -> list[str]:
    """Return the names in a JSON-LD person or list of them, without what calls itself an organisation; `stated`: called persons only."""
    if isinstance(value, list):
        return [name for item in value[:20] for name in persons_of(item, stated=stated)]
    if isinstance(value, dict):
        kinds = " ".join(types_of(value))
        return names_of(value) if "Organization" not in kinds and ("Person" in kinds or not stated) else []
    return [] if stated else names_of(value)


def _name(value: Any) -> str | None:
    return next(iter(names_of(value)), None)


def _resolved(article: dict[str, Any], objects: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the article with the people and publisher that it names by `@id` alone, from anywhere in the page's graphs."""
    known = {item["@id"]: item for item in objects if isinstance(item.get("@id"), str) and item.get("name")}
    return article | {key: _followed(article[key], known) for key in _PEOPLE if key in article}


def _followed(value: Any, known: dict[str, dict[str, Any]]) -> Any:
    if isinstance(value, list):
        return [_followed(item, known) for item in value[:20]]
    reference = value.get("@id") if isinstance(value, dict) and not value.get("name") else None
    return known.get(reference, value) if isinstance(reference, str) else value


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _first_text(value: Any) -> str | None:
    item = value[0] if isinstance(value, list) and value else value
    return tidy(item) if isinstance(item, str) and item.strip() else None


def _meta(root: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        key = element.get("property") or element.get("name") or element.get("itemprop")
        content = element.get("content")
        if key and content and content.strip():
            found.setdefault(key.strip().lower(), tidy(content))
    return found


def _title(root: Any) -> str | None:
    for element in root.iter("title"):
        text = tidy("".join(element.itertext()))
        if text and element.getparent() is not None and element.getparent().tag in ("head", "html"):
            return text
    return None


def _link(root: Any, rel: str, url: str) -> str | None:
    for element in root.iter("link"):
        if (element.get("rel") or "").lower() == rel:
            return _absolute(url, element.get("href"))
    return None


def _absolute(url: str, href: str | None) -> str | None:
    try:
        found = urljoin(url, (href or "").strip())
    except ValueError:
        return None
    return found if href and found.startswith(("http://", "https://")) else None


def _ld_objects(root: Any) -> Iterator[dict[str, Any]]:
    for element in root.iter("script"):
        if "ld+json" not in (element.get("type") or "").lower():
            continue
        data = _loads("".join(element.itertext())[:_MAX_JSON_CHARS])
        yield from _flatten(data)


def _loads(text: str) -> Any:
    text = (
        text.strip()
        .removeprefix("<!--")
        .removesuffix("-->")
        .removeprefix("//<![CDATA[")
        .removesuffix("//]]>")
        .strip()
        .rstrip(";")
    )
    for candidate in (text, _CONTROL.sub(" ", text), re.sub(r",\s*([}\]])", r"\1", _CONTROL.sub(" ", text))):
        try:
            return json.loads(candidate, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _flatten(data: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > 6:
        return
    if isinstance(data, list):
        for item in data[:200]:
            yield from _flatten(item, depth + 1)
    elif isinstance(data, dict):
        yield data
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement"):
            if isinstance(data.get(key), list | dict):
                yield from _flatten(data[key], depth + 1)


def _article_of(objects: list[dict[str, Any]]) -> dict[str, Any]:
    articles = [
        item
        for item in objects
        if any(_ARTICLE_TYPES.search(kind) for kind in types_of(item))
        and (item.get("headline") or item.get("datePublished"))
    ]
    if articles:
        return articles[0]
    return next((item for item in objects if item.get("headline") and item.get("datePublished")), {})
