"""A list page's bytes to the articles it links."""

import re

from lxml import etree, html

from crawlers.address import read_address, resolve
from pipeline.records import Announced, SourceHints

_MIN_TITLE_WORDS = 3


class NoLinksError(ValueError):
    """The list names no article: its layout may have changed, or it shows a wall."""


def read_listing(content: bytes, url: str, hints: SourceHints, *, limit: int) -> list[Announced]:
    """Return at most `limit` linked articles in reading order, each once, with the longest text that links it.

    Raises:
        NoLinksError: not one link leads to an article.
    """
    titles: dict[str, str] = {}
    links, base = _links(content)
    for link in links:
        target = resolve(resolve(url, base) or url, link.get("href") or "")
        if target is None or target == url or not _is_article(target, hints):
            continue
        text = " ".join(link.text_content().split()) or (link.get("title") or "")
        if len(text) > len(titles.get(target, "")) or target not in titles:
            titles[target] = text
        if len(titles) >= limit:
            break
    if not titles:
        raise NoLinksError("the list links no article; its layout may have changed, or it shows a wall")
    return [Announced(url=target, headline=text if _is_title(text) else None) for target, text in titles.items()]


def _links(content: bytes) -> tuple[list[html.HtmlElement], str]:
    try:
        tree = html.document_fromstring(content, parser=html.HTMLParser(no_network=True, recover=True))
    except (etree.ParserError, ValueError):
        return [], ""
    return list(tree.iter("a")), next((base.get("href") or "" for base in tree.iter("base")), "")


def _is_article(url: str, hints: SourceHints) -> bool:
    if hints.article_url:
        return read_address(url, hints).is_article
    return bool(re.search(r"/[^/]*\d{4,}[^/]*|/\d{4}/\d{2}/|/[^/]+(?:-[^/]+){3,}", url))


def _is_title(text: str) -> bool:
    return len(text.split()) >= _MIN_TITLE_WORDS
