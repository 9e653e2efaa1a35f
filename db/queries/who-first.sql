-- Who reported a rule first, and who followed.
-- :id | a change_id
select
    rank() over (order by coalesce(r.date_published, r.first_seen_at)) as place, r.outlet, r.in_language,
    coalesce(r.date_published, r.first_seen_at) as told, r.headline, r.url
from reports r
where r.change_id = (select i.change_id from change_ids i where i.asked_id = :id)
order by told, r.report_id
