"""What kind of page an answer is, before and after its text is found. Walls and errors are verdicts, never articles.

Whether a page with text is an article is weighed: its signs are seen by name (a shop's schema.org type, a body made of links, a
stated article…) and the sum of their weights decides. Weights and names lie in `rules/judge.toml`, phrases in `rules/walls.toml`.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import msgspec
from lxml import etree

from pipeline.records import Block, Caption, Verdict
from pipeline.steps.decode import tidy
from pipeline.steps.locate import Located
from pipeline.steps.metadata import Metadata, types_of

_RULES = Path(__file__).parents[1] / "rules"
_HTML = re.compile(rb"<\s*(?:!doctype|html|head|body|div|p|article|meta|title|span|table|script|h1)\b", re.IGNORECASE)
_NOT_HTML = re.compile(
    r"^(?:image|audio|video|font)/|pdf|zip|octet-stream|javascript|json|msword|officedocument", re.IGNORECASE
)
_ARTICLE_TYPES = re.compile(r"Article$|^BlogPosting$|^Report$|^LiveBlogPosting$")
# A body of this size is no wall's; below `_BRIEF_CHARS` even what calls itself an article may be one.
_WALL_CHARS = 1_200
_BRIEF_CHARS = 300
_TITLE_PARTS = re.compile(r"\s+[-–—|·»:]+\s+|[|–—:»·]")
_BESIDE_TEASERS = frozenset({"login_wall", "paywall"})
_LEAD_WORDS = 150
_LEAD_SHARE = 0.6
_LONGEST_COUNT = 7
_LEAST_CHARS = 80
_TITLE_CHARS = 300
_VISIBLE_CHARS = 20_000
_UNSEEN = frozenset({"script", "style", "noscript", "template", "amp-consent", "amp-sidebar", "dialog"})
_ITEM_TYPES = etree.XPath("descendant-or-self::*/@itemtype")
# No page needs more of them to show its kind; a hostile one has more.
_MOST_LINKS = 3_000
_MOST_FRAMES = 80
# Kinds that only the outermost elements can tell.
_OUTERMOST = frozenset({"page", "post"})
_TARGET_CHARS = 500
_MOST_TEXTS = 6
_LONGEST_ACTION = 40
_MANY = 3
_LONG_CHARS = 120
_LONG_WIDE_CHARS = 60
# From here on (CJK) a letter is a syllable or a word.
_WIDE = "\u2e80"
_SOURCE = re.compile(r"/(?:edit|blob|tree)/[^?#\n]*\.(?:mdx?|rst|adoc|txt|ipynb)$", re.MULTILINE)
# Words of an address that lead to discussions, goods, manuals and lists, and those that lead to articles.
_OTHER_PLACE = re.compile(
    r"/(?:forums?|threads?|topics?|questions?|discussions?|boards?|viewtopic|showthread|comments|products?|shop|store|items?|itm|dp|buy|cart"
    r"|collections?|catalog(?:ue)?|docs?|documentation|reference|manual|api|wiki|categor(?:y|ies)|tags?|search|listings?|charts?|browse"
    r"|directory|archives?)(?:\.(?:php|html?|aspx?))?(?:[/?#]|$)|[?&](?:q|s|search)="
    r"|^https?://(?:docs?|developers?|wiki|help|support|forums?|community|discuss|bbs|boards?|store|shop)\.",
    re.IGNORECASE,
)
_NEWS_PLACE = re.compile(
    r"/(?:blogs?|news|articles?|story|stories|posts?|insights?|magazine|read|berita|artikel|nieuws|actualites?|noticias?|notizie|nachrichten)/"
    r"|^https?://(?:blog|news)\.|/(?:19|20)\d\d[/-]\d\d?[/-]",
    re.IGNORECASE,
)


class Rules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`rules/judge.toml`: from `limit` on a page is no article."""

    limit: float
    weights: dict[str, float]
    types: dict[str, tuple[str, ...]]
    marks: dict[str, tuple[str, ...]]
    links: dict[str, tuple[str, ...]]
    actions: tuple[str, ...]
    anchors: frozenset[str]
    texts: tuple[str, ...]


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What the steps before found on a page; `is_known` says that the catalogue knows its address for that of an article."""

    metadata: Metadata
    url: str
    title: str | None
    located: Located | None
    blocks: tuple[Block, ...] = ()
    captions: tuple[Caption, ...] = ()
    is_known: bool = False
    is_dated: bool = False
    is_signed: bool = False

    @property
    def body_chars(self) -> int:
        """Return how long the body is."""
        return sum(len(block.text) for block in self.blocks)

    @property
    def told_chars(self) -> int:
        """Return how much the page tells: a photo story does so in its captions alone."""
        return self.body_chars + sum(len(caption.text) for caption in self.captions)

    @property
    def is_brief(self) -> bool:
        """Return whether the page is a short article by its own word, not only by its looks."""
        return self.states_article and (self.is_dated or self.is_signed) and self.told_chars >= _BRIEF_CHARS

    @property
    def states_article(self) -> bool:
        """Return whether the page calls itself an article."""
        return self.metadata.meta.get("og:type", "").lower() == "article" or any(
            _ARTICLE_TYPES.search(kind) for kind in self.metadata.ld_types
        )


class _Mark(msgspec.Struct, frozen=True):
    """Names that tell a software, whole or by how they begin."""

    whole: frozenset[str]
    begun: tuple[str, ...]

    @classmethod
    def of(cls, names: Sequence[str]) -> Self:
        return cls(frozenset(names), tuple(name.removesuffix("*") for name in names if name.endswith("*")))

    def is_on(self, name: str) -> bool:
        return name in self.whole or name.startswith(self.begun)


def is_html(content: bytes, content_type: str | None) -> bool:
    """Return whether an answer can be read as HTML at all."""
    if content_type and _NOT_HTML.search(content_type):
        return False
    head = content[:4096].lstrip()
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"{", b"[")):
        return False
    return bool(_HTML.search(content[:65_536])) or head.startswith(b"<")


def judge(root: Any, seen: Seen) -> Verdict:
    """Return the verdict on a page."""
    if not seen.states_article and (named := _named(seen)):
        return named
    if seen.body_chars < _WALL_CHARS and (verdict := _short(root, seen)):
        return verdict
    return "listing" if weigh(signs(root, seen)) >= _rules().limit else "article"


def weigh(found: Iterable[str]) -> float:
    """Return the sum of the weights of signs: the higher, the less a page is an article."""
    weights = _rules().weights
    return sum(weights[name] for name in found)


def signs(root: Any, seen: Seen) -> set[str]:
    """Return the names of what speaks for or against a page being an article."""
    return {
        "any_page",
        *_stated(root, seen),
        *_framed(root, seen),
        *_outlined(root),
        *_contained(seen.located),
        *_written(seen),
        *_placed(seen),
    }


def is_only_lead(metadata: Metadata, body: str) -> bool:
    """Return whether a page that says it is not free shows its beginning only: few words, or much fewer than it says it has."""
    if str(metadata.ld.get("isAccessibleForFree")).lower() != "false":
        return False
    words, told = len(body.split()), metadata.ld.get("wordCount")
    stated = (
        int(told) if isinstance(told, int | str) and str(told).isdecimal() and len(str(told)) <= _LONGEST_COUNT else 0
    )
    return words < max(_LEAD_WORDS, _LEAD_SHARE * stated)


def visible_text(root: Any) -> str:
    """Return the first 20,000 code points of what a reader sees of a page, as one line."""
    body = root.find("body") if root.find("body") is not None else root
    texts: list[str] = []
    left = _VISIBLE_CHARS
    for text in _visible(body):
        texts.append(text)
        left -= len(text) + 1
        if left < 0:
            break
    return tidy(" ".join(texts)[:_VISIBLE_CHARS])


def _visible(body: Any) -> Iterator[str]:
    """Yield a page's texts in their order, without those that are never shown."""
    walk = etree.iterwalk(body, events=("start", "end"))
    for event, element in walk:
        if event == "start" and element.tag in _UNSEEN:
            walk.skip_subtree()
            continue
        text = element.text if event == "start" else element.tail
        if text and (event == "start" or element is not body) and not text.isspace():
            yield text


def _named(seen: Seen) -> Verdict | None:
    """Return what a page is called: a headline may hold such a phrase, but where it is the name, it tells.

    A platform's own rules are long and state no author; what is signed reports of them.
    """
    for verdict, phrases in _phrases().items():
        is_doubtful = verdict == "document" and (seen.is_signed or seen.body_chars <= _WALL_CHARS)
        if not is_doubtful and any(_is_most_of(part, phrases) for part in _TITLE_PARTS.split(_shown_title(seen))):
            return verdict
    return None


def _shown_title(seen: Seen) -> str:
    return (seen.title or "")[:_TITLE_CHARS]


def _is_most_of(part: str, phrases: re.Pattern[str]) -> bool:
    match = phrases.search(part)
    return match is not None and 2 * len(match.group()) >= len(part.strip())


def _short(root: Any, seen: Seen) -> Verdict | None:
    """Return the verdict on a page with little or no body, `None` if its signs must tell."""
    text = visible_text(root)
    if not text:
        return "needs_js" if root.find(".//script") is not None else "empty"
    if wall := _wall(text, seen):
        return wall
    if seen.told_chars >= _LEAST_CHARS:
        return None
    if len(text) < 200 and len(list(islice(root.iter("script"), 4))) > 3:
        return "needs_js"
    return "empty" if len(text) < _LEAST_CHARS else "listing"


def _wall(text: str, seen: Seen) -> Verdict | None:
    """Return which wall a short page is: by its title or by its text, which is its body where it has one.

    A brief with a day or a name may speak of robots and cookies; but before a teaser there may well be a paywall.
    """
    title = "" if seen.is_brief else _shown_title(seen)
    page = text[:_WALL_CHARS] if len(text) < 2 * _WALL_CHARS else ""
    told = "" if seen.is_brief else " ".join(block.text for block in seen.blocks)
    body = page if seen.told_chars < _BRIEF_CHARS else told
    for verdict, phrases in _phrases().items():
        if verdict == "document":
            continue
        if phrases.search(title) or phrases.search(page if verdict in _BESIDE_TEASERS else body):
            return verdict
    return None


def _stated(root: Any, seen: Seen) -> set[str]:
    """Return what a page says of itself."""
    metadata, types = seen.metadata, _rules().types
    kind = metadata.meta.get("og:type", "").lower()
    items = {str(url).rstrip("/").rpartition("/")[2] for url in islice(_ITEM_TYPES(root), _MOST_LINKS)}
    said = {*metadata.ld_types, *items}
    found = {name for name, names in types.items() if not said.isdisjoint(names)}
    if "product" in kind:
        found.add("goods")
    if "Question" in said and "FAQPage" not in said:
        found.add("thread")
    if any(_ARTICLE_TYPES.search(name) for name in types_of(metadata.ld)):
        # Goods, lists and offers beside an article are what it speaks of.
        found = (found & {"thread"}) | {"article"}
    if kind == "article":
        found = (found - {"goods"}) | {"og_article"}
    if not seen.is_dated:
        found.add("undated")
    if not seen.is_signed:
        found.add("unsigned")
    return found


def _framed(root: Any, seen: Seen) -> set[str]:
    """Return the kinds of software whose marks a page bears: in its generator, and as names around its text."""
    body = root.find("body")
    outer = [root] if body is None else [root, body]
    inner = [] if body is None else list(islice(body, _MOST_FRAMES))
    if seen.located is not None:
        inner += [seen.located.element, *islice(seen.located.element.iterancestors(), _MOST_FRAMES)]
    outermost = {name for frame in outer for name in _names(frame)}
    names = outermost | {name for frame in inner for name in _names(frame)}
    names |= {value.lower() for key in ("generator", "application-name") if (value := seen.metadata.meta.get(key))}
    return {kind for kind, mark in _marks().items() if any(map(mark.is_on, outermost if kind in _OUTERMOST else names))}


def _names(element: Any) -> list[str]:
    return f"{element.tag} {element.get('class') or ''} {element.get('id') or ''}".lower().split()


def _outlined(root: Any) -> set[str]:
    """Return what a page's links and buttons are for, and whether it marks one text of all as its article."""
    rules = _rules()
    links = list(islice(root.iter("a", "button"), _MOST_LINKS))
    targets = "\n".join([href[:_TARGET_CHARS] for link in links if (href := link.get("href"))]).lower()
    found = {name for name, parts in rules.links.items() if any(part in targets for part in parts)}
    if _SOURCE.search(targets):
        found.add("manual")
    asked = sum(_label(link).startswith(rules.actions) for link in links)
    if asked >= _MANY:
        found.add("actions")
    if len(list(islice(root.iter("article"), 2))) == 1:
        found.add("one_article")
    return found


def _label(link: Any) -> str:
    """Return what a button or a link says in small letters, nothing if that is a sentence."""
    text = (link.text or "" if not len(link) else "".join(islice(link.itertext(), _MOST_TEXTS))).strip()
    return text.lower() if len(text) <= _LONGEST_ACTION else ""


def _contained(located: Located | None) -> set[str]:
    """Return what the element that holds the text is made of."""
    if located is None:
        return set()
    element = located.element
    links = list(islice(element.iter("a"), _MOST_LINKS))
    linked = sum(_length(link) for link in links)
    thousands = max(1, _length(element) - sum(_length(code) for code in element.iter("script", "style"))) / 1_000
    anchors = _rules().anchors
    pictures = sum(1 for _ in element.iter("img"))
    around = " ".join(" ".join(_names(frame)) for frame in (element, *islice(element.iterancestors(), _MANY)))
    found = {
        "named_text": any(part in around for part in _rules().texts),
        "elsewhere": located.share < 0.6,
        "made_of_links": linked > 300 * thousands,
        "many_links": len(links) > max(_MANY, 12 * thousands),
        "many_pictures": pictures > max(_MANY, 2.5 * thousands),
        "many_codes": len(list(islice(element.iter("code", "pre"), 7))) > 6,
        "anchored": sum(not anchors.isdisjoint(_names(link)) for link in links) >= _MANY,
    }
    return {name for name, is_so in found.items() if is_so}


def _length(element: Any) -> int:
    return sum(len(text.strip()) for text in element.itertext())


def _written(seen: Seen) -> set[str]:
    """Return how a text is built: how much there is of it, of scraps or of paragraphs, under how many headings."""
    chars = seen.body_chars or 1
    long = sum(len(block.text) for block in seen.blocks if _is_long(block.text))
    headings = sum(block.kind == "heading" for block in seen.blocks)
    found = {
        "slight": seen.told_chars < _BRIEF_CHARS,
        "scraps": long < 0.35 * chars,
        "headings": headings >= _MANY and headings > 0.003 * chars,
    }
    return {name for name, is_so in found.items() if is_so}


def _is_long(text: str) -> bool:
    """Return whether a block is a paragraph: two lines, or one of the scripts that say more a letter."""
    return len(text) >= (_LONG_WIDE_CHARS if text[:1] >= _WIDE else _LONG_CHARS)


def _placed(seen: Seen) -> set[str]:
    """Return what a page's address says; where it was saved without one, its own word for it counts."""
    if seen.is_known:
        return {"known_address"}
    address = seen.url if _is_public(seen.url) else (seen.metadata.canonical_url or "")
    if not _is_public(address):
        return set()
    parts = urlsplit(address)
    found = {
        "home": not parts.path.strip("/") and not parts.query,
        "other_place": _OTHER_PLACE.search(address) is not None,
        "news_place": _NEWS_PLACE.search(address) is not None,
    }
    return {name for name, is_so in found.items() if is_so}


def _is_public(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in (parts.hostname or "")


@cache
def _rules() -> Rules:
    return msgspec.convert(tomllib.loads((_RULES / "judge.toml").read_text("utf-8")), Rules)


@cache
def _phrases() -> dict[Verdict, re.Pattern[str]]:
    """Return the phrases of walls and documents by verdict, in the order in which they are tried."""
    told = msgspec.convert(tomllib.loads((_RULES / "walls.toml").read_text("utf-8")), dict[Verdict, tuple[str, ...]])
    return {verdict: _any_of(phrases) for verdict, phrases in told.items()}


@cache
def _marks() -> dict[str, "_Mark"]:
    return {kind: _Mark.of(names) for kind, names in _rules().marks.items()}


def _any_of(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)
