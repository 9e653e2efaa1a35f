"""A news sitemap's bytes to what it announces, and an index's to the sitemaps it names."""

import gzip
import io
import re
import zlib
from datetime import UTC, datetime

from lxml import etree

from pipeline.records import Announced

# An ampersand that begins no entity would cost a part of its address.
_BARE_AMPERSAND = re.compile(rb"&(?!#?\w{1,30};)")
_GZIP_MAGIC = b"\x1f\x8b"
_MAX_INFLATED_BYTES = 60 << 20


class NotASitemapError(ValueError):
    """The answer holds no sitemap: it may be a wall, or the address may have moved."""


def read_sitemap(content: bytes, *, limit: int) -> tuple[list[Announced], list[str]]:
    """Return at most `limit` items, and the sitemaps that it names if it is an index.

    Raises:
        NotASitemapError: it is neither a urlset nor an index.
    """
    root = _parse(_inflate(content))
    kind = "" if root is None else etree.QName(root).localname
    if root is None or kind not in ("urlset", "sitemapindex"):
        raise NotASitemapError("the answer is no sitemap; look at the address, it may have moved or show a wall")
    if kind == "sitemapindex":
        return [], [loc for child in root if (loc := _child(child, "loc"))][:limit]
    return [item for child in list(root)[:limit] if (item := _announced(child)) is not None], []


def _inflate(content: bytes) -> bytes:
    if not content.startswith(_GZIP_MAGIC):
        return content
    try:
        with gzip.open(io.BytesIO(content)) as file:
            return file.read(_MAX_INFLATED_BYTES)
    except (OSError, EOFError, zlib.error):
        return b""


def _parse(content: bytes) -> etree._Element | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    try:
        return etree.fromstring(_BARE_AMPERSAND.sub(b"&amp;", content), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _announced(element: etree._Element) -> Announced | None:
    loc = _child(element, "loc")
    if not loc:
        return None
    return Announced(
        url=loc,
        headline=_child(element, "title"),
        date_published=_moment(_child(element, "publication_date") or _child(element, "lastmod")),
        tags=tuple(part.strip() for part in (_child(element, "keywords") or "").split(",") if part.strip())[:50],
    )


def _child(element: etree._Element, name: str) -> str | None:
    # Of the page itself and its news, not of the images and videos that stand beside them.
    own = [*element, *(inner for child in element if _local(child) == "news" for inner in child)]
    for node in own:
        if _local(node) == name and "image" not in str(node.tag) and "video" not in str(node.tag):
            return " ".join((node.text or "").split()) or None
    return None


def _local(node: etree._Element) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def _moment(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found and not found.tzinfo else found
