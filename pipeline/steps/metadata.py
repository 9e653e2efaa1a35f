"""What a page says of itself: JSON-LD, meta tags and microdata, from the one tree; broken or lying JSON costs only itself."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import msgspec

from pipeline.steps.decode import text_of, tidy

_DEEPEST = 6
_MAX_JSON_CHARS = 2_000_000
_ARTICLE_TYPES = re.compile(r"Article|BlogPosting|Posting|Report|Review$|Recipe|LiveBlog")
_PEOPLE = ("author", "editor", "creator", "contributor", "publisher")
_BROKEN_TYPE = re.compile(r'"@type"\s*:\s*"(\w*(?:Article|Posting))"')
_BROKEN_FIELD = re.compile(r'"(headline|datePublished|dateModified)"\s*:\s*"([^"\\\n]{4,400})"')
_CONTROL = re.compile(r"[\x00-\x1f]+")


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """JSON-LD's article object and that of its page, the meta tags by name (first value), and what is derived from them."""

    ld: dict[str, Any] = {}
    ld_page: dict[str, Any] = {}
    ld_types: tuple[str, ...] = ()
    meta: dict[str, str] = {}
    title: str | None = None
    canonical_url: str | None = None
    amp_url: str | None = None
    publisher: str | None = None
    section: str | None = None
    description: str | None = None
    html_language: str | None = None
    html_region: str | None = None
    host: str = ""


def read(root: Any, url: str) -> Metadata:
    """Return what the tree states."""
    head = _read_head(root)
    meta = head.meta
    objects = [item for text in head.scripts for item in _flatten(_loads(text[:_MAX_JSON_CHARS]))]
    ld = _resolved(_article_of(objects, url, head.title), objects)
    language, region = _locale(root, meta)
    return Metadata(
        ld=ld,
        ld_page=_page_of(objects),
        ld_types=tuple(kind for item in objects for kind in types_of(item)),
        meta=meta,
        title=head.title,
        canonical_url=_absolute(url, head.links.get("canonical")) or _absolute(url, meta.get("og:url")),
        amp_url=_absolute(url, head.links.get("amphtml")),
        publisher=_name(ld.get("publisher")) or meta.get("og:site_name") or meta.get("application-name"),
        section=_first_text(ld.get("articleSection")) or meta.get("article:section"),
        description=meta.get("og:description") or meta.get("description") or _first_text(ld.get("description")),
        html_language=language,
        html_region=region,
        host=_host(url),
    )


def types_of(item: dict[str, Any]) -> tuple[str, ...]:
    """Return the types that a JSON-LD object states."""
    kind = item.get("@type")
    return tuple(str(k) for k in kind) if isinstance(kind, list) else (str(kind),) if kind else ()


def names_of(value: Any, depth: int = 0) -> list[str]:
    """Return the names in a JSON-LD person or list of them, as deep as people write them."""
    if depth > _DEEPEST:
        return []
    if isinstance(value, list):
        return [name for item in value[:20] for name in names_of(item, depth + 1)]
    if isinstance(value, dict):
        return names_of(value.get("name"), depth + 1) if value.get("name") else []
    return [tidy(str(value))] if isinstance(value, str) and value.strip() else []


def persons_of(value: Any, *, stated: bool = False, depth: int = 0) -> list[str]:
    """Return the names in a JSON-LD person or list of them, without what calls itself an organisation; `stated`: called persons only."""
    if depth > _DEEPEST:
        return []
    if isinstance(value, list):
        return [name for item in value[:20] for name in persons_of(item, stated=stated, depth=depth + 1)]
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


def _followed(value: Any, known: dict[str, dict[str, Any]], depth: int = 0) -> Any:
    if isinstance(value, list):
        return [_followed(item, known, depth + 1) for item in value[:20]] if depth < _DEEPEST else []
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


class _Head(msgspec.Struct):
    """What the elements made for machines hold: meta tags, the title, links by relation, and scripts of JSON-LD."""

    meta: dict[str, str] = {}
    title: str | None = None
    links: dict[str, str] = {}
    scripts: list[str] = []


def _read_head(root: Any) -> _Head:
    """Read meta, title, link and script elements in one walk."""
    head = _Head()
    for element in root.iter("meta", "title", "link", "script"):
        tag = element.tag
        if tag == "meta":
            key = (element.get("property") or element.get("name") or element.get("itemprop") or "").strip().lower()
            content = element.get("content")
            if key and content and content.strip():
                head.meta.setdefault(key, tidy(content))
                # Some frameworks make a meta tag of a script that they do not know.
                head.scripts += [content] if key.endswith("ld+json") else []
        elif tag == "script":
            if "ld+json" in (element.get("type") or "").lower():
                head.scripts.append("".join(element.itertext()))
        elif tag == "link":
            if href := element.get("href"):
                head.links.setdefault((element.get("rel") or "").lower(), href)
        elif head.title is None and element.getparent() is not None and element.getparent().tag in ("head", "html"):
            head.title = text_of(element) or None
    return head


def _locale(root: Any, meta: dict[str, str]) -> tuple[str | None, str | None]:
    """Return the language and the region that the page states, as two small letters each."""
    stated = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or meta.get("og:locale") or ""
    language, _, region = stated.strip().lower().replace("_", "-").partition("-")
    return language[:2] or None, region if len(region) == 2 else None


def _absolute(url: str, href: str | None) -> str | None:
    try:
        found = urljoin(url, (href or "").strip())
    except ValueError:
        return None
    return found if href and found.startswith(("http://", "https://")) else None


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
    return _salvaged(text)


def _salvaged(text: str) -> dict[str, str] | None:
    """Return the plain fields of an article whose JSON is broken, mostly by a quotation mark or a comma."""
    kind = _BROKEN_TYPE.search(text)
    fields = dict(_BROKEN_FIELD.findall(text)[::-1])
    return {"@type": kind[1], **fields} if kind and fields else None


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


def _article_of(objects: list[dict[str, Any]], url: str, title: str | None) -> dict[str, Any]:
    """Return the page's own article: of several, the one with its address, or with its title."""
    articles = [
        item
        for item in objects
        if any(_ARTICLE_TYPES.search(kind) for kind in types_of(item))
        and (item.get("headline") or item.get("datePublished"))
    ]
    if len(articles) > 1:
        return (
            next((item for item in articles if _is_at(item, url)), None)
            or next((item for item in articles if _is_titled(item, title)), None)
            or articles[0]
        )
    if articles:
        return articles[0]
    return next((item for item in objects if item.get("headline") and item.get("datePublished")), {})


def _page_of(objects: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the web page that states when it was published, for pages without an article."""
    return next((item for item in objects if "WebPage" in types_of(item) and item.get("datePublished")), {})


def _is_at(item: dict[str, Any], url: str) -> bool:
    page = item.get("mainEntityOfPage")
    told = (item.get("url"), item.get("@id"), page.get("@id") if isinstance(page, dict) else page)
    path = _path(url)
    return len(path) > 1 and any(isinstance(address, str) and _path(address) == path for address in told)


def _is_titled(item: dict[str, Any], title: str | None) -> bool:
    headline = _first_text(item.get("headline"))
    return bool(headline and title and headline.casefold() in title.casefold())


def _path(url: str) -> str:
    try:
        return urlsplit(url).path.rstrip("/")
    except ValueError:
        return ""
