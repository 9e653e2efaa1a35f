-- All that is known of a company's rules on AI, the newest first.
-- :company | such as Meta
select c.change_id, c.product, c.action, c.object, c.direction, c.announced, c.effective, c.report_count, c.proof
from changes c
where c.company = :company
order by c.first_reported desc, c.change_id
