-- Who is hit by a rule (affected) and who is spared (exempt), as the reports word it; not of an entry that a person called wrong.
create view change_parties as
select distinct c.public_id as change_id, p.role, p.name
from policy_party p
join report r on r.id = p.report_id and r.superseded_at is null
join policy_change c on c.id = r.policy_change_id
where coalesce(c.review, '') <> 'wrong'
