"""Find the element that holds the article: the one whose text is most prose and least anything else.

Every block of text counts for or against the elements around it: prose by its length, links and scraps against. The best element is
the one with the largest sum (a maximum-sum subtree, after the sum of blocks in Kohlschütter et al., "Boilerplate Detection using
Shallow Text Features", 2010). Names of classes never condemn an element that holds most of a page's prose.
"""

import re
from typing import Any

import msgspec
from lxml import etree

from pipeline.records import SourceHints

INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
        "br",
        "img",
        "amp-img",
    ]
)
SKIPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "iframe",
        "object",
        "embed",
        "button",
        "select",
        "option",
        "textarea",
        "input",
        "form",
        "nav",
        "canvas",
        "audio",
        "video",
        "head",
        "link",
        "meta",
        "amp-ad",
        "amp-embed",
        "amp-iframe",
        "amp-analytics",
        "amp-sidebar",
        "amp-consent",
        "dialog",
        "map",
        "math",
    ]
)
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*\s*$|[。！？]")
_OUTSIDE = re.compile(
    r"(?:^|[\s_\-])(?:comments?|commentlist|disqus|respond|footer|sidebar|related|recommended|newsletter|promo|cookie|consent|modal|menu|"
    r"breadcrumbs?|widget|popular|trending|teasers?|more-stories|recirc|outbrain|taboola|read-?more|terkait|terpopuler|rekomendasi)(?:$|[\s_\-\d])",
    re.IGNORECASE,
)
_INSIDE = re.compile(
    r"(?:^|[\s_\-])(?:article-?(?:body|content|text)|entry-?content|post-?(?:body|content)|story-?(?:body|content)|body-?(?:copy|content|text)|"
    r"detail[_-]*(?:body|text|content)|single-content|txt-article|read[_-]*content)(?:$|[\s_\-\d])",
    re.IGNORECASE,
)
_LONG_CHARS = 80
_SHORT_CHARS = 25
_MOST = 0.4


class Located(msgspec.Struct, frozen=True, kw_only=True):
    """The container, the share of the page's prose that it holds, and how many code points of prose that is."""

    element: Any
    prose_chars: int
    share: float
    by_hint: bool = False


class _Tally:
    __slots__ = ("against", "prose")

    def __init__(self) -> None:
        self.prose = 0.0
        self.against = 0.0


def locate(root: Any, hints: SourceHints) -> Located | None:
    """Return the article's container, `None` when the page has no text at all."""
    body = root.find("body") if root.find("body") is not None else root
    tallies = _tally(body)
    total = tallies[body].prose
    hinted = _by_hint(root, hints)
    if hinted is not None:
        prose = tallies[hinted].prose if hinted in tallies else 0.0
        return Located(element=hinted, prose_chars=int(prose), share=1.0, by_hint=True)
    best = _best(body, tallies, total)
    if best is None:
        return None
    prose = tallies[best].prose
    return Located(element=best, prose_chars=int(prose), share=prose / total if total else 0.0)


def _by_hint(root: Any, hints: SourceHints) -> Any | None:
    for selector in hints.container:
        found = root.cssselect(selector)
        if found:
            return max(found, key=lambda element: len("".join(element.itertext())))
    return None


def _tally(body: Any) -> dict[Any, _Tally]:
    """Sum up prose and the rest for every block element, from the leaves to the root."""
    tallies: dict[Any, _Tally] = {}
    elements = [element for element in body.iter() if isinstance(element.tag, str)]
    skipped = _skipped(elements)
    for element in reversed(elements):
        if element in skipped or element.tag in INLINE:
            continue
        tally = tallies.setdefault(element, _Tally())
        prose, against = _own_text(element)
        tally.prose += prose
        tally.against += against
        parent = _block_parent(element, body)
        if element is not body and parent is not None:
            above = tallies.setdefault(parent, _Tally())
            above.prose += tally.prose
            above.against += tally.against
    return tallies


def _block_parent(element: Any, body: Any) -> Any | None:
    parent = element.getparent()
    while parent is not None and parent is not body and parent.tag in INLINE:
        parent = parent.getparent()
    return parent


def _skipped(elements: list[Any]) -> set[Any]:
    found: set[Any] = set()
    for element in elements:
        if element.tag in SKIPPED or element.getparent() in found:
            found.add(element)
    return found


def _own_text(element: Any) -> tuple[float, float]:
    """Return how far an element's own inline text counts as prose, and how far against."""
    chars, linked, last = 0, 0, ""
    for text, in_link in _inline_text(element):
        length = len(text)
        chars += length
        linked += length if in_link else 0
        last = text
    if chars < 2:
        return 0.0, 0.0
    density = linked / chars
    ends = bool(_SENTENCE_END.search(last))
    if density < 0.4 and (chars >= _LONG_CHARS or (chars >= _SHORT_CHARS and ends)):
        return float(chars - linked / 2), 0.0
    if density >= 0.4:
        return 0.0, float(chars)
    return (chars * 0.5 if element.tag in ("p", "li", "h2", "h3") else 0.0), (
        0.0 if element.tag in ("p", "li", "h1", "h2", "h3") else chars * 0.5
    )


def _inline_text(element: Any) -> list[tuple[str, bool]]:
    found: list[tuple[str, bool]] = []
    if element.text and (text := element.text.strip()):
        found.append((text, False))
    for child in element:
        if isinstance(child.tag, str) and child.tag in INLINE:
            _walk_inline(child, found)
        if child.tail and (text := child.tail.strip()):
            found.append((text, False))
    return found


def _walk_inline(element: Any, found: list[tuple[str, bool]]) -> None:
    stack = [(element, element.tag == "a")]
    while stack:
        node, linked = stack.pop()
        if node.text and (text := node.text.strip()):
            found.append((text, linked))
        stack.extend((child, linked or child.tag == "a") for child in reversed(node) if child.tag in INLINE)
        found.extend((text, linked) for child in node if child.tail and (text := child.tail.strip()))


def _best(body: Any, tallies: dict[Any, _Tally], total: float) -> Any | None:
    if total <= 0:
        return None
    best, best_score = None, float("-inf")
    outside = _outside(body, tallies, total)
    for element, tally in tallies.items():
        if element in outside or tally.prose <= 0:
            continue
        score = tally.prose - 0.35 * tally.against
        if element.get("itemprop") == "articleBody" or _INSIDE.search(_names(element)):
            score = score * 1.15 if tally.prose > _MOST * total else score
        elif element.tag == "article":
            score *= 1.05
        if score > best_score or (score == best_score and best is not None and _is_inside(element, best)):
            best, best_score = element, score
    return _narrow(best, tallies) if best is not None else None


def _outside(body: Any, tallies: dict[Any, _Tally], total: float) -> set[Any]:
    """Return the elements that are told to be beside the article and do not hold most of the page's prose; their share is taken out."""
    found: set[Any] = set()
    for element in body.iter():
        if element not in tallies:
            continue
        if element.getparent() in found:
            found.add(element)
            continue
        told = element.tag in ("aside", "footer") or _OUTSIDE.search(_names(element))
        if told and element.tag not in ("body", "html", "article", "main") and tallies[element].prose < _MOST * total:
            found.add(element)
            _take_out(element, tallies, body)
    return found


def _take_out(element: Any, tallies: dict[Any, _Tally], body: Any) -> None:
    mine = tallies[element]
    parent = element
    while parent is not None and parent is not body:
        parent = parent.getparent()
        if parent in tallies:
            tallies[parent].prose -= mine.prose
            tallies[parent].against -= mine.against


def _narrow(element: Any, tallies: dict[Any, _Tally]) -> Any:
    """Go down while one child holds all the prose there is."""
    while True:
        inner = [child for child in element if child in tallies and tallies[child].prose > 0]
        if (
            len(inner) != 1
            or inner[0].tag in ("p", "blockquote")
            or tallies[inner[0]].prose < 0.98 * tallies[element].prose
        ):
            return element
        element = inner[0]


def _is_inside(element: Any, other: Any) -> bool:
    return any(parent is other for parent in element.iterancestors())


def _names(element: Any) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"


def to_html(element: Any) -> str:
    """Return an element as HTML text, for the cleaner to read again."""
    text: str = etree.tostring(element, encoding="unicode", method="html", with_tail=False)
    return text
