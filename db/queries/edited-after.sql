-- Which outlets changed what they had written about a rule.
-- :id | a change_id
select e.url, e.version, e.observed_at, e.old_headline, e.new_headline
from article_edits e
where e.url in (select r.url from reports r where r.change_id = (select i.change_id from change_ids i where i.asked_id = :id))
order by e.observed_at, e.url
