-- What an outlet changed in an article after it was published, old beside new.
create view article_edits as
select
    a.canonical_url as url, a.source_id, n.seq as version, n.observed_at, n.cause, o.headline as old_headline,
    n.headline as new_headline, o.article_body as old_body, n.article_body as new_body
from article_version n
join article_version o on o.article_id = n.article_id and o.seq = n.seq - 1
join article a on a.id = n.article_id
where n.cause = 'edit'
