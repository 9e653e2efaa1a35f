"""The words that columns may hold. They are those of the records that are stored; a test keeps both the same."""

PAGE_VERDICTS = (
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
EXTENTS = (
    "full",
    "lead",
    "headline",
    "incomplete",
)
REMOVED_KINDS = (
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
PRECISIONS = (
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
ACTIONS = (
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
OBJECTS = (
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
DIRECTIONS = (
    "tighten",
    "loosen",
    "neutral",
    "loosen_for_platform",
    "tighten_for_platform",
)
STATUSES = (
    "reported",
    "announced",
    "testing",
    "in_effect",
    "delayed",
    "suspended",
    "amended",
    "reversed",
)
INSTRUMENTS = (
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
ATTRIBUTIONS = (
    "company_statement",
    "company_document",
    "spokesperson_to_outlet",
    "media_report",
    "regulator_document",
    "user_observation",
)
NEGATIVE_KINDS = (
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
)
# What stands in place of a kind of "no" where there are no rules for a language.
UNREAD = "unread"
FIELDS = (
    "headline",
    "article_body",
)
SECOND_ACTIONS = (*ACTIONS, "reversal")
ZONES = ("stated", "assumed")
# What could not be read has no verdict of a page.
DOWNLOAD_VERDICTS = (*PAGE_VERDICTS, "unread")
JUDGEMENTS = ("confirmed", "wrong")
