-- What was taken out of an article's current version, by which rule, and where it stood.
create view removed as
select a.canonical_url as url, v.seq as version, b.ordinal, b.kind, b.rule, b.text, b.after_block, b.char_offset
from removed_block b
join article_version v on v.id = b.version_id and v.is_current
join article a on a.id = v.article_id
