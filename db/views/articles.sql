-- Every article in its current version.
create view articles as
select
    a.id as article_id, a.source_id, a.canonical_url as url, v.extent, v.headline, v.description, v.article_body,
    v.date_published, v.date_published_precision, v.in_language, v.section, v.publisher, v.seq as version, v.cause,
    v.verdict, v.negative_kind, v.negative_reason, a.first_seen_at, a.vanished_at, v.id as version_id
from article a
join article_version v on v.article_id = a.id and v.is_current
