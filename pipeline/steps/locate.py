"""Find the element that holds the article: the one whose text is most prose and least anything else.

Every block of text counts for or against the elements around it: prose by its length, links and scraps against. The best element is
the one with the largest sum (a maximum-sum subtree, after the sum of blocks in Kohlschütter et al., "Boilerplate Detection using
Shallow Text Features", 2010). Names of classes never condemn an element that holds most of a page's prose.
"""

import re
from functools import lru_cache
from typing import Any

import msgspec
from lxml import etree

from pipeline.records import SourceHints
from pipeline.steps.decode import select

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
    r"breadcrumbs?|widget[-_]area|popular|trending|teasers?|more-stories|recirc|outbrain|taboola|terkait|terpopuler|rekomendasi)(?:$|[\s_\-\d])",
    re.IGNORECASE,
)
_INSIDE = re.compile(
    r"(?:^|[\s_\-])(?:article-?(?:body|content|text)|entry-?content|post-?(?:body|content)|story-?(?:body|content)|body-?(?:copy|content|text)|"
    r"detail[_-]*(?:body|text|content)|single-content|txt-article|read[_-]*content)(?:$|[\s_\-\d])",
    re.IGNORECASE,
)
_LINKED = 0.4
_LONG_CHARS = 80
_SHORT_CHARS = 25
_MOST = 0.4
# Layouts change: a hinted element that holds little of what we find by ourselves is another one by now.
_HINT_SHARE = 0.25
_WRAPPER_CHARS = 1_000
_MAIN_CHARS = 500
_DECAY = 0.85
_WIDEST_STEPS = 6
_WIDEN_SHARE = 0.35
_GATHER_SHARE = 1.0
_GATHER_NOISE = 0.06
_LEAVES = frozenset({"p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "dd", "dt", "pre", "td"})


class Located(msgspec.Struct, frozen=True, kw_only=True):
    """The container, the share of the page's prose that it holds, and how many code points of prose that is."""

    element: Any
    prose_chars: int
    share: float
    by_hint: bool = False


class _Tally:
    """What counts as prose and what against, in the whole element and (`own`) in its own inline text alone."""

    __slots__ = ("against", "chars", "last", "linked", "own", "prose")

    def __init__(self) -> None:
        self.prose = 0.0
        self.against = 0.0
        self.own = (0.0, 0.0)
        self.chars = 0
        self.linked = 0
        self.last = ""

    def read(self, text: str, *, is_link: bool) -> None:
        """Take in a piece of the element's own inline text."""
        self.last = text
        self.chars += len(text)
        if is_link:
            self.linked += len(text)


def locate(root: Any, hints: SourceHints) -> Located | None:
    """Return the article's container, `None` when the page has no text at all."""
    body = root.find("body") if root.find("body") is not None else root
    _unwrap(body)
    tallies = _tally(body)
    total = tallies[body].prose
    best = _best(body, tallies, total)
    hinted = _by_hint(root, hints)
    if hinted is not None and _prose_of(hinted, tallies) >= _HINT_SHARE * _prose_of(best, tallies):
        return Located(element=hinted, prose_chars=int(_prose_of(hinted, tallies)), share=1.0, by_hint=True)
    if best is None:
        return None
    prose = _prose_of(best, tallies)
    return Located(element=best, prose_chars=int(prose), share=prose / total if total else 0.0)


def _prose_of(element: Any | None, tallies: dict[Any, _Tally]) -> float:
    return tallies[element].prose if element is not None and element in tallies else 0.0


def _by_hint(root: Any, hints: SourceHints) -> Any | None:
    for selector in hints.container:
        found = select(root, selector)
        if found:
            return max(found, key=lambda element: len("".join(element.itertext())))
    return None


def _unwrap(body: Any) -> None:
    """Make plain what is skipped elsewhere but holds whole paragraphs here: a form or navigation that was never closed."""
    for element in list(body.iter("form", "nav", "button", "dialog")):
        if sum(len("".join(p.itertext())) for p in element.iter("p")) >= _WRAPPER_CHARS:
            element.tag = "div"


def _tally(body: Any) -> dict[Any, _Tally]:
    """Sum up prose and the rest for every block element, in one walk that enters each element and leaves it again."""
    tallies: dict[Any, _Tally] = {}
    open_blocks: list[_Tally] = []
    links = 0
    walk = etree.iterwalk(body, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        is_skipped = tag in SKIPPED and element is not body
        if event == "start":
            if is_skipped:
                walk.skip_subtree()
                continue
            if tag not in INLINE:
                tallies[element] = _Tally()
                open_blocks.append(tallies[element])
            links += tag == "a"
            if text := element.text:
                _take_in(open_blocks, text, links)
            continue
        if not is_skipped:
            links -= tag == "a"
            if tag not in INLINE:
                _close(open_blocks, tag)
        if text := element.tail:
            _take_in(open_blocks, text, links)
    return tallies


def _take_in(open_blocks: list[_Tally], text: str, links: int) -> None:
    if open_blocks and (told := text.strip()):
        open_blocks[-1].read(told, is_link=links > 0)


def _close(open_blocks: list[_Tally], tag: str) -> None:
    tally = open_blocks.pop()
    if tally.chars > 1:
        prose, against = tally.own = _worth(tally, tag)
        tally.prose += prose
        tally.against += against
    if open_blocks:
        around = open_blocks[-1]
        around.prose += tally.prose
        around.against += tally.against


def _worth(own: _Tally, tag: str) -> tuple[float, float]:
    """Return how far an element's own inline text counts as prose, and how far against."""
    chars = own.chars
    density = own.linked / chars
    if density >= _LINKED:
        return 0.0, float(chars)
    if chars >= _LONG_CHARS or (chars >= _SHORT_CHARS and _SENTENCE_END.search(own.last)):
        return chars - own.linked / 2, 0.0
    return (
        chars * 0.5 if tag in ("p", "li", "h2", "h3") else 0.0,
        0.0 if tag in ("p", "li", "h1", "h2", "h3") else chars * 0.5,
    )


def _best(body: Any, tallies: dict[Any, _Tally], total: float) -> Any | None:
    if total <= 0:
        return None
    outside = _outside(body, tallies, total)
    main = _main(body, tallies)
    scores = _scores(body, tallies, outside)
    if not scores:
        return None
    inside = scores.keys() & set(main.iter()) if main is not None else scores.keys()
    best = max(inside or scores, key=lambda element: scores[element] * _favour(element))
    return _widen(_gather(best, tallies), tallies, outside)


def _main(body: Any, tallies: dict[Any, _Tally]) -> Any | None:
    """Return the page's own landmark for what it is about, where there is one and it holds a text."""
    found = list(body.iter("main"))
    is_told = len(found) == 1 and found[0] in tallies and tallies[found[0]].prose >= _MAIN_CHARS
    return found[0] if is_told else None


def _scores(body: Any, tallies: dict[Any, _Tally], outside: set[Any]) -> dict[Any, float]:
    """Credit the prose of every block to the elements around it, the less the farther they are."""
    scores: dict[Any, float] = {}
    for element, tally in tallies.items():
        if element in outside:
            continue
        prose, against = tally.own
        worth = prose - 0.35 * against
        if not worth:
            continue
        share, around = worth, element
        if element.tag in _LEAVES:
            around = element.getparent()
        while around is not None and abs(share) > 1.0:
            if around in tallies:
                scores[around] = scores.get(around, 0.0) + share
                share *= _DECAY
            if around is body:
                break
            around = around.getparent()
    return scores


def _favour(element: Any) -> float:
    if element.get("itemprop") == "articleBody" or _is_inside(_names(element)):
        return 1.3
    return 1.1 if element.tag == "article" else 1.0


def _gather(best: Any, tallies: dict[Any, _Tally]) -> Any:
    """Go up, however far, where what is gained is a good part of the text and all but nothing else: sections that were never closed.

    The page's title marks its head: what stands around both is too wide.
    """
    widest, own = best, tallies[best]
    for element in best.iterancestors():
        if element.tag in ("body", "html") or element.find(".//h1") is not None:
            break
        if element not in tallies:
            continue
        gained = tallies[element].prose - tallies[widest].prose
        noise = tallies[element].against - own.against
        if gained >= _GATHER_SHARE * tallies[widest].prose and noise <= _GATHER_NOISE * gained:
            widest = element
    return widest


def _widen(best: Any, tallies: dict[Any, _Tally], outside: set[Any]) -> Any:
    """Go up while what stands beside is a good part of the prose and reads like it: a body in several pieces."""
    inner, widest = best, best
    for _ in range(_WIDEST_STEPS):
        parent = inner.getparent()
        if parent is None or parent not in tallies or parent.tag in ("body", "html"):
            break
        beside = [
            e
            for e in parent
            if e is not inner
            and e in tallies
            and e not in outside
            and (_is_alike(e, inner) or _reads_like_prose(e, tallies[e]))
        ]
        more = sum(tallies[e].prose for e in beside)
        if more >= _WIDEN_SHARE * tallies[widest].prose:
            widest = parent
        inner = parent
    return widest


def _is_alike(element: Any, other: Any) -> bool:
    return bool(element.tag == other.tag and element.get("class") and element.get("class") == other.get("class"))


def _reads_like_prose(element: Any, tally: _Tally) -> bool:
    if element.tag in ("ul", "ol", "aside", "footer", "header") or tally.prose < 2.0 * tally.against:
        return False
    return not any(e.find(".//a") is not None for e in element.iter("h2", "h3", "h4", "h5"))


def _outside(body: Any, tallies: dict[Any, _Tally], total: float) -> set[Any]:
    """Return the elements that are told to be beside the article and do not hold most of the page's prose; their share is taken out."""
    found: set[Any] = set()
    for element, tally in tallies.items():
        if element.getparent() in found:
            found.add(element)
            continue
        told = element.tag in ("aside", "footer") or _is_outside(_names(element))
        if told and element.tag not in ("body", "html", "article", "main") and tally.prose < _MOST * total:
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


@lru_cache(maxsize=4096)
def _is_outside(names: str) -> bool:
    return _OUTSIDE.search(names) is not None


@lru_cache(maxsize=4096)
def _is_inside(names: str) -> bool:
    return _INSIDE.search(names) is not None


def _names(element: Any) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"
