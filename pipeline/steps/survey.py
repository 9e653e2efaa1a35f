"""What a page says of its author outside its metadata: one walk finds its texts and author marks, the headline tells which count.

A mark or byline near the headline is the article's own; what stands in menus, teasers, comments, captions and sentences is not.
"""

import re
from collections.abc import Iterable
from itertools import islice
from typing import Any

import msgspec

from pipeline.steps.decode import key_of, tidy
from pipeline.steps.metadata import Metadata
from pipeline.steps.person import has_given_name, parts_of, people, words
from pipeline.steps.role import DATED, WRITES, byline, is_lead_in, listed, role_of, whole, with_job

AUTHOR_TAGS = (
    "author",
    "article:author",
    "content_author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "cxenseparse:author",
    "citation_author",
    "article.author",
    "rnews:creator",
    "twitter:creator:name",
    "og:article:author",
    "og:author",
    "article_author",
    "article-author",
    "authors",
    "byline",
    "displayauthors",
    "dable:author",
    "mediator_author",
    "page_author",
    "post_author",
)
_UNSEEN = frozenset({"script", "style", "noscript", "template", "head", "title", "option", "svg"})
_HEADINGS = frozenset({"h1", "h2", "h3"})
_TELLING = frozenset({"meta", *_HEADINGS})
_CLASS = re.compile(r"(?i:author|writer|penulis|reporter)(?!i[tz]|ed\b)|(?i:by-?line)|\b(?:vcard|fn)\b")
_HREF = re.compile(
    r"/(?<!topics/)(?<!topic/)(?<!tags/)(?<!tag/)(?:authors?|penulis|contributors?|columnists?|writers?|reporters?|people|staff|bios?)/[^/?#]",
    re.IGNORECASE,
)
# Parts of a page that tell of other pages, of readers or of pictures.
_ASIDE = re.compile(
    r"comment|related|recommend|popular|trending|\bmenu|-menu|\bnav|breadcrumb|caption|most-?(?:read|view)|testimonial|\btags?\b"
    r"|(?:photo|image|img|media|picture|foto)[\w-]*credit|credit-?(?:photo|image)",
    re.IGNORECASE,
)
_OUTSIDE = frozenset({"nav", "footer", "figure", "figcaption", "form"})
_ENTRY = re.compile(r"entry|post|article", re.IGNORECASE)
_TEASER = re.compile(
    r"(?<!v)card|teaser|latest|sidebar|(?<!elementor-)widget(?! blog)|newsletter|promo|recirc|\bmore\b|(?:site|page)-?footer|quote",
    re.IGNORECASE,
)
_TOPIC = re.compile(r"/(?:tags?|topics?|categor|section|search|rubrik|kanal)", re.IGNORECASE)
_HEAD_TEXTS = 45
_HEAD_CHARS = 1_000
_ABOVE = 8
_MAX_PROSE = 60_000
_MAX_HEADINGS = 80
_LONG_TITLE = 25
_MAX_MARKS = 200
_MAX_ROW = 12
_MAX_PIECES = 25
MAX_PEOPLE = 12
_MAX_ELSEWHERE = 4


class Mark(msgspec.Struct):
    """An element that says of itself that it names an author, and how many of the page's texts stand in front of it.

    `strong`: by a word of a vocabulary (`rel`, `itemprop`) or by a link to a person's page, and not by a class alone.
    """

    element: Any
    at: int
    strong: bool = False
    names: list[str] = []


class Survey(msgspec.Struct):
    """A page's texts in reading order with the elements that they stand in, its author marks and its headings."""

    texts: list[str] = []
    owners: list[Any] = []
    marks: list[Mark] = []
    headings: list[tuple[Any, int]] = []
    metas: dict[str, list[str]] = {}


def survey(root: Any) -> Survey:
    """Walk over a page once and return what the credits are read from."""
    found = Survey()
    texts, owners, marks = found.texts, found.owners, found.marks
    late: dict[Any, list[tuple[str, Any]]] = {}
    # Written out, almost without calls: this runs for each of a page's elements.
    for element in root.iter("*"):
        if late and element in late:
            _take(late.pop(element), found)
        tag = element.tag
        if tag not in _UNSEEN:
            names = element.get("class")
            if names and (
                "uthor" in names or "yline" in names or "riter" in names or "enulis" in names or "eporter" in names
            ):
                marks.append(Mark(element, len(texts)))
            elif tag == "a":
                if _leads_to_person(element.get("href") or "") or "author" in (element.get("rel") or ""):
                    marks.append(Mark(element, len(texts)))
            elif tag in _TELLING or element.get("itemprop"):
                _note(element, found)
            text = element.text
            if text and not text.isspace():
                texts.append(text)
                owners.append(element)
        tail = element.tail
        if tail and not tail.isspace():
            # A text behind an element with children comes when they have been passed.
            after = _after(element) if len(element) else None
            told = [(tail, element.getparent())]
            _take(told, found) if after is None else late.setdefault(after, []).extend(told)
    found.marks = [mark for mark in marks[:_MAX_MARKS] if _names_author(mark)]
    return found


def _take(told: list[tuple[str, Any]], found: Survey) -> None:
    found.texts += [text for text, _ in told]
    found.owners += [owner for _, owner in told]


def _note(element: Any, found: Survey) -> None:
    if element.tag in _HEADINGS:
        found.headings.append((element, len(found.texts)))
    elif (
        element.tag == "meta"
        and (name := (element.get("name") or element.get("property") or "").lower()) in AUTHOR_TAGS
    ):
        found.metas.setdefault(name, []).append(element.get("content") or "")
    elif "author" in (element.get("itemprop") or ""):
        found.marks.append(Mark(element, len(found.texts)))


def _leads_to_person(href: str) -> bool:
    return (
        "/author" in href
        or "/pe" in href
        or "/staff/" in href
        or "/contrib" in href
        or "/column" in href
        or "/writer" in href
        or "/reporter" in href
        or "/bio" in href
    )


def _names_author(mark: Mark) -> bool:
    """Say whether an element that looks like an author mark is one, and note how well it says so."""
    element = mark.element
    if element.tag in ("body", "html", "main", "article"):
        # An article's classes tell its author's login.
        return False
    told = "author" in (element.get("itemprop") or "").split() or "author" in (element.get("rel") or "").split()
    mark.strong = told or (element.tag == "a" and bool(_HREF.search(element.get("href") or "")))
    return mark.strong or bool(_CLASS.search(element.get("class") or ""))


def _after(element: Any) -> Any | None:
    node = element
    while node is not None:
        following = node.getnext()
        if following is not None:
            return following
        node = node.getparent()
    return None


class Page:
    """The part of a page around its headline, and the author marks in it and elsewhere."""

    def __init__(self, seen: Survey, metadata: Metadata) -> None:
        self._seen = seen
        heading, self._start = _headline(seen, metadata)
        self._aside = around([heading] if heading is not None else [])
        self._teasers = dict(self._aside)
        self._end = self._head_end() if heading is not None else 0
        self._joined = ""
        self._has_head = heading is not None
        self._title = key_of("".join(heading.itertext())[:400]) if heading is not None else ""

    def marked(self) -> list[str]:
        """Return the people of the first author marks around the headline."""
        if not self._has_head:
            return []
        near = [m for m in self._seen.marks if self._start - _ABOVE <= m.at < self._end]
        near = [m for m in near if not is_aside(m.element, self._teasers, teasers=True)]
        return self._first_group(near)

    def marked_elsewhere(self) -> list[str]:
        """Return the people of the first author marks that stand in no teaser, menu or comment."""
        marks = [m for m in self._seen.marks if not is_aside(m.element, self._teasers, teasers=True)]
        names = self._first_group(marks)
        return names if len(names) <= _MAX_ELSEWHERE else []

    def signed(self) -> list[str]:
        """Return the people of a byline in the texts behind the headline, which may be parted into several."""
        texts = [tidy(text[:400]) for text in self._seen.texts[self._start : self._end]]
        for at, text in enumerate(texts):
            names = (
                byline(text) or (listed(texts[at + 1 : at + 9], skips=0) if is_lead_in(text) else []) or with_job(text)
            )
            if names and not is_aside(self._seen.owners[self._start + at], self._aside):
                return names
        return []

    def bare(self) -> list[str]:
        """Return the people of a text by the headline that is nothing but names, where a date or the page's own words vouch for them."""
        texts = self._seen.texts
        for at in range(max(0, self._start - _ABOVE), min(self._end, self._start + 10)):
            line = re.sub(r"\s+(?:in|on)$", "", tidy(texts[at][:200]))
            names = people([line]) if len(line) <= 100 else []
            if (
                not names
                or len(names) != len(parts_of(line))
                or key_of(names[0]) in self._title
                or not self._is_vouched(names, at)
            ):
                continue
            if _TOPIC.search(self._seen.owners[at].get("href") or ""):
                continue
            if not is_aside(self._seen.owners[at], self._aside):
                return names
        return []

    def _is_vouched(self, names: list[str], at: int) -> bool:
        near = self._seen.texts[max(0, at - 2) : at] + self._seen.texts[at + 1 : at + 4]
        if any(DATED.search(text[:80]) for text in near) and all(self._is_no_topic(name) for name in names):
            return True
        # "Ana Ruiz is a writer in …": the page presents its author.
        told = tuple(f"{names[0]} {verb} " for verb in ("is", "has", "writes", "adalah"))
        bios = (text.lstrip() for text in self._seen.texts if len(text) > 40)
        return len(names) == 1 and any(bio.startswith(told) and WRITES.search(bio[:200]) for bio in bios)

    def _is_no_topic(self, name: str) -> bool:
        """Say whether a name is one: it begins with a given name, or the page writes none of its words as a word of the language."""
        if has_given_name(name):
            return True
        if not 2 <= len(name.split()) <= 3:
            return False
        if any(word.isupper() for word in re.findall(r"[^\W\d_]{2,}", name)):
            return False
        spoken = [
            word for word in re.findall(r"[^\W\d_]+", name.lower()) if len(word) > 1 and word not in words("particles")
        ]
        return not any(re.search(rf"\b{word}s?\b", self._prose()) for word in spoken)

    def _prose(self) -> str:
        self._joined = self._joined or " ".join(self._seen.texts)[:_MAX_PROSE]
        return self._joined

    def _head_end(self) -> int:
        total = 0
        for at, text in enumerate(self._seen.texts[self._start : self._start + _HEAD_TEXTS], self._start):
            total += len(text.strip())
            if total > _HEAD_CHARS:
                return at
        return min(len(self._seen.texts), self._start + _HEAD_TEXTS)

    def _first_group(self, marks: list[Mark]) -> list[str]:
        for strong in (True, False):
            named = [m for m in marks if m.strong is strong and self._named(m)]
            if named:
                return _group(_innermost(named))
        return []

    def _named(self, mark: Mark) -> bool:
        if not mark.names and not self._is_for_another_role(mark) and not _is_in_prose(mark.element):
            mark.names = [n for n in _names_in(mark.element) if mark.strong or " " in n or n.lower() in words("given")]
        return bool(mark.names)

    def _is_for_another_role(self, mark: Mark) -> bool:
        """Say whether the text in front of a mark gives its person another role ("Photos by"), or the one behind it another job."""
        seen, at = self._seen, mark.at
        before = role_of(seen.texts[at - 1]) if at else None
        if before in ("editor", "contributor", "other") and not is_job(seen, at - 1):
            return True
        behind = at + sum(1 for text in islice(mark.element.itertext(), 10) if not text.isspace())
        is_told = behind < len(seen.texts) and role_of(seen.texts[behind]) in ("contributor", "other")
        return is_told and ":" not in seen.texts[behind] and is_job(seen, behind)


def _headline(seen: Survey, metadata: Metadata) -> tuple[Any | None, int]:
    """Return the heading that a page's title tells of, else its only first-level one, and the number of texts in front of it."""
    titles = [metadata.title, metadata.meta.get("og:title"), metadata.ld.get("headline")]
    keys = [key for title in titles if isinstance(title, str) and (key := key_of(title))]
    best: tuple[tuple[bool, bool, int], Any, int] | None = None
    for element, at in seen.headings[:_MAX_HEADINGS]:
        key = key_of("".join(element.itertext())[:400])
        within = any(key in title for title in keys)
        rank = (element.tag == "h1", within, len(key))
        if len(key) >= 8 and (within or any(title in key for title in keys)) and (best is None or rank > best[0]):
            best = (rank, element, at)
            if element.tag == "h1" and within and len(key) >= _LONG_TITLE:
                break
    if best:
        return best[1], best[2]
    first = [(element, at) for element, at in seen.headings if element.tag == "h1"]
    return first[0] if len(first) == 1 else (None, 0)


def _names_in(element: Any) -> list[str]:
    if content := element.get("content"):
        return people([content])
    named = [inner for inner in islice(element.iter("*"), 100) if "name" in (inner.get("itemprop") or "").split()]
    pieces = [
        tidy(text[:400]) for inner in named or [element] for text in islice(inner.itertext(), 80) if not text.isspace()
    ]
    told = people(content for inner in named if (content := inner.get("content")))
    return told or (listed(pieces) if len(pieces) <= _MAX_PIECES else [])


def _is_in_prose(element: Any) -> bool:
    """Say whether an element is a link inside a sentence: it tells of a person, and not of an author."""
    parent = element.getparent()
    if element.tag != "a" or parent is None or parent.tag not in ("p", "li", "span"):
        return False
    return sum(len(text) for text in islice(parent.itertext(), 40)) > 200


def _innermost(marks: list[Mark]) -> list[Mark]:
    """Return the marks without those that hold others, or hold others' names and more: such a one stands for them."""
    elements = {mark.element: mark for mark in marks}
    inner: dict[Any, list[Mark]] = {}
    for mark in marks:
        for ancestor in mark.element.iterancestors():
            if ancestor in elements:
                inner.setdefault(ancestor, []).append(mark)
    dropped: set[Any] = set()
    for element, held in inner.items():
        keys = {key_of(name) for mark in held for name in mark.names}
        own = {key_of(name) for name in elements[element].names}
        dropped |= {mark.element for mark in held} if own > keys and len(own) <= 6 else {element}
    return [mark for mark in marks if mark.element not in dropped]


def _group(marks: list[Mark]) -> list[str]:
    """Return the people of the first marks that share a near ancestor with the first of them."""
    found: list[str] = []
    group: set[Any] = set()
    for mark in marks:
        near = set(list(mark.element.iterancestors())[:2])
        if group and not near & group:
            break
        group |= near if not group else set()
        found += mark.names
    return whole(found)[:MAX_PEOPLE]


def is_aside(element: Any, known: dict[Any, bool], *, teasers: bool = False) -> bool:
    """Say whether an element stands in a part of the page that tells of something else; `known` remembers the elements asked before."""
    passed = []
    node = element
    while node is not None and node not in known:
        passed.append(node)
        known[node] = _opens_aside(node, teasers=teasers)
        if known[node]:
            break
        node = node.getparent()
    told = node is not None and known[node]
    known.update(dict.fromkeys(passed, told))
    return told


def _opens_aside(node: Any, *, teasers: bool) -> bool:
    names = f"{node.get('class') or ''} {node.get('id') or ''}"
    if node.tag in _OUTSIDE:
        return node.tag != "footer" or not _ENTRY.search(names)
    if node.tag in ("body", "html"):
        return False
    if "hide" in names.split() or node.get("hidden") is not None or "display:none" in (node.get("style") or ""):
        return True
    # An author's card is no teaser's, unless it lies in one.
    return bool(_ASIDE.search(names)) or (teasers and bool(_TEASER.search(names)) and not _CLASS.search(names))


def around(headings: Iterable[Any]) -> dict[Any, bool]:
    """Return what is around headlines: being around more than an aside, it is none."""
    return {ancestor: False for heading in headings for ancestor in heading.iterancestors()}


def is_job(seen: Survey, at: int) -> bool:
    """Say whether a role is what the person in front of it does: "Ana Ruiz", "Editor"; not if names follow roles from the first."""
    if re.search(r"(?:by|oleh|:)\s*$", seen.texts[at]):
        return False
    for _ in range(_MAX_ROW):
        if at < 2 or not role_of(seen.texts[at - 2]) or not is_name(seen, at - 1):
            break
        at -= 2
    return is_name(seen, at - 1)


def is_name(seen: Survey, at: int) -> bool:
    """Say whether one of a page's texts names people."""
    return 0 <= at < len(seen.texts) and bool(people([seen.texts[at][:120]]))
