-- Every status event as it was read, told still or told no more: what did we know on a day. `withdrawn_at` is when its report was
-- replaced by an edit or a better reading.
create view status_events as
select
    c.public_id as change_id, c.company, c.product, coalesce(p.means, p.status) as status, p.jurisdiction, p.from_day,
    p.from_precision, p.from_raw, p.dated_by, p.recorded_at, r.superseded_at as withdrawn_at, p.report_id
from policy_status p
join report r on r.id = p.report_id
join policy_change c on c.id = p.policy_change_id
where c.merged_into is null and coalesce(c.review, '') <> 'wrong'
