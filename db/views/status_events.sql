-- Every status event as it was read, told still or told no more: what did we know on a day. `withdrawn_at` is when its report was
-- replaced by an edit or a better reading, or the person who set the day took it back.
create view status_events as
select
    c.public_id as change_id, c.company, c.product, coalesce(p.means, p.status) as status, p.jurisdiction, p.from_day,
    p.from_precision, p.from_raw, p.dated_by, p.recorded_at, r.superseded_at as withdrawn_at, p.report_id
from policy_status p
join report r on r.id = p.report_id
join policy_change c on c.id = p.policy_change_id
where c.merged_into is null and coalesce(c.review, '') <> 'wrong'
union all
select
    c.public_id, c.company, c.product, case w.slot when 'effective' then 'in_effect' else w.slot end, w.jurisdiction, w.value,
    case length(w.value) when 4 then 'year' when 7 then 'month' else 'day' end, null, 'review', w.reviewed_at,
    (select min(u.reviewed_at) from review u where u.undoes_id = w.id), null
from review w
join policy_change o on o.id = w.policy_change_id
join policy_change c on c.id = coalesce(o.merged_into, o.id)
where w.slot in ('announced', 'effective') and w.value is not null and coalesce(c.review, '') <> 'wrong'
