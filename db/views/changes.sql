-- One row a policy change: what, from when, how many reports, the best quote. `sure` is 0 when every report is doubtful and no
-- person has confirmed it; what a person called wrong is not here, see `reviews`. A value that a person set stands before what is read.
create view changes as
select
    c.public_id as change_id, c.company, c.product, c.surface, c.action, c.action2, c.object, c.direction, c.instrument,
    (
        select d.from_day from (
            select p.from_day, p.jurisdiction, 1 as place from policy_status p
            join report r on r.id = p.report_id and r.superseded_at is null
            where p.policy_change_id = c.id and coalesce(p.means, p.status) = 'announced' and p.dated_by = 'text' and p.is_believed
            union all
            select w.value, w.jurisdiction, 0 from review w join policy_change o on o.id = w.policy_change_id
            where coalesce(o.merged_into, o.id) = c.id and w.slot = 'announced' and w.is_followed and w.value is not null
        ) d
        order by case when d.jurisdiction = '' then 0 else 1 end, d.place, d.from_day limit 1
    ) as announced,
    (
        select d.from_day from (
            select p.from_day, p.jurisdiction, 1 as place from policy_status p
            join report r on r.id = p.report_id and r.superseded_at is null
            where p.policy_change_id = c.id and coalesce(p.means, p.status) = 'in_effect' and p.dated_by = 'text' and p.is_believed
            union all
            select w.value, w.jurisdiction, 0 from review w join policy_change o on o.id = w.policy_change_id
            where coalesce(o.merged_into, o.id) = c.id and w.slot = 'effective' and w.is_followed and w.value is not null
        ) d
        order by case when d.jurisdiction = '' then 0 else 1 end, d.place, d.from_day limit 1
    ) as effective,
    t.report_count, t.source_count, t.copy_count, t.first_reported,
    case when c.review = 'confirmed' then 1 else t.sure end as sure, c.review,
    (
        select r.proof from reports r where r.change_id = c.public_id and r.proof is not null
        order by r.doubtful, coalesce(r.date_published, r.first_seen_at), r.report_id limit 1
    ) as proof
from policy_change c
join (
    select
        r.change_id, count(*) as report_count, count(distinct case when r.is_copy = 0 then r.source_id end) as source_count,
        sum(r.is_copy) as copy_count, min(coalesce(r.date_published, r.first_seen_at)) as first_reported,
        max(1 - r.doubtful) as sure
    from reports r group by r.change_id
) t on t.change_id = c.public_id
where c.merged_into is null and coalesce(c.review, '') <> 'wrong'
