"""What kind of page an answer is, before and after its text is found. Walls and errors are verdicts, never articles."""

import re
from typing import Any

from lxml import etree

from pipeline.records import Verdict
from pipeline.steps.decode import tidy
from pipeline.steps.metadata import Metadata

_HTML = re.compile(rb"<\s*(?:!doctype|html|head|body|div|p|article|meta|title|span|table|script|h1)\b", re.IGNORECASE)
_NOT_HTML = re.compile(
    r"^(?:image|audio|video|font)/|pdf|zip|octet-stream|javascript|json|msword|officedocument", re.IGNORECASE
)
_WALLS: tuple[tuple[Verdict, re.Pattern[str]], ...] = (
    ("bot_wall", re.compile(r"just a moment\.\.\.|checking your browser|verify (?:that )?you are (?:a )?human|are you a robot|enable javascript and cookies to continue|access denied|attention required|unusual traffic|captcha|pardon our interruption|security check", re.IGNORECASE)),
    ("consent_wall", re.compile(r"before you continue|we (?:and our partners )?(?:use|value|care about) (?:cookies|your privacy)|(?:accept|agree|setuju|terima).{0,40}cookies?|cookie consent|privacy (?:choices|settings)|persetujuan (?:cookie|privasi)|gunakan cookie|kebijakan cookie", re.IGNORECASE)),
    ("login_wall", re.compile(r"(?:log|sign) ?in to (?:continue|read|view)|please (?:log|sign) ?in|you must be logged in|masuk (?:untuk|ke akun)|silakan masuk|create an? (?:free )?account to (?:continue|read)", re.IGNORECASE)),
    ("soft_404", re.compile(r"page (?:you.{0,40} )?(?:not|cannot be|could not be|can't be) found|404|(?:page|content|article) (?:no longer|is not|isn't) (?:exists?|available)|halaman (?:yang .{0,40})?(?:tidak|tak) (?:ditemukan|tersedia|ada)|tidak ditemukan|we can'?t find", re.IGNORECASE)),
    ("needs_js", re.compile(r"(?:enable|turn on|requires?|aktifkan) javascript|javascript is (?:disabled|required)", re.IGNORECASE)),
    ("paywall", re.compile(r"subscribe (?:now )?to (?:continue|read|unlock)|this (?:article|content|story) is (?:for|only|exclusive).{0,40}(?:subscribers|members)|(?:khusus|hanya untuk) pelanggan|berlangganan untuk (?:membaca|lanjut)", re.IGNORECASE)),
)  # fmt: skip
_LISTING_TYPES = frozenset(
    {
        "CollectionPage",
        "SearchResultsPage",
        "ItemList",
        "ProfilePage",
        "DiscussionForumPosting",
        "QAPage",
        "Product",
        "ProductGroup",
        "SoftwareApplication",
    }
)
_ARTICLE_TYPES = re.compile(
    r"(?:News|Blog|Tech|Report|Scholarly|Opinion|Analysis|Review)?Article$|NewsArticle|BlogPosting|Report$|LiveBlogPosting"
)
_DOCUMENT_TITLE = re.compile(
    r"terms (?:of (?:service|use)|and conditions)|privacy (?:policy|notice)|(?:usage|acceptable use|cookie|content|developer|community) (?:policy|policies|guidelines|standards)|syarat dan ketentuan|kebijakan privasi|ketentuan layanan",
    re.IGNORECASE,
)
_WALL_CHARS = 1_200
_SHORT_STORY_CHARS = 400
_VISIBLE_CHARS = 20_000
_VISIBLE = etree.XPath(
    ".//text()[normalize-space() and not(ancestor::script or ancestor::style or ancestor::noscript or ancestor::template"
    " or ancestor::amp-consent or ancestor::amp-sidebar or ancestor::dialog)]"
)
# Words of an address that lead to discussions, goods, manuals and lists.
_OTHER_PLACE = re.compile(
    r"/(?:forums?|threads?|topics?|questions?|discussions?|viewtopic|showthread|comments|products?|shop|store|items?|itm|dp|buy|cart|collections?|"
    r"catalog(?:ue)?|docs?|documentation|reference|manual|api|wiki|categor(?:y|ies)|tags?|search|listings?|charts?|browse|directory)(?:[/._?-]|$)|/archives?/?$|"
    r"[?&](?:q|s|search)=|^https?://(?:docs|developers?|wiki|help|support|forums?|community|store|shop)\.|^https?://(?!localhost)[^/]+/?$",
    re.IGNORECASE,
)


def is_html(content: bytes, content_type: str | None) -> bool:
    """Return whether an answer can be read as HTML at all."""
    if content_type and _NOT_HTML.search(content_type):
        return False
    head = content[:4096].lstrip()
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"{", b"[")):
        return False
    return bool(_HTML.search(content[:65_536])) or head.startswith(b"<")


def judge(
    root: Any,
    metadata: Metadata,
    *,
    text: str,
    url: str,
    prose_chars: int,
    body_chars: int,
    link_share: float,
    title: str | None,
    is_signed: bool,
) -> Verdict:
    """Return the verdict on a page of visible `text`: `prose_chars` of prose were located, of which `body_chars` became its body.

    `link_share` is the share of the page's text that is linked; `is_signed` says whether it names an author or a day. `url` is
    empty where the catalogue knows the address for that of an article.
    """
    if not text:
        return "needs_js" if len(list(root.iter("script"))) > 0 else "empty"
    if body_chars < _WALL_CHARS:
        wall = _wall(text, title)
        if wall:
            return wall
    if _DOCUMENT_TITLE.search(title or "") and not _states_article(metadata) and body_chars > _WALL_CHARS:
        return "document"
    if _is_listing(metadata, prose_chars, body_chars, link_share, is_signed=is_signed) or _is_elsewhere(
        url, metadata, is_signed=is_signed
    ):
        return "listing"
    if body_chars < 80:
        return (
            "needs_js"
            if len(text) < 200 and len(list(root.iter("script"))) > 3
            else "empty"
            if len(text) < 80
            else "listing"
        )
    return "article"


def _wall(text: str, title: str | None) -> Verdict | None:
    for verdict, pattern in _WALLS:
        if title and pattern.search(title):
            return verdict
        if len(text) < 2 * _WALL_CHARS and pattern.search(text[:_WALL_CHARS]):
            return verdict
    return None


def _states_article(metadata: Metadata) -> bool:
    return metadata.meta.get("og:type", "").lower() == "article" or any(
        _ARTICLE_TYPES.search(kind) for kind in metadata.ld_types
    )


def _is_listing(metadata: Metadata, prose_chars: int, body_chars: int, link_share: float, *, is_signed: bool) -> bool:
    if _states_article(metadata):
        return False
    if body_chars > 0 and set(metadata.ld_types) & _LISTING_TYPES and "Article" not in " ".join(metadata.ld_types):
        return True
    dated = any("publish" in name or "date" in name for name in metadata.meta)
    if dated:
        return False
    return link_share > 0.6 and prose_chars < 2_000 and not (is_signed and body_chars >= _SHORT_STORY_CHARS)


def _is_elsewhere(url: str, metadata: Metadata, *, is_signed: bool) -> bool:
    """Return whether an address leads to another kind of page and the page itself does not say better."""
    return bool(url and _OTHER_PLACE.search(url)) and not (is_signed and _states_article(metadata))


def visible_text(root: Any) -> str:
    """Return the first 20,000 code points of what a reader sees of a page, as one line."""
    body = root.find("body") if root.find("body") is not None else root
    return tidy(" ".join(_VISIBLE(body))[:_VISIBLE_CHARS])


def link_share_of(root: Any, text: str) -> float:
    """Return the share of a page's visible text that is linked."""
    linked = sum(len(tidy(" ".join(a.itertext()))) for a in root.iter("a"))
    return min(1.0, linked / (len(text) or 1))
