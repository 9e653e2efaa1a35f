"""The frozen records that pass between rooms, and the vocabulary they are written in.

Names are schema.org's NewsArticle and WARC's, in snake case. Every record is immutable; JSON made of one uses the field names as
they stand here.
"""

from datetime import datetime
from typing import Literal

import msgspec

Verdict = Literal[
    "article",
    "listing",
    "document",
    "consent_wall",
    "bot_wall",
    "login_wall",
    "paywall",
    "soft_404",
    "needs_js",
    "empty",
    "not_html",
]
Extent = Literal["full", "lead", "headline", "incomplete"]
BlockKind = Literal["paragraph", "heading", "list_item", "quote"]
RemovedKind = Literal[
    "read_also",
    "ad",
    "caption",
    "credit",
    "signature",
    "pager",
    "video",
    "share",
    "tags",
    "channel",
    "copyright",
    "related",
    "dateline",
    "other",
]
Precision = Literal["second", "minute", "hour", "day", "week", "month", "quarter", "year", "release", "relative"]
Action = Literal[
    "ban",
    "restrict",
    "allow",
    "require",
    "data_use",
    "opt_control",
    "age_gate",
    "remove_feature",
    "block_access",
    "monetise",
    "license",
    "enforce",
    "clarify",
]
Action2 = Action | Literal["reversal"]
PolicyObject = Literal[
    "general_purpose_chatbot",
    "ai_generated_content",
    "deepfake_likeness",
    "training_on_user_data",
    "ads_personalisation",
    "crawling_scraping",
    "ai_agents",
    "minors_and_ai",
    "ai_model_use",
    "platform_ai_feature",
    "copyright_ip",
]
Direction = Literal["tighten", "loosen", "neutral", "loosen_for_platform", "tighten_for_platform"]
Status = Literal["reported", "announced", "testing", "in_effect", "delayed", "suspended", "amended", "reversed"]
Instrument = Literal[
    "terms_of_service",
    "privacy_policy",
    "api_terms",
    "developer_policy",
    "community_guidelines",
    "monetisation_policy",
    "content_policy",
    "usage_policy",
    "seller_policy",
    "advertising_policy",
    "webmaster_policy",
    "partner_guidelines",
    "technical_default",
    "product_setting",
    "contract",
    "notice",
]
Attribution = Literal[
    "company_statement",
    "company_document",
    "spokesperson_to_outlet",
    "media_report",
    "regulator_document",
    "user_observation",
]
NegativeKind = Literal[
    "gov_regulation",
    "product_launch",
    "business_deal",
    "nonai_policy",
    "ai_as_tool",
    "denial",
    "incident",
    "lawsuit",
    "opinion_howto",
    "internal_corporate",
    "demand_by_third_party",
    "background_mention",
    "plain",
]
Field = Literal["headline", "article_body"]


class Removal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A layout's own noise: what matches `select` (a CSS selector) inside the article is removed as `kind`."""

    select: str
    kind: RemovedKind = "other"


class SourceHints(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the catalogue knows about a layout; every field is optional and wins over the general rules.

    Selectors are CSS. `article_url` is a regular expression on an address; its group `id` is the site's own article id, its
    group `page`, if any, the number or offset of a later page. `timezone` is an IANA name for times stated without a zone.
    """

    article_url: str | None = None
    canonical_url: str | None = None
    container: tuple[str, ...] = ()
    headline: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    editor: tuple[str, ...] = ()
    remove: tuple[Removal, ...] = ()
    next_page: tuple[str, ...] = ()
    in_language: str | None = None
    timezone: str | None = None
    publisher: str | None = None


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One answer as it came: bytes, and where and when they were fetched (`fetched_at` is aware)."""

    url: str
    content: bytes
    fetched_at: datetime
    content_type: str | None = None
    source_id: str | None = None
    hints: SourceHints = SourceHints()


class Announced(msgspec.Struct, frozen=True, kw_only=True):
    """What a feed, sitemap or list said about an address before it was fetched."""

    url: str
    headline: str | None = None
    description: str | None = None
    date_published: datetime | None = None
    tags: tuple[str, ...] = ()


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """A unit of the body in reading order; `text` is NFC and holds no newline."""

    kind: BlockKind
    text: str


class Removed(msgspec.Struct, frozen=True, kw_only=True):
    """A text taken out of the article's container, with the rule that took it.

    `after_block` is the 0-based index of the kept block it followed, -1 before the first. When it was cut out of the inside of a
    block, `after_block` is that block's own index and `char_offset` the code point of the block's text where it stood; for a
    whole block `char_offset` is null. Removed blocks that share a place stand in their reading order.
    """

    kind: RemovedKind
    rule: str
    text: str
    after_block: int
    char_offset: int | None = None


class Caption(msgspec.Struct, frozen=True, kw_only=True):
    """The words of a picture or video in the article's container; `credit` is its maker as printed."""

    text: str
    credit: str | None = None
    after_block: int = -1


class Article(msgspec.Struct, frozen=True, kw_only=True):
    """One page, or several joined, as read. Times are ISO 8601 with offset; `None` is "the page does not say"."""

    id: str | None = None
    url: str
    canonical_url: str | None = None
    source_id: str | None = None
    extent: Extent = "full"
    headline: str | None = None
    description: str | None = None
    date_published: str | None = None
    date_published_raw: str | None = None
    date_published_precision: Precision | None = None
    date_published_zone: Literal["stated", "assumed"] | None = None
    date_modified: str | None = None
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    contributors: tuple[str, ...] = ()
    publisher: str | None = None
    in_language: str | None = None
    section: str | None = None
    article_body: str = ""
    blocks: tuple[Block, ...] = ()
    captions: tuple[Caption, ...] = ()
    removed: tuple[Removed, ...] = ()
    page_urls: tuple[str, ...] = ()
    next_page_url: str | None = None
    verdict: Verdict = "article"
    confidence: float = 0.0
    notes: tuple[str, ...] = ()
    extractor_version: str = ""


class PolicyDate(msgspec.Struct, frozen=True, kw_only=True):
    """A date as a text gives it: `value` is ISO (`2026-01-15`, `2026-01`, `2026`), `raw` the phrase as written."""

    value: str | None
    precision: Precision
    raw: str


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """The span that says a slot's value: code points `start` to `end` (half open) of `field`; `quote` is exactly that span."""

    slot: str
    field: Field
    start: int
    end: int
    quote: str


class PolicyChange(msgspec.Struct, frozen=True, kw_only=True):
    """One platform, one rule, one direction, as one article tells it."""

    company: str
    product: str | None = None
    surface: str | None = None
    action: Action
    action2: Action2 | None = None
    object: PolicyObject
    direction: Direction
    affected: tuple[str, ...] = ()
    exempt: tuple[str, ...] = ()
    status: Status
    announced: PolicyDate | None = None
    effective: PolicyDate | None = None
    jurisdiction: str | None = None
    instrument: Instrument | None = None
    attribution: Attribution | None = None
    confidence: float
    doubtful: bool = False
    annotator_version: str
    evidence: tuple[Evidence, ...]


class Annotation(msgspec.Struct, frozen=True, kw_only=True):
    """What the annotator made of an article: its changes, or the kind of "no" with the sentence that says so."""

    policy_changes: tuple[PolicyChange, ...] = ()
    negative_kind: NegativeKind | None = None
    reason: str | None = None
    read: bool = True


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """The whole outcome of one page: the article and, where it is one, what it tells of policies."""

    article: Article
    annotation: Annotation = Annotation()
