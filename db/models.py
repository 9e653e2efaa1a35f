"""The tables. Names are singular and ours to change; what people ask are the views in `views/`.

The unique keys are natural ones: they make a repeated write harmless. Vocabularies are checked by the database itself.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

from db import vocabulary as words
from db.types import Json, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite makes a row number only for a column of exactly type INTEGER.
Key = BigInteger().with_variant(Integer(), "sqlite")

VERDICTS = ("confirm", "wrong", "merge", "split", "set", "undo")
OUTCOMES = ("new", "quiet", "not_modified", "frozen", "refused", "failed")
ADDRESS_STATES = ("due", "fetched", "read", "gone", "refused", "skipped", "failed", "redirected")
CAUSES = ("first", "edit", "extractor", "pages", "merge")


def _key() -> "Column[int]":
    return Column("id", Key, Identity(), primary_key=True)


def _one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} in ({listed})", name=f"{column}_known")


def _refers(column: str, target: str, *, nullable: bool = False) -> "Column[int]":
    return Column(column, Key, ForeignKey(target), nullable=nullable)


source = Table(
    "source",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("name", Text, nullable=False),
    Column("in_language", String),
    Column("country", String),
    Column("timezone", String, nullable=False),
    Column("registrable_domain", String, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("scope", String, nullable=False),
    Column("keep", String, nullable=False),
    Column("terms_note", Text),
    Column("catalogue_sha256", String, nullable=False),
    _one_of("kind", ("news", "platform")),
    _one_of("scope", ("all", "matching")),
)

endpoint = Table(
    "endpoint",
    metadata,
    _key(),
    Column("source_id", String, ForeignKey("source.id"), nullable=False),
    Column("kind", String, nullable=False),
    Column("url", Text, nullable=False, unique=True),
    Column("registrable_domain", String, nullable=False),
    Column("interval_s", Integer, nullable=False),
    Column("next_poll_at", UtcDateTime, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("last_body_sha256", String),
    Column("polls_since_full", Integer, nullable=False, server_default="0"),
    Column("leased_by", String),
    Column("leased_until", UtcDateTime),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("state", String, nullable=False, server_default="ok"),
    _one_of("kind", ("feed", "news_sitemap", "listing", "search", "document")),
    _one_of("state", ("ok", "off", "failing", "refused")),
    Index(None, "state", "next_poll_at"),
)

download = Table(
    "download",
    metadata,
    _key(),
    Column("source_id", String, ForeignKey("source.id"), nullable=False),
    Column("url", Text, nullable=False),
    Column("final_url", Text),
    Column("fetched_at", UtcDateTime, nullable=False),
    Column("status", Integer),
    Column("verdict", String),
    Column("robots", String, nullable=False),
    Column("content_type", Text),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("sha256", String),
    Column("byte_count", BigInteger),
    Column("archive_file", String),
    Column("archive_offset", BigInteger),
    Column("archive_length", BigInteger),
    Column("error", Text),
    _one_of("robots", ("allowed", "disallowed", "unknown")),
    _one_of("verdict", words.DOWNLOAD_VERDICTS),
    CheckConstraint(
        "(archive_file is null) = (archive_offset is null) and (archive_file is null) = (archive_length is null)",
        name="place_is_whole",
    ),
    UniqueConstraint("archive_file", "archive_offset"),
    Index(None, "source_id", "fetched_at"),
    Index(None, "url"),
)

poll = Table(
    "poll",
    metadata,
    _key(),
    _refers("endpoint_id", "endpoint.id"),
    Column("due_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime, nullable=False),
    Column("outcome", String, nullable=False),
    Column("items_seen", Integer, nullable=False, server_default="0"),
    Column("items_new", Integer, nullable=False, server_default="0"),
    Column("items_missed", Integer, nullable=False, server_default="0"),
    Column("reason", Text),
    _refers("download_id", "download.id", nullable=True),
    _one_of("outcome", OUTCOMES),
    UniqueConstraint("endpoint_id", "due_at"),
    Index(None, "endpoint_id", "started_at"),
    Index(None, "download_id"),
)

article = Table(
    "article",
    metadata,
    _key(),
    Column("source_id", String, ForeignKey("source.id"), nullable=False),
    Column("site_key", Text, nullable=False),
    Column("canonical_url", Text, nullable=False),
    Column("extent", String, nullable=False),
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column("vanished_at", UtcDateTime),
    _one_of("extent", words.EXTENTS),
    UniqueConstraint("source_id", "site_key"),
    Index(None, "canonical_url"),
)

address = Table(
    "address",
    metadata,
    _key(),
    Column("url", Text, nullable=False, unique=True),
    Column("source_id", String, ForeignKey("source.id"), nullable=False),
    Column("registrable_domain", String, nullable=False),
    Column("site_key", Text),
    _refers("article_id", "article.id", nullable=True),
    _refers("poll_id", "poll.id", nullable=True),
    _refers("download_id", "download.id", nullable=True),
    Column("role", String, nullable=False),
    Column("headline_hint", Text),
    Column("description_hint", Text),
    Column("published_hint", UtcDateTime),
    Column("tags_hint", Json),
    Column("state", String, nullable=False),
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column("next_fetch_at", UtcDateTime),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("checks", Integer, nullable=False, server_default="0"),
    Column("hops", Integer, nullable=False, server_default="0"),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("leased_by", String),
    Column("leased_until", UtcDateTime),
    Column("reason", Text),
    _one_of("role", ("article", "page", "document")),
    _one_of("state", ADDRESS_STATES),
    Index(None, "state", "next_fetch_at"),
    Index(None, "article_id"),
    Index(None, "source_id", "site_key"),
    Index(None, "poll_id"),
    Index(None, "download_id"),
)

robots = Table(
    "robots",
    metadata,
    Column("origin", Text, primary_key=True),
    Column("fetched_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("status", Integer),
    Column("body", Text),
)

article_version = Table(
    "article_version",
    metadata,
    _key(),
    _refers("article_id", "article.id"),
    Column("seq", Integer, nullable=False),
    Column("is_current", Boolean, nullable=False),
    Column("cause", String, nullable=False),
    Column("observed_at", UtcDateTime, nullable=False),
    Column("extent", String, nullable=False),
    Column("headline", Text),
    Column("description", Text),
    Column("article_body", Text, nullable=False),
    Column("blocks", Json, nullable=False),
    Column("captions", Json, nullable=False),
    Column("text_sha256", String, nullable=False),
    Column("simhash", BigInteger),
    Column("date_published", UtcDateTime),
    Column("date_published_offset_min", Integer),
    Column("date_published_zone", String),
    Column("date_published_precision", String),
    Column("date_published_raw", Text),
    Column("date_modified", UtcDateTime),
    Column("publisher", Text),
    Column("in_language", String),
    Column("section", Text),
    Column("verdict", String, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("notes", Json, nullable=False),
    Column("negative_kind", String),
    Column("negative_reason", Text),
    Column("extractor_version", String, nullable=False),
    Column("annotator_version", String),
    # How often the site has gone back to an earlier text since, too soon for a version of its own.
    Column("flaps", Integer, nullable=False, server_default="0"),
    _one_of("cause", CAUSES),
    _one_of("extent", words.EXTENTS),
    _one_of("verdict", words.PAGE_VERDICTS),
    _one_of("date_published_precision", words.PRECISIONS),
    _one_of("date_published_zone", words.ZONES),
    _one_of("negative_kind", (*words.NEGATIVE_KINDS, words.UNREAD)),
    CheckConstraint("seq >= 1", name="seq_counts"),
    CheckConstraint("confidence between 0 and 1", name="confidence_is_a_share"),
    UniqueConstraint("article_id", "seq"),
    Index(
        "ix_one_current_version",
        "article_id",
        unique=True,
        sqlite_where=text("is_current"),
        postgresql_where=text("is_current"),
    ),
    Index(None, "date_published"),
)

version_page = Table(
    "version_page",
    metadata,
    Column("version_id", Key, ForeignKey("article_version.id"), primary_key=True),
    Column("page_no", Integer, primary_key=True),
    _refers("download_id", "download.id"),
    Index(None, "download_id"),
)

credit = Table(
    "credit",
    metadata,
    Column("version_id", Key, ForeignKey("article_version.id"), primary_key=True),
    Column("role", String, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    _one_of("role", ("author", "editor", "contributor")),
)

removed_block = Table(
    "removed_block",
    metadata,
    Column("version_id", Key, ForeignKey("article_version.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("rule", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("after_block", Integer, nullable=False),
    Column("char_offset", Integer),
    _one_of("kind", words.REMOVED_KINDS),
)

policy_change = Table(
    "policy_change",
    metadata,
    _key(),
    Column("public_id", String, nullable=False, unique=True),
    Column("company", Text, nullable=False),
    Column("product", Text),
    Column("surface", Text),
    Column("action", String, nullable=False),
    Column("action2", String),
    Column("object", String, nullable=False),
    Column("direction", String, nullable=False),
    Column("instrument", String),
    _refers("merged_into", "policy_change.id", nullable=True),
    # What people's reviews amount to: `confirmed`, `wrong` or nothing.
    Column("review", String),
    Column("created_at", UtcDateTime, nullable=False),
    _one_of("action", words.ACTIONS),
    _one_of("action2", words.SECOND_ACTIONS),
    _one_of("object", words.OBJECTS),
    _one_of("direction", words.DIRECTIONS),
    _one_of("instrument", words.INSTRUMENTS),
    _one_of("review", words.JUDGEMENTS),
    Index(None, "company", "object"),
)

report = Table(
    "report",
    metadata,
    _key(),
    _refers("version_id", "article_version.id"),
    Column("ordinal", Integer, nullable=False),
    Column("annotator_version", String, nullable=False),
    _refers("policy_change_id", "policy_change.id"),
    Column("attribution", String),
    Column("confidence", Float, nullable=False),
    Column("doubtful", Boolean, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("superseded_at", UtcDateTime),
    # What the report itself says, which the change that it belongs to may say otherwise.
    Column("company", Text, nullable=False, server_default=""),
    Column("product", Text),
    Column("surface", Text),
    Column("action", String, nullable=False, server_default=""),
    Column("action2", String),
    Column("object", String, nullable=False, server_default=""),
    Column("direction", String, nullable=False, server_default=""),
    Column("instrument", String),
    Column("status", String, nullable=False, server_default="reported"),
    Column("jurisdiction", Text, nullable=False, server_default=""),
    Column("effective", String),
    # The same telling in every version of its article.
    Column("strand", Integer, nullable=False, server_default="0"),
    Column("told_at", UtcDateTime),
    Column("gist", Json),
    _one_of("action", words.ACTIONS),
    _one_of("action2", words.SECOND_ACTIONS),
    _one_of("object", words.OBJECTS),
    _one_of("direction", words.DIRECTIONS),
    _one_of("instrument", words.INSTRUMENTS),
    _one_of("status", words.STATUSES),
    _one_of("attribution", words.ATTRIBUTIONS),
    CheckConstraint("confidence between 0 and 1", name="confidence_is_a_share"),
    UniqueConstraint("version_id", "annotator_version", "ordinal"),
    Index(None, "policy_change_id"),
    Index(None, "company", "told_at"),
)

report_copy = Table(
    "report_copy",
    metadata,
    Column("report_id", Key, ForeignKey("report.id"), primary_key=True, autoincrement=False),
    _refers("original_id", "report.id"),
    Column("share", Float, nullable=False),
    Column("adds", Text),
    Index(None, "original_id"),
)

evidence = Table(
    "evidence",
    metadata,
    Column("report_id", Key, ForeignKey("report.id"), primary_key=True),
    Column("slot", String, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("field", String, nullable=False),
    Column("start_char", Integer, nullable=False),
    Column("end_char", Integer, nullable=False),
    Column("quote", Text, nullable=False),
    _one_of("field", words.FIELDS),
    CheckConstraint("end_char > start_char and start_char >= 0", name="span_is_forward"),
)

policy_status = Table(
    "policy_status",
    metadata,
    _key(),
    _refers("policy_change_id", "policy_change.id"),
    Column("status", String, nullable=False),
    Column("jurisdiction", Text, nullable=False, server_default=""),
    Column("from_day", String),
    Column("from_precision", String),
    Column("from_raw", Text),
    Column("dated_by", String, nullable=False),
    _refers("report_id", "report.id"),
    Column("recorded_at", UtcDateTime, nullable=False),
    # What follows from all events of the change together, and is made anew with every one of them. `means` is what the status says
    # of the change where its report words it the other way round: permission in one country is the ban's suspension there.
    Column("means", String),
    Column("until_day", String),
    Column("is_believed", Boolean, nullable=False, server_default=true()),
    Column("source_count", Integer, nullable=False, server_default="1"),
    _one_of("status", words.STATUSES),
    _one_of("dated_by", ("text", "publication")),
    _one_of("from_precision", words.PRECISIONS),
    _one_of("means", words.STATUSES),
    UniqueConstraint("report_id", "status", "jurisdiction"),
    Index(None, "policy_change_id", "from_day"),
)

policy_party = Table(
    "policy_party",
    metadata,
    Column("report_id", Key, ForeignKey("report.id"), primary_key=True),
    Column("role", String, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    _one_of("role", ("affected", "exempt")),
)

review = Table(
    "review",
    metadata,
    _key(),
    _refers("policy_change_id", "policy_change.id"),
    Column("verdict", String, nullable=False),
    _refers("other_change_id", "policy_change.id", nullable=True),
    Column("slot", String),
    Column("value", Text),
    # The place that a day is set for, "" for everywhere.
    Column("jurisdiction", Text),
    # What the entry said when it was confirmed.
    Column("slots", Json),
    # The changes that led to the one which this review merged into another: they lead to it again when it is undone.
    Column("names", Json),
    _refers("undoes_id", "review.id", nullable=True),
    Column("is_undone", Boolean, nullable=False, server_default=false()),
    Column("reviewer", Text, nullable=False),
    Column("note", Text),
    Column("reviewed_at", UtcDateTime, nullable=False),
    # What follows for a value that was set, made anew with its change: whether it is the one that counts, what the reports say
    # instead, and the day that ends it if it is a day.
    Column("is_followed", Boolean, nullable=False, server_default=false()),
    Column("read_value", Text),
    Column("until_day", String),
    _one_of("verdict", VERDICTS),
    Index(None, "policy_change_id"),
)

# Where a person's word has put a telling, and where it was before: it stays there whatever is read later.
review_pin = Table(
    "review_pin",
    metadata,
    Column("review_id", Key, ForeignKey("review.id"), primary_key=True, autoincrement=False),
    Column("article_id", Key, ForeignKey("article.id"), primary_key=True, autoincrement=False),
    Column("strand", Integer, primary_key=True, autoincrement=False),
    _refers("policy_change_id", "policy_change.id"),
    _refers("was_in_id", "policy_change.id"),
    Index(None, "article_id", "strand"),
    Index(None, "policy_change_id"),
)

model_use = Table(
    "model_use",
    metadata,
    Column("day", String, primary_key=True),
    Column("asked", Integer, nullable=False, server_default="0"),
    Column("answered", Integer, nullable=False, server_default="0"),
    Column("failed", Integer, nullable=False, server_default="0"),
    Column("skipped", Integer, nullable=False, server_default="0"),
    Column("slots_taken", Integer, nullable=False, server_default="0"),
    Column("slots_refused", Integer, nullable=False, server_default="0"),
    Column("entries_proposed", Integer, nullable=False, server_default="0"),
    Column("tokens_in", BigInteger, nullable=False, server_default="0"),
    Column("tokens_out", BigInteger, nullable=False, server_default="0"),
    Column("cost", Float, nullable=False, server_default="0"),
    Column("last_failure", Text),
)

# The search's index itself (`search_index`) is another thing on each database and no table of this list; `db.search` makes it.
search_entry = Table(
    "search_entry",
    metadata,
    Column("article_id", Key, primary_key=True, autoincrement=False),
    Column("version_id", Key, nullable=False),
    Column("told_at", UtcDateTime, nullable=False),
)

search_pending = Table(
    "search_pending",
    metadata,
    _key(),
    Column("article_id", Key, nullable=False),
)

# What was forgotten and shall not be fetched again, by digest: a forgotten address names what shall not be remembered.
tombstone = Table(
    "tombstone",
    metadata,
    Column("key_sha256", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("source_id", String),
    Column("forgotten_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    _one_of("kind", ("address", "article", "source")),
)

# Archive files that still hold bytes which no row may point at any more.
archive_debt = Table(
    "archive_debt",
    metadata,
    Column("archive_file", String, primary_key=True),
    Column("since", UtcDateTime, nullable=False),
)

# One re-reading of stored articles: what was asked for, how far it has come, what it has found up to there.
reprocess_run = Table(
    "reprocess_run",
    metadata,
    _key(),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("asked", Json, nullable=False),
    Column("rules", String, nullable=False),
    Column("last_article_id", Key, nullable=False, server_default="0"),
    Column("until_article_id", Key, nullable=False),
    Column("found", Json, nullable=False),
)
