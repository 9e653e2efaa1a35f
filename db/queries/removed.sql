-- What was taken out of an article, by which rule.
-- :url | the article's address
select r.ordinal, r.kind, r.rule, r.text
from removed r
where r.url = :url
order by r.ordinal
