-- Which rules were loosened since a day, for users or for the platform itself.
-- :since = today-365 | the first day
select c.change_id, c.company, c.product, c.action, c.object, c.direction, c.effective, c.proof
from changes c
where c.direction in ('loosen', 'loosen_for_platform') and c.first_reported >= :since
order by c.first_reported desc, c.change_id
