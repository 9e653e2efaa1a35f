"""What columns may hold is checked by the database, and how often a site took back a text is counted."""

import sqlalchemy as sa
from alembic import op

from db.constraints import add_checks, one_of

revision = "0006"
down_revision = "0005"

# As they were on this day: a later word needs a revision of its own.
_PAGE_VERDICTS = (
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
)
_EXTENTS = (
    "full",
    "lead",
    "headline",
    "incomplete",
)
_REMOVED_KINDS = (
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
)
_PRECISIONS = (
    "second",
    "minute",
    "hour",
    "day",
    "week",
    "month",
    "quarter",
    "year",
    "release",
    "relative",
)
_ACTIONS = (
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
)
_OBJECTS = (
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
)
_DIRECTIONS = (
    "tighten",
    "loosen",
    "neutral",
    "loosen_for_platform",
    "tighten_for_platform",
)
_STATUSES = (
    "reported",
    "announced",
    "testing",
    "in_effect",
    "delayed",
    "suspended",
    "amended",
    "reversed",
)
_INSTRUMENTS = (
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
)
_ATTRIBUTIONS = (
    "company_statement",
    "company_document",
    "spokesperson_to_outlet",
    "media_report",
    "regulator_document",
    "user_observation",
)
_NEGATIVE_KINDS = (
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
    "unread",
)
_TOLD = {
    "action": _ACTIONS,
    "action2": (*_ACTIONS, "reversal"),
    "object": _OBJECTS,
    "direction": _DIRECTIONS,
    "instrument": _INSTRUMENTS,
}
_WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "article_version": {
        "extent": _EXTENTS,
        "verdict": _PAGE_VERDICTS,
        "date_published_precision": _PRECISIONS,
        "date_published_zone": ("stated", "assumed"),
        "negative_kind": _NEGATIVE_KINDS,
    },
    "download": {"verdict": (*_PAGE_VERDICTS, "unread")},
    "removed_block": {"kind": _REMOVED_KINDS},
    "policy_change": {**_TOLD, "review": ("confirmed", "wrong")},
    "report": {**_TOLD, "status": _STATUSES, "attribution": _ATTRIBUTIONS},
    "policy_status": {"from_precision": _PRECISIONS, "means": _STATUSES},
}
_SHARE = {"confidence_is_a_share": "confidence between 0 and 1"}
_SENSE: dict[str, dict[str, str]] = {
    "article_version": {"seq_counts": "seq >= 1", **_SHARE},
    "download": {
        "place_is_whole": "(archive_file is null) = (archive_offset is null) and (archive_file is null) = (archive_length is null)"
    },
    "report": _SHARE,
}


def upgrade() -> None:
    """Add the checks; rows that stand against one are told of, and nothing is changed."""
    op.add_column("article_version", sa.Column("flaps", sa.Integer(), server_default="0", nullable=False))
    for name, columns in _WORDS.items():
        known = {f"{column}_known": one_of(column, values) for column, values in columns.items()}
        add_checks(op.get_bind(), name, known | _SENSE.get(name, {}))
