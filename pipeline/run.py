"""The order of the steps, from bytes to a reading."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from pipeline.records import Annotation, Announced, Article, Page, Reading, RemovedKind, SourceHints
from pipeline.steps import credit, date, headline, language, metadata
from pipeline.steps.annotate import ANNOTATOR_VERSION, annotate
from pipeline.steps.assemble import Cleaned, assemble
from pipeline.steps.clean import decide
from pipeline.steps.decode import decode, parse, select, tidy
from pipeline.steps.join import join
from pipeline.steps.judge import Seen, is_html, is_only_lead, judge
from pipeline.steps.lines import Fragment, read_lines
from pipeline.steps.locate import Located, locate
from pipeline.steps.match import Fate
from pipeline.steps.near import credit_lines, date_lines
from pipeline.steps.paging import canonical_of, is_article_address, later_page_of, next_page, page_number
from pipeline.steps.survey import survey

EXTRACTOR_VERSION = "2"
_NOISE_MARK = "data-pantau-removed"

__all__ = ["ANNOTATOR_VERSION", "EXTRACTOR_VERSION", "announce_only", "read_article", "read_pages"]


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """A page as it lies before an article is made of it: its tree, what it states, its container's lines and why each goes."""

    root: Any
    stated: metadata.Metadata
    title: str | None
    next_page_url: str | None
    located: Located | None
    fragment: Fragment
    fates: list[Fate | None]


def read_pages(pages: Sequence[Page], announced: Announced | None = None) -> Reading:
    """Read the pages of one article, put them in their order, and annotate what they make together."""
    articles = [read_article(page, announced) for page in sorted(pages, key=_number)]
    told = [article for article in articles if article.verdict == "article"]
    article = join(told) if len(told) > 1 else (told or articles)[0]
    return Reading(article=article, annotation=_annotate(article))


def _number(page: Page) -> int:
    return page_number(page.url, None, page.hints)


def read_article(page: Page, announced: Announced | None = None) -> Article:
    """Read one page; whatever the bytes are, the answer is an article or a verdict."""
    article, _ = read_and_look(page, announced)
    return article


def read_and_look(page: Page, announced: Announced | None = None) -> tuple[Article, Look | None]:
    """Read one page and return with its article how it lay before, `None` where its bytes hold no HTML."""
    if not page.content.strip():
        return _nothing(page, "empty"), None
    if not is_html(page.content, page.content_type):
        return _nothing(page, "not_html"), None
    look = _look_at(page, announced)
    return (_nothing(page, "empty") if look is None else _read(page, look, announced)), look


def announce_only(announced: Announced, *, source_id: str | None, hints: SourceHints) -> Reading:
    """Make what a feed told of a page that may not be fetched into an article of its headline alone."""
    published = announced.date_published.isoformat() if announced.date_published else None
    article = Article(
        url=announced.url,
        canonical_url=canonical_of(announced.url, None, hints),
        source_id=source_id,
        extent="headline",
        headline=tidy(announced.headline or ""),
        description=announced.description,
        date_published=published,
        date_published_precision="minute" if published else None,
        date_published_zone="stated" if published else None,
        in_language=language.detect(f"{announced.headline} {announced.description or ''}", metadata.Metadata(), hints),
        publisher=hints.publisher,
        extractor_version=EXTRACTOR_VERSION,
    )
    return Reading(article=article, annotation=_annotate(article))


def _look_at(page: Page, announced: Announced | None = None) -> Look | None:
    """Return what a page's bytes hold, `None` where they hold no HTML."""
    root = parse(decode(page.content, page.content_type))
    if root is None:
        return None
    hints = page.hints
    stated = metadata.read(root, page.url)
    title = headline.pick(root, stated, hints) or (announced.headline if announced else None)
    following = next_page(root, page.url, hints)
    _mark_layout_noise(root, hints)
    located = locate(root, hints)
    fragment = read_lines(located.element) if located else Fragment(lines=(), names=(), tags=())
    return Look(
        root=root,
        stated=stated,
        title=title,
        next_page_url=following,
        located=located,
        fragment=fragment,
        fates=decide(fragment, title, _hinted_elements(fragment)),
    )


def _read(page: Page, look: Look, announced: Announced | None) -> Article:
    hints, root, stated, title = page.hints, look.root, look.stated, look.title
    located, fragment = look.located, look.fragment
    cleaned = assemble(fragment.lines, look.fates)
    body = "\n".join(block.text for block in cleaned.blocks)
    surveyed = survey(root)
    lines = [*credit_lines(cleaned, fragment), *credit.lines_of(root, surveyed)]
    credits_ = credit.read(root, stated, lines, hints, surveyed)
    near = date_lines(root, title, located.element if located else None, lines, fragment)
    dates = date.read(root, stated, near, hints, page.fetched_at, page.url)
    seen = Seen(
        metadata=stated,
        url=page.url,
        title=stated.title or title,
        located=located,
        blocks=cleaned.blocks,
        captions=cleaned.captions,
        is_known=is_article_address(page.url, hints),
        is_dated=bool(dates.published or (announced and announced.date_published)),
        is_signed=bool(credits_.authors),
    )
    article = Article(
        url=page.url,
        canonical_url=canonical_of(page.url, stated.canonical_url, hints),
        source_id=page.source_id,
        headline=title,
        description=stated.description,
        date_published=dates.published,
        date_published_raw=dates.raw,
        date_published_precision=dates.precision,
        date_published_zone=dates.zone,
        date_modified=dates.modified,
        authors=credits_.authors,
        editors=credits_.editors,
        contributors=credits_.contributors,
        publisher=hints.publisher or stated.publisher,
        in_language=language.detect(f"{title or ''} {body}", stated, hints),
        section=stated.section,
        article_body=body,
        blocks=cleaned.blocks,
        captions=cleaned.captions,
        removed=cleaned.removed,
        page_urls=(page.url,),
        next_page_url=look.next_page_url,
        verdict=judge(root, seen),
        confidence=_confidence(located, cleaned),
        notes=dates.notes,
        extractor_version=EXTRACTOR_VERSION,
    )
    return _with_extent(article, page, hints, stated)


def _mark_layout_noise(root: Any, hints: SourceHints) -> None:
    for removal in hints.remove:
        for element in select(root, removal.select):
            element.set("id", f"{_NOISE_MARK}-{removal.kind}")


def _hinted_elements(fragment: Fragment) -> dict[int, RemovedKind]:
    found: dict[int, RemovedKind] = {}
    for number, names in enumerate(fragment.names):
        mark = names.rpartition(f"{_NOISE_MARK}-")[2] if _NOISE_MARK in names else None
        if mark:
            found[number] = msgspec.convert(mark, RemovedKind)
    return found


def _with_extent(article: Article, page: Page, hints: SourceHints, stated: metadata.Metadata) -> Article:
    if article.verdict != "article":
        return msgspec.structs.replace(article, article_body="", blocks=(), captions=(), removed=(), extent="headline")
    if article.next_page_url or later_page_of(page.url, article.canonical_url, hints):
        return msgspec.structs.replace(article, extent="incomplete")
    if is_only_lead(stated, article.article_body):
        return msgspec.structs.replace(article, extent="lead")
    return article


def _confidence(located: Located | None, cleaned: Cleaned) -> float:
    if located is None or not cleaned.blocks:
        return 0.0
    if located.by_hint:
        return 1.0
    enough = min(1.0, located.prose_chars / 1_000)
    return round(0.3 + 0.4 * located.share * enough + 0.3 * enough, 3)


def _annotate(article: Article) -> Annotation:
    if article.verdict != "article":
        return Annotation(read=False)
    published = datetime.fromisoformat(article.date_published) if article.date_published else None
    return annotate(
        article.headline or "", article.article_body, published.isoformat() if published else None, article.in_language
    )


def _nothing(page: Page, verdict: Any) -> Article:
    return Article(
        url=page.url,
        source_id=page.source_id,
        extent="headline",
        verdict=verdict,
        page_urls=(page.url,),
        extractor_version=EXTRACTOR_VERSION,
    )
