-- The people that an article's current version names as its makers.
create view credits as
select a.canonical_url as url, a.source_id, c.role, c.ordinal, c.name
from credit c
join article_version v on v.id = c.version_id and v.is_current
join article a on a.id = v.article_id
