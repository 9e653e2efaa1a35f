-- Which rules were told in one language only since a day.
-- :since = today-30 | the first day
select
    r.change_id, min(r.in_language) as in_language, count(*) as reports, min(r.headline) as headline
from reports r
where coalesce(r.date_published, r.first_seen_at) >= :since
group by r.change_id
having count(distinct r.in_language) = 1
order by r.change_id
