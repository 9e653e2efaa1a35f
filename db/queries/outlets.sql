-- Which outlets report such changes, and how often they were first.
select r.outlet, count(*) as reports, sum(r.is_first) as firsts
from reports r
group by r.outlet
order by reports desc, r.outlet
