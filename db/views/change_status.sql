-- The history of every rule: from which day which status held where, until when, by which report, and when we knew. A day that is
-- not believed (`is_believed` 0) stays in sight and holds for no day; `source_count` is how many independent sources give it. A day
-- that a person set is dated by `review`; who set it, and why, is in `reviews`.
create view change_status as
select
    c.public_id as change_id, c.company, c.product, coalesce(p.means, p.status) as status, p.jurisdiction, p.from_day,
    p.until_day, p.from_precision, p.from_raw, p.dated_by, p.recorded_at,
    coalesce(es.quote, ea.quote) as proof, p.report_id,
    case when p.is_believed then 1 else 0 end as is_believed, p.source_count
from policy_status p
join policy_change c on c.id = p.policy_change_id
join report r on r.id = p.report_id and r.superseded_at is null
left join evidence es on es.report_id = p.report_id and es.slot = 'status' and es.ordinal = 0
left join evidence ea on ea.report_id = p.report_id and ea.slot = 'action' and ea.ordinal = 0
where c.merged_into is null and coalesce(c.review, '') <> 'wrong'
union all
select
    c.public_id, c.company, c.product, case w.slot when 'effective' then 'in_effect' else w.slot end, w.jurisdiction, w.value,
    w.until_day, case length(w.value) when 4 then 'year' when 7 then 'month' else 'day' end, null, 'review', w.reviewed_at,
    null, null, 1, 1
from review w
join policy_change o on o.id = w.policy_change_id
join policy_change c on c.id = coalesce(o.merged_into, o.id)
where w.slot in ('announced', 'effective') and w.value is not null and w.is_followed and coalesce(c.review, '') <> 'wrong'
