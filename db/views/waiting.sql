-- Which entries wait for a person's word, and why (`because`): those that nobody has confirmed or called wrong; and those called wrong
-- that others have told since, who may tell something true: what repeats the judged reports does not count.
create view waiting as
select
    c.change_id, c.company, c.product, c.action, c.object, c.effective, c.report_count, c.first_reported,
    case
        when c.sure = 0 then 'doubtful'
        when exists (
            select 1 from change_status s
            join change_status o on o.change_id = s.change_id and o.jurisdiction = s.jurisdiction and o.status = s.status
            where s.change_id = c.change_id and s.status = 'in_effect' and s.dated_by = 'text' and o.dated_by = 'text'
                and o.from_day > s.from_day and substr(o.from_day, 1, length(s.from_day)) <> s.from_day
                and (s.is_believed = 0 or s.until_day is null or s.until_day > o.from_day)
        ) then 'its days differ'
        else 'nobody has looked'
    end as because,
    c.proof
from changes c
where c.review is null
union all
select
    c.public_id, c.company, c.product, c.action, c.object, null, count(*), min(r.told_at), 'told by others since called wrong',
    min(e.quote)
from policy_change c
join report r on r.policy_change_id = c.id and r.superseded_at is null
join article_version v on v.id = r.version_id
left join report_copy k on k.report_id = r.id
left join evidence e on e.report_id = r.id and e.slot = 'action' and e.ordinal = 0
where c.review = 'wrong' and c.merged_into is null and k.report_id is null and not exists (
    select 1 from review_pin p join review w on w.id = p.review_id
    where p.article_id = v.article_id and p.strand = r.strand and not w.is_undone
)
group by c.public_id, c.company, c.product, c.action, c.object
