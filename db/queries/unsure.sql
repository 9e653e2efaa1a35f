-- What to read before it is quoted: rules that one report alone tells, or that are doubtful.
select c.change_id, c.company, c.product, c.action, c.object, c.report_count, c.sure, c.proof
from changes c
where c.report_count = 1 or c.sure = 0
order by c.sure, c.first_reported desc, c.change_id
