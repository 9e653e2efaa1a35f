"""Which page of an article this is, and where the next one lies."""

import re
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from lxml import etree

from pipeline.records import SourceHints
from pipeline.steps.decode import select, text_of

_QUERY_PAGE = re.compile(r"[?&](?:page|hal|p)=(\d{1,3})(?:&|$)")
_PATH_PAGE = re.compile(r"/(?:page|hal|halaman)[/-](\d{1,3})/?$")
_NEXT_TEXT = re.compile(
    r"(?:next(?: page)?|selanjutnya|halaman (?:selanjutnya|berikut(?:nya)?)|berikutnya|lanjut(?:kan)?)\s*[»>→]*",
    re.IGNORECASE,
)
# A first look, much faster than at each link's text.
_MAYBE_NEXT = etree.XPath(
    "//a[contains(., 'ext') or contains(., 'EXT') or contains(., 'lanj') or contains(., 'Lanj') or contains(., 'LANJ')"
    " or contains(., 'erikut') or contains(., 'ERIKUT')]"
)
_PAGER = re.compile(r"pag(?:ination|ing|er|e-links)|nav-?links|read__paging|halaman", re.IGNORECASE)


def is_article_address(url: str, hints: SourceHints) -> bool:
    """Return whether the catalogue knows an address for that of an article."""
    return bool(hints.article_url and re.search(hints.article_url, url))


def page_number(url: str, stated: str | None, hints: SourceHints) -> int:
    """Return which page of an article an address is, 1 for the first or for all in one: by the layout's `page` group or a usual form.

    A layout may number its pages by offsets (16, 32): they tell the order all the same. `stated` is the canonical address that the page
    gives: where it ends in the slug that stands before a number here, the number is a page's.
    """
    if hints.article_url and (match := re.search(hints.article_url, url)):
        page = match.groupdict().get("page") or ""
        return max(1, int(page)) if page.isdecimal() else 1
    for pattern in (_QUERY_PAGE, _PATH_PAGE):
        if (match := pattern.search(url)) and int(match.group(1)) > 1:
            return int(match.group(1))
    here, canonical = (_split(text or "").path.rstrip("/").split("/") for text in (url, stated))
    is_numbered = len(here) > 2 and here[-1].isdecimal() and len(here[-1]) <= 4
    return max(1, int(here[-1])) if is_numbered and len(here[-2]) > 3 and canonical[-1] == here[-2] else 1


def later_page_of(url: str, stated: str | None, hints: SourceHints) -> bool:
    """Return whether an address is that of a later page of an article."""
    return page_number(url, stated, hints) > 1


def next_page(root: Any, url: str, hints: SourceHints) -> str | None:
    """Return the address of the next page of the same article, `None` when this is the last."""
    for selector in hints.next_page:
        for element in select(root, selector):
            if (found := _target(element, url)) is not None:
                return found
    for element in root.iter("link", "a"):
        if (
            "next" in (element.get("rel") or "").lower().split()
            and (found := _target(element, url))
            and _same_article(found, url)
        ):
            return found
    for element in _MAYBE_NEXT(root):
        if _NEXT_TEXT.fullmatch(text_of(element)[:40]) and _in_pager(element):
            found = _target(element, url)
            if found and _same_article(found, url):
                return found
    return None


def canonical_of(url: str, stated: str | None, hints: SourceHints) -> str:
    """Return the address that stands for the article: by the layout's template, else the stated one where it can be trusted."""
    if hints.article_url and hints.canonical_url and (match := re.search(hints.article_url, url)):
        parts = {key: value or "" for key, value in match.groupdict().items()}
        return urljoin(url, hints.canonical_url.format_map(_Blank(parts)))
    if (
        stated
        and _site(stated) == _site(url)
        and _split(stated).path.strip("/")
        and not _is_another(stated, url, hints)
    ):
        return stated
    return url


def _is_another(stated: str, url: str, hints: SourceHints) -> bool:
    """Return whether two addresses bear the site's own ids of two articles."""
    ids = [
        match.groupdict().get("id")
        for text in (stated, url)
        if hints.article_url and (match := re.search(hints.article_url, text))
    ]
    return len(ids) == 2 and ids[0] != ids[1]


def _split(url: str) -> SplitResult:
    """Return the parts of an address, none of what is no address."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _site(url: str) -> str:
    """Return a host without the label of a variant: an AMP or mobile page names its article's address on the main host."""
    return re.sub(r"^(?:www|m|amp|mobile)\.", "", (_split(url).hostname or "").lower())


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def _target(element: Any, url: str) -> str | None:
    href = (element.get("href") or "").strip()
    if not href or href.startswith(("#", "javascript:")):
        return None
    try:
        found = urljoin(url, href)
    except ValueError:
        return None
    return found if found.startswith(("http://", "https://")) and found != url else None


def _in_pager(element: Any) -> bool:
    return any(
        _PAGER.search(f"{e.get('class') or ''} {e.get('id') or ''}")
        for e in (element, *list(element.iterancestors())[:4])
    )


def _same_article(found: str, url: str) -> bool:
    one, other = _split(found), _split(url)
    stem = re.sub(r"/(?:page/)?\d{1,3}/?$", "", other.path).rstrip("/")
    return one.hostname == other.hostname and bool(stem) and one.path.startswith(stem)
