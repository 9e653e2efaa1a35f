-- One row a policy change: what, from when, how many reports, the best quote. `sure` is 0 when every report is doubtful.
create view changes as
select
    c.public_id as change_id, c.company, c.product, c.surface, c.action, c.action2, c.object, c.direction, c.instrument,
    (
        select min(p.from_day) from policy_status p join report r on r.id = p.report_id and r.superseded_at is null
        where p.policy_change_id = c.id and p.status = 'announced' and p.dated_by = 'text'
    ) as announced,
    (
        select min(p.from_day) from policy_status p join report r on r.id = p.report_id and r.superseded_at is null
        where p.policy_change_id = c.id and p.status = 'in_effect' and p.dated_by = 'text'
    ) as effective,
    t.report_count, t.first_reported, t.sure,
    (
        select r.proof from reports r where r.change_id = c.public_id and r.proof is not null
        order by r.doubtful, coalesce(r.date_published, r.first_seen_at), r.report_id limit 1
    ) as proof
from policy_change c
join (
    select
        r.change_id, count(*) as report_count, min(coalesce(r.date_published, r.first_seen_at)) as first_reported,
        max(1 - r.doubtful) as sure
    from reports r group by r.change_id
) t on t.change_id = c.public_id
where c.merged_into is null
