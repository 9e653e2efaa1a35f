-- Which rules were first reported since a day: what, for whom, from when, and which sentence says so.
-- :since = today-7 | the first day
select c.change_id, c.company, c.product, c.action, c.object, c.effective, c.report_count, c.proof
from changes c
where c.first_reported >= :since
order by c.first_reported desc, c.change_id
