"""Who made an article: authors, editors and contributors, from its own lines, its markup and its metadata. Names are people.

A labelled line ("Penulis: A | Editor: B") is believed first, since JSON-LD's author may be the editor; then JSON-LD, meta tags, the
markup around the headline, a byline there, and, last, markup elsewhere. One walk over the page finds its texts and its author marks.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice, zip_longest
from typing import Any

import msgspec
from lxml.cssselect import CSSSelector

from pipeline.records import SourceHints
from pipeline.steps.decode import tidy
from pipeline.steps.metadata import Metadata, names_of, persons_of
from pipeline.steps.person import AUTHOR, BY, has_given_name, key_of, parts_of, people, words

_META = (
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
_GLUED = re.compile(r"(?<!Mc)(?<!Mac)(?<=[a-z])[A-Z]|[A-Z]{3}[a-z]")
# Tags of library catalogues, which may put the family first.
_CATALOGUE = frozenset({"citation_author", "dc.creator", "dcterms.creator"})
_LAST_FIRST = re.compile(r"([^\W\d_][\w'’\-]+), ([^\W\d_][\w.'’ \-]*)")
_EDITOR_META = ("content_editor", "editor")
# A card's labelled data: "Written by" in one tag, the name in its neighbour.
_CARD = (("twitter:label1", "twitter:data1"), ("twitter:label2", "twitter:data2"))
_LEAD_IN = re.compile(rf"(?:{BY}|{AUTHOR})\s*:?")
_BYLINE = re.compile(rf"{BY}\s*:?\s+(?=[^\W\d_a-z])")
_LINK_WORD = re.compile(r"(?:[,&]|(?:and|dan|und|et|y)\b)(?:\s*(?:and|dan|und|et|y)\b)?", re.IGNORECASE)
_ENDS_OPEN = re.compile(r"(?:,|&|\band|\bdan|\bund|\bet)\s*$", re.IGNORECASE)
# "Nama Orang , Jurnalis-Senin, 16 Juni 2025 |15:20 WIB".
_SIGNED = re.compile(r"(?P<names>[^,:]{3,60}?)\s*,\s*(?:jurnalis|wartawan)\s*(?:[-–]|$)", re.IGNORECASE)
_JOURNALIST = re.compile(r"\s*,\s*(?:jurnalis|wartawan)\b", re.IGNORECASE)
_REPORT = re.compile(
    r"\(?laporan\s+(?:wartawan|reporter|kontributor|jurnalis)\b[^,:]{0,60}[,:]\s*(?P<names>[^)]{3,80})", re.IGNORECASE
)
_CONTRIBUTED = re.compile(
    r"(?P<names>.{5,200}?),?\s+(?:also\s+)?(?:contributed\s+(?:(?:to\s+)?reporting|to\s+this\s+(?:article|report|story|post|piece))"
    r"|(?:turut\s+|ikut\s+)?berkontribusi\s+(?:dalam|pada|untuk))\b",
    re.IGNORECASE,
)
_WRITERS = re.compile(r"^.*\b(?:writers?|reporters?|correspondents?|journalists?|jurnalis|wartawan)\s+", re.IGNORECASE)
_UNSEEN = frozenset({"script", "style", "noscript", "template", "head", "title", "option", "svg"})
_HEADINGS = frozenset({"h1", "h2", "h3"})
_TELLING = frozenset({"a", "meta", *_HEADINGS})
_CLASS = re.compile(r"(?i:author|writer|penulis|reporter)(?!i[tz]|ed\b)|(?i:by-?line)|\b(?:vcard|fn)\b")
_HREF = re.compile(
    r"/(?<!topics/)(?<!topic/)(?<!tags/)(?<!tag/)(?:authors?|penulis|contributors?|columnists?|writers?|reporters?|people|staff|bios?)/[^/?#]",
    re.IGNORECASE,
)
# Parts of a page that tell of other pages, of readers or of pictures.
_ELSE = r"comment|related|recommend|popular|trending|\bmenu|-menu|\bnav|breadcrumb|caption|credit|most-?(?:read|view)|testimonial|tags?\b"
_ASIDE = re.compile(_ELSE, re.IGNORECASE)
_TEASER = re.compile(
    rf"{_ELSE}|(?<!v)card|teaser|latest|sidebar|(?<!elementor-)widget(?! blog)|newsletter|promo|recirc|list-?item|\bmore\b|(?:site|page)-?footer|quote",
    re.IGNORECASE,
)
_OUTSIDE = frozenset({"nav", "footer", "figure", "figcaption", "form"})
_ENTRY = re.compile(r"entry|post|article", re.IGNORECASE)
_TOPIC = re.compile(r"/(?:tags?|topics?|categor|section|search|rubrik|kanal)", re.IGNORECASE)
_DATED = re.compile(
    r"\b(?:19|20)\d\d\b|\b\d{1,2}:\d\d\b|\bmin(?:ute)?s?(?:\s+read)?\b|\b(?:menit|hours?|days?)\b", re.IGNORECASE
)
_WRITES = re.compile(
    r"\b(?:writer|writes|writing|editor|journalist|reporter|author|blogger|creator|founder|contributor|columnist|strategist|consultant"
    r"|specialist|manager|engineer|researcher|penulis|jurnalis|wartawan)\b",
    re.IGNORECASE,
)
_OPENING = " \n\t\r\xa0,([—–-"
_HEAD_TEXTS = 45
_HEAD_CHARS = 1_000
_ABOVE = 8
_MAX_PROSE = 60_000
_MAX_HEADINGS = 80
_MAX_PIECES = 25
_MAX_PEOPLE = 12
_MAX_ELSEWHERE = 4


class Credits(msgspec.Struct, frozen=True, kw_only=True):
    """The people by what they did, each once, in the order in which they are named."""

    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    contributors: tuple[str, ...] = ()


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
        if element.tag not in _UNSEEN:
            names = element.get("class")
            if names and (
                "uthor" in names or "yline" in names or "riter" in names or "enulis" in names or "eporter" in names
            ):
                marks.append(Mark(element, len(texts)))
            elif element.tag in _TELLING or element.get("itemprop"):
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
    found.marks = [mark for mark in marks if _names_author(mark)]
    return found


def _take(told: list[tuple[str, Any]], found: Survey) -> None:
    found.texts += [text for text, _ in told]
    found.owners += [owner for _, owner in told]


def _note(element: Any, found: Survey) -> None:
    if element.tag in _HEADINGS:
        found.headings.append((element, len(found.texts)))
    elif element.tag == "meta" and (name := (element.get("name") or element.get("property") or "").lower()) in _META:
        found.metas.setdefault(name, []).append(element.get("content") or "")
    elif "author" in (element.get("itemprop") or "") or (element.tag == "a" and _leads_to_person(element)):
        found.marks.append(Mark(element, len(found.texts)))


def _leads_to_person(link: Any) -> bool:
    href = link.get("href")
    return (
        bool(href and _HREF.search(href))
        or "author" in (link.get("rel") or "")
        or "author" in (link.get("itemprop") or "")
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


def read(
    root: Any, metadata: Metadata, lines: Sequence[str], hints: SourceHints, seen: Survey | None = None
) -> Credits:
    """Return the credits; `lines` are the texts of the article's head and tail that hold no body."""
    told = _told(lines)
    outlets = _outlets(metadata)
    told["editor"] += _hinted(root, hints.editor) + people(metadata.meta.get(name, "") for name in _EDITOR_META)
    told["editor"] += people(persons_of(metadata.ld.get("editor")))
    told["contributor"] += people(persons_of(metadata.ld.get("contributor")))
    editors = _once(_persons(told["editor"], outlets))
    authors = _once(_hinted(root, hints.author) + _persons(told["author"], outlets)) or _authors(
        seen or survey(root), metadata, lines, _Known(editors, outlets, tuple(told["reporting"]))
    )
    others = [name for name in told["reporting"] if key_of(name) not in {key_of(author) for author in authors}]
    contributors = _once(_spelt_out(_persons(told["contributor"] + others, outlets)))
    return Credits(authors=authors, editors=editors, contributors=contributors)


def lines_of(root: Any, seen: Survey | None = None) -> list[str]:
    """Return the short lines of a page that name a role and a person, wherever they stand; a label and its name may be two elements."""
    seen = seen or survey(root)
    found = []
    starts = _starts()
    aside: dict[Any, bool] = {}
    for at, raw in enumerate(seen.texts):
        if raw.lstrip(_OPENING)[:3].lower() not in starts or len(raw) > 400:
            continue
        line = tidy(raw)
        if at and _JOURNALIST.match(raw) and people(seen.texts[at - 1 : at]):
            found.append(f"{tidy(seen.texts[at - 1])}, Jurnalis-")
            continue
        mark = _role_pattern().match(line) if len(line) <= 120 else None
        if mark and mark.end() < len(line):
            text: str | None = line
        else:
            text = _labelled(line, seen, at)
        if text and not _is_aside(seen.owners[at], aside, _ASIDE):
            found.append(text)
    return found[:8]


def _labelled(line: str, seen: Survey, at: int) -> str | None:
    """Return a label that stands alone, together with what it labels."""
    if not _role_of(line):
        return None
    if paired := _paired(seen, at):
        return paired
    following = [tidy(text[:400]) for text in seen.texts[at + 1 : at + 9]]
    colon = line.endswith(":")
    if following and following[0].startswith(":"):
        colon, following[0] = True, following[0].lstrip(" :")
    following = [text for text in following if text]
    if not following:
        return None
    names = _listed(following, skips=0)
    # A job behind a name labels nobody, and neither does one without a colon in front of a single word.
    if names and (colon or (" " in names[0] and not _is_job(seen, at))):
        return f"{line.rstrip(' :')}: {', '.join(names)}"
    return f"{line.rstrip(' :')}: {following[0]}" if colon and 3 <= len(following[0]) <= 120 else None


def _role_of(text: str) -> str | None:
    """Return the role that a text names, if it is nothing but a label."""
    return _roles().get(re.sub(r"\s+", " ", text[:60]).strip(" :").lower())


def _is_job(seen: Survey, at: int) -> bool:
    """Say whether a role is what the person in front of it does: "Ana Ruiz", "Editor"; not if names follow roles from the first."""
    if re.search(r"(?:by|oleh|:)\s*$", seen.texts[at]):
        return False
    while at >= 2 and _role_of(seen.texts[at - 2]) and _is_name(seen, at - 1):
        at -= 2
    return _is_name(seen, at - 1)


def _is_name(seen: Survey, at: int) -> bool:
    return 0 <= at < len(seen.texts) and bool(people([seen.texts[at][:120]]))


def _paired(seen: Survey, at: int) -> str | None:
    """Return the role and person of a job in a row of several people's: "Ana Ruiz", "Penulis", "Tom Orr", "Editor"."""
    if not _is_job(seen, at):
        return None
    name = seen.texts[at - 1].strip()
    near = [
        i for i in (at - 2, at + 2) if 0 <= i < len(seen.texts) and _role_of(seen.texts[i]) and _is_name(seen, i - 1)
    ]
    others = [seen.texts[i - 1].strip() for i in near]
    return f"{seen.texts[at].strip()}: {name}" if any(other != name for other in others) else None


def _told(lines: Sequence[str]) -> dict[str, list[str]]:
    """Return the people whom lines name, by role; a label that many lines give to many people lists other works."""
    told: dict[str, list[str]] = {"author": [], "reporting": [], "editor": [], "contributor": [], "other": []}
    groups: dict[str, list[tuple[str, ...]]] = {"author": [], "reporting": []}
    for line in lines:
        for role, names in roles_in(line):
            if role in groups:
                groups[role] += [tuple(names)] if tuple(names) not in groups[role] else []
            else:
                told[role] += names
    for role, named in groups.items():
        told[role] = [name for names in named for name in names] if len(named) < 3 else []
    return told


def roles_in(line: str) -> list[tuple[str, list[str]]]:
    """Return the roles and people that a credit line names: "(Penulis: A, B | Editor: C)" names three."""
    text = line.strip(" ()[]—–-")
    small = text.lower()
    if (
        ":" not in small
        and "by" not in small
        and "oleh" not in small
        and "," not in small
        and "kontrib" not in small
        and "contrib" not in small
    ):
        return []
    for pattern, role in ((_REPORT, "author"), (_SIGNED, "author"), (_CONTRIBUTED, "contributor")):
        if told := pattern.match(text):
            names = people([_WRITERS.sub("", told["names"]) if role == "contributor" else told["names"]])
            names = [name for name in names if role == "author" or " " in name]
            return [(role, names)] if names else []
    marks = list(_role_pattern().finditer(text))
    marks = [mark for mark in marks if marks[0].start() == 0 or _opens(mark, text)]
    found = []
    for mark, after in zip_longest(marks, marks[1:]):
        value = re.split(r"(?<=\w{3})\.\s", text[mark.end() : after.start() if after else len(text)])[0]
        # A label with a colon vouches for a short name that its outlet writes small.
        names = people([value]) or ([value.strip()] if _is_small_name(mark, value) else [])
        if names:
            found.append((_roles()[re.sub(r"\s+", " ", mark.group("role").lower())], names))
    return found


def _opens(mark: re.Match[str], text: str) -> bool:
    """Say whether a label stands in front or behind a break, and not in a sentence."""
    before = text[: mark.start()].rstrip()
    return not before or before[-1] in "|;(/.–—•·"


def _is_small_name(mark: re.Match[str], value: str) -> bool:
    named = ":" in mark.group() and mark.start() == 0 and 2 <= len(value.split()) <= 3
    return named and value.islower() and bool(people([value.title()]))


class _Known(msgspec.Struct, frozen=True):
    editors: tuple[str, ...]
    outlets: frozenset[str]
    reporting: tuple[str, ...]


def _authors(seen: Survey, metadata: Metadata, lines: Sequence[str], known: _Known) -> tuple[str, ...]:
    """Return the first source of author names that names a person who is neither the editor nor the outlet."""
    stated = [name for text in persons_of(metadata.ld.get("author")) for name in _stated(text)]
    meta = [[n for text in seen.metas.get(name, []) for n in _stated(_turned(text, name))] for name in _META]
    meta += [_stated(metadata.meta.get(data, "")) for label, data in _CARD if _is_written_by(metadata.meta.get(label))]
    page = _Page(seen, metadata)
    for names in _sources(stated, meta, metadata, page, lines, known):
        own = _persons(names, known.outlets)
        # The lone author that a page states may be its editor; among several, the outlet means it.
        if len(own) == 1:
            own = [name for name in own if key_of(name) not in {key_of(editor) for editor in known.editors}]
        if own:
            return _once(own)
    return ()


def _sources(
    stated: list[str], meta: list[list[str]], metadata: Metadata, page: "_Page", lines: Sequence[str], known: _Known
) -> Iterator[list[str]]:
    first = stated or next((names for names in meta if names), [])
    if first:
        yield _spelt_out(_fuller(first, [*meta, page.marked()]))
    yield from map(_spelt_out, meta)
    yield _spelt_out(people(persons_of(metadata.ld.get("creator"))))
    yield _spelt_out(page.marked())
    yield _spelt_out(page.signed())
    # Where the page tells no more, a login is the name that its author goes by.
    yield [name for name in first if not name.isupper()]
    yield page.bare()
    yield page.marked_elsewhere()
    yield [name for line in lines for name in _byline(line)]
    yield list(known.reporting)
    yield people(name for name in names_of(metadata.ld.get("author")) if len(name.split()) > 1)


def _fuller(names: list[str], others: Iterable[list[str]]) -> list[str]:
    """Return the longest list that names all of these and some more: JSON-LD often tells the first author alone."""
    keys = {key_of(name) for name in names}
    wider = [other for other in others if keys < {key_of(name) for name in other} and len(other) <= 8]
    return max(wider, key=len, default=names)


def _turned(text: str, name: str) -> str:
    """Return a catalogue's "Ruiz, Ana" as "Ana Ruiz"."""
    found = _LAST_FIRST.fullmatch(tidy(text[:200])) if name in _CATALOGUE else None
    return f"{found[2]} {found[1]}" if found else text


def _stated(text: str) -> list[str]:
    """Return the people whom metadata lists, without the outlet or the city behind a name: "Ana Ruiz, Lampu"."""
    names = people([text])
    return names[:1] if len(names) == 2 and "," in text and " " in names[0] and " " not in names[1] else names


def _spelt_out(names: list[str]) -> list[str]:
    """Return the names but letters that stand for an agency, "ANI", and the logins or brands that are written in one: "LampuKota"."""
    return [name for name in names if " " in name or not ((name.isupper() and name.isascii()) or _GLUED.search(name))]


def _is_written_by(label: str | None) -> bool:
    return (
        (label or "")
        .lower()
        .startswith(("written by", "author", "ditulis oleh", "penulis", "verfasst von", "escrito por", "écrit par"))
    )


class _Page:
    """The part of a page around its headline, and the author marks in it and elsewhere."""

    def __init__(self, seen: Survey, metadata: Metadata) -> None:
        self._seen = seen
        heading, self._start = _headline(seen, metadata)
        # What is around the headline too is no part of its own.
        around = dict.fromkeys(heading.iterancestors(), False) if heading is not None else {}
        self._aside, self._teasers = dict(around), dict(around)
        self._end = self._head_end() if heading is not None else 0
        self._joined = ""
        self._has_head = heading is not None
        self._title = key_of("".join(heading.itertext())[:400]) if heading is not None else ""

    def marked(self) -> list[str]:
        """Return the people of the first author marks around the headline."""
        if not self._has_head:
            return []
        near = [m for m in self._seen.marks if self._start - _ABOVE <= m.at < self._end]
        near = [m for m in near if not _is_aside(m.element, self._teasers, _TEASER)]
        return self._first_group(near)

    def marked_elsewhere(self) -> list[str]:
        """Return the people of the first author marks that stand in no teaser, menu or comment."""
        marks = [m for m in self._seen.marks if not _is_aside(m.element, self._teasers, _TEASER)]
        names = self._first_group(marks)
        return names if len(names) <= _MAX_ELSEWHERE else []

    def signed(self) -> list[str]:
        """Return the people of a byline in the texts behind the headline, which may be parted into several."""
        texts = [tidy(text[:400]) for text in self._seen.texts[self._start : self._end]]
        for at, text in enumerate(texts):
            names = (
                _byline(text)
                or (_listed(texts[at + 1 : at + 9], skips=0) if _LEAD_IN.fullmatch(text) else [])
                or _with_job(text)
            )
            if names and not _is_aside(self._seen.owners[self._start + at], self._aside, _ASIDE):
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
            if not _is_aside(self._seen.owners[at], self._aside, _ASIDE):
                return names
        return []

    def _is_vouched(self, names: list[str], at: int) -> bool:
        near = self._seen.texts[max(0, at - 2) : at] + self._seen.texts[at + 1 : at + 4]
        if any(_DATED.search(text[:80]) for text in near) and all(self._is_no_topic(name) for name in names):
            return True
        # "Ana Ruiz is a writer in …": the page presents its author.
        told = tuple(f"{names[0]} {verb} " for verb in ("is", "has", "writes", "adalah"))
        bios = (text.lstrip() for text in self._seen.texts if len(text) > 40)
        return len(names) == 1 and any(bio.startswith(told) and _WRITES.search(bio[:200]) for bio in bios)

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
        before = _role_of(seen.texts[at - 1]) if at else None
        if before in ("editor", "contributor", "other") and not _is_job(seen, at - 1):
            return True
        behind = at + sum(1 for text in islice(mark.element.itertext(), 10) if not text.isspace())
        is_told = behind < len(seen.texts) and _role_of(seen.texts[behind]) in ("contributor", "other")
        return is_told and ":" not in seen.texts[behind] and _is_job(seen, behind)


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
    if best:
        return best[1], best[2]
    first = [(element, at) for element, at in seen.headings if element.tag == "h1"]
    return first[0] if len(first) == 1 else (None, 0)


def _names_in(element: Any) -> list[str]:
    if content := element.get("content"):
        return people([content])
    named = [inner for inner in element.iter("*") if "name" in (inner.get("itemprop") or "").split()]
    pieces = [
        tidy(text[:400]) for inner in named or [element] for text in islice(inner.itertext(), 80) if not text.isspace()
    ]
    told = people(content for inner in named if (content := inner.get("content")))
    return told or (_listed(pieces) if len(pieces) <= _MAX_PIECES else [])


def _listed(pieces: Sequence[str], skips: int = 3) -> list[str]:
    """Return the people at the head of a run of texts that together list them: "By", "Ana Ruiz", "and", "Tom Orr", "Senior Writer".

    Up to `skips` texts may stand in front of the first name.
    """
    names: list[str] = []
    is_open = True
    skipped = 0
    for piece in pieces:
        if _role_of(piece) in ("editor", "contributor", "other"):
            break
        got = people([piece]) if len(piece) <= 120 else []
        if got and (is_open or _LINK_WORD.match(piece)):
            names += got
            is_open = bool(_ENDS_OPEN.search(piece))
        elif _LINK_WORD.fullmatch(piece):
            is_open = True
        elif names or skipped >= skips:
            break
        else:
            skipped += not _LEAD_IN.fullmatch(piece)
    return _whole(names)


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
    return _whole(found)[:_MAX_PEOPLE]


def _whole(names: list[str]) -> list[str]:
    """Return the names of several words, if any: a single word beside them is a section, a city or a job."""
    return [name for name in names if " " in name] or names


def _is_aside(element: Any, known: dict[Any, bool], names: re.Pattern[str]) -> bool:
    """Say whether an element stands in a part of the page that tells of something else; `known` remembers the elements asked before."""
    passed = []
    node = element
    while node is not None and node not in known:
        passed.append(node)
        known[node] = _opens_aside(node, names)
        if known[node]:
            break
        node = node.getparent()
    told = node is not None and known[node]
    known.update(dict.fromkeys(passed, told))
    return told


def _opens_aside(node: Any, names: re.Pattern[str]) -> bool:
    named = f"{node.get('class') or ''} {node.get('id') or ''}"
    if node.tag in _OUTSIDE:
        return node.tag != "footer" or not _ENTRY.search(named)
    return node.tag not in ("body", "html") and bool(names.search(named))


def _byline(line: str) -> list[str]:
    """Return the people of a line that is nothing but "By A and B", with a date perhaps."""
    mark = _BYLINE.match(line)
    if not mark or len(line) > 100:
        return []
    parts = [part for part in parts_of(line[mark.end() :]) if not re.search(r"\d", part)]
    names = people(parts)
    return _stated(line[mark.end() :]) if parts and len(names) == len(parts) and " " in names[0] else []


def _with_job(line: str) -> list[str]:
    """Return the person of a line that adds a job or a date: "Ana Ruiz | Senior Writer | July 2, 2025"."""
    first, *rest = [part for part in re.split(r"\s*[|•·]\s*|\s[–—-]\s", line) if part] or [""]
    names = people([first]) if rest and len(line) <= 100 else []
    is_plain = len(names) == 1 and " " in names[0] and any(_DATED.search(part) for part in rest)
    return names if is_plain and all(_DATED.search(part) or _WRITES.search(part) for part in rest) else []


def _persons(names: Iterable[str], outlets: frozenset[str]) -> list[str]:
    """Return the names but those of the outlet, its desks and its rooms."""
    return [
        name
        for name in names
        if has_given_name(name) or name.lower() in words("given") or not _is_outlet(key_of(name), outlets)
    ]


def _is_outlet(key: str, outlets: frozenset[str]) -> bool:
    return (
        key in outlets
        or key.replace(" ", "") in outlets
        or any(key.startswith(f"{own} ") or key.endswith(f" {own}") for own in outlets if len(own) > 2)
    )


def _outlets(metadata: Metadata) -> frozenset[str]:
    """Return the keys of the outlet's own names, which bylines give when no person signed."""
    names = [metadata.publisher or "", metadata.meta.get("og:site_name", ""), *names_of(metadata.ld.get("publisher"))]
    spelt = {key_of(name) for name in names if name} - {""}
    spelt |= {key.replace(" ", "") for key in spelt} | set(metadata.host.split("."))
    persons = {key_of(name) for name in persons_of(metadata.ld.get("author"), stated=True) if " " in name}
    return frozenset(spelt - persons - {key.replace(" ", "") for key in persons})


def _hinted(root: Any, selectors: Sequence[str]) -> list[str]:
    found = [element for selector in selectors for element in CSSSelector(selector, translator="html")(root)[:5]]
    return people(tidy("".join(element.itertext())) for element in found)


def _once(names: Sequence[str]) -> tuple[str, ...]:
    return tuple({key_of(name): name for name in reversed(names)}.values())[::-1][:_MAX_PEOPLE]


@cache
def _roles() -> dict[str, str]:
    return {word: role for role in ("author", "reporting", "editor", "contributor", "other") for word in words(role)}


@cache
def _starts() -> frozenset[str]:
    return frozenset(word[:3] for word in _roles())


@cache
def _role_pattern() -> re.Pattern[str]:
    labels = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(_roles(), key=len, reverse=True))
    return re.compile(
        rf"(?:^|(?<=[\s|;,(/]))(?P<role>(?i:{labels}))(?:\s*:\s*|(?:(?<=by)|(?<=\w\soleh))\s+(?=[^\W\d_a-z]))"
    )
