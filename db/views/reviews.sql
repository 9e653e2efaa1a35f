-- What people said of changes; what is undone stays in sight. For a value that was set: whether it is the one that counts today, and
-- what the reports say instead (`read_value`).
create view reviews as
select
    w.id as review_id, o.public_id as reviewed_id, c.public_id as change_id, w.verdict, x.public_id as other_id,
    w.slot, w.value, w.jurisdiction, w.undoes_id as undoes, w.reviewer, w.note, w.reviewed_at,
    case when w.is_undone then 1 else 0 end as is_undone, case when w.is_followed then 1 else 0 end as is_followed, w.read_value
from review w
join policy_change o on o.id = w.policy_change_id
join policy_change c on c.id = coalesce(o.merged_into, o.id)
left join policy_change x on x.id = w.other_change_id
