"""Bytes to a tree: the charset as told or guessed, never an error."""

import re
import unicodedata
from functools import lru_cache
from itertools import islice
from typing import Any

from charset_normalizer import from_bytes
from lxml import etree
from lxml.cssselect import CSSSelector

MAX_CHARS = 6_000_000
MAX_TAGS = 200_000
_SNIFF_BYTES = 4096
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([a-zA-Z0-9_\-]+)", re.IGNORECASE)
# Python knows more codecs, and some of them are neither charsets nor fast.
_WEB_CHARSET = re.compile(
    r"utf-?(?:8|16(?:be|le)?)|(?:us-)?ascii|iso[-_]?8859-\d{1,2}(?:-[ie])?|latin-?\d{1,2}|(?:windows|cp)-?\d{3,4}|koi8-[ru]|macintosh|mac-?cyrillic"
    r"|gb(?:k|[-_]?2312|18030)|big5(?:-hkscs)?|euc-(?:jp|kr)|iso-2022-jp|shift[-_]?jis|sjis|tis-620",
)
# What the web standard (WHATWG Encoding) reads these labels as.
_ALIASES = {
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "utf8": "utf-8",
    # A page whose ASCII letters can be read to find this label is not in it.
    "utf-16": "utf-8",
    "utf-16le": "utf-8",
    "utf-16be": "utf-8",
}
_INVISIBLE = "\u200b\ufeff\xad\u2060"
_SPACED = bytes(32 if (byte < 32 and byte not in b"\t\n\r") or byte == 127 else byte for byte in range(256))
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def decode(content: bytes, content_type: str | None = None) -> str:
    """Return a page's text: by byte-order mark, header, meta tag, UTF-8, or a guess, whichever reads it first."""
    for bom, name in _BOMS:
        if content.startswith(bom):
            return _clean(content[len(bom) :].decode(name, "replace"))
    for name in _told(content, content_type):
        try:
            return _decoded(content, _ALIASES.get(name, name))
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
    try:
        return _decoded(content, "utf-8")
    except UnicodeDecodeError:
        return _clean(_guess(content, content_type))


def parse(text: str) -> Any | None:
    """Return the root of an HTML text's tree, or `None` when nothing can be made of it."""
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, recover=True, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(_bounded(text).encode("utf-8"), parser)
    except (etree.LxmlError, ValueError):
        return None


def _bounded(text: str) -> str:
    """Return as much of a page as is read: what a person wrote is far below."""
    text = text[:MAX_CHARS]
    if text.count("<") <= MAX_TAGS:
        return text
    last = next(islice(re.finditer("<", text), MAX_TAGS, None))
    return text[: last.start()]


def select(root: Any, selector: str) -> list[Any]:
    """Return the elements that a CSS selector chooses; raises `cssselect.SelectorError` when it is none."""
    found: list[Any] = _selector(selector)(root)
    return found


def text_of(element: Any) -> str:
    """Return all text inside an element as one line."""
    return tidy("".join(element.itertext()))


@lru_cache(maxsize=1024)
def _selector(selector: str) -> CSSSelector:
    return CSSSelector(selector, translator="html")


def tidy(text: str) -> str:
    """Return text as one line: NFC, single spaces, no invisible characters."""
    if text.isascii():
        return " ".join(text.split())
    for character in _INVISIBLE:
        text = text.replace(character, "")
    return unicodedata.normalize("NFC", " ".join(text.split()))


def key_of(text: str) -> str:
    """Return what texts that differ in case and punctuation only share."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def _told(content: bytes, content_type: str | None) -> list[str]:
    found = [_CHARSET.search((content_type or "").encode("latin-1", "ignore")), _CHARSET.search(content[:_SNIFF_BYTES])]
    names = [match.group(1).decode("ascii").lower() for match in found if match]
    return [name for name in names if _WEB_CHARSET.fullmatch(name)]


def _guess(content: bytes, content_type: str | None) -> str:
    told = [_ALIASES.get(name, name) for name in _told(content, content_type)]
    if "utf-8" in told or not told:
        # A few bad bytes in a UTF-8 page are likelier than another charset.
        replaced = content.decode("utf-8", "replace")
        if replaced.count("\ufffd") * 200 < len(replaced):
            return replaced
    best = from_bytes(content[:200_000]).best()
    return content.decode(best.encoding if best else "cp1252", "replace")


def _decoded(content: bytes, name: str) -> str:
    if name != "utf-8":
        return _clean(content.decode(name))
    # The same as `_clean`, in a fifth of the time: no surrogate can come out of UTF-8.
    return content.translate(_SPACED).decode().replace("\ufffe", " ").replace("\uffff", " ")


def _clean(text: str) -> str:
    return _UNWANTED.sub(" ", text)
