-- Every public id that was ever given, and the change that it leads to today.
create view change_ids as
select o.public_id as asked_id, c.public_id as change_id, case when o.id = c.id then 0 else 1 end as is_merged
from policy_change o
join policy_change c on c.id = coalesce(o.merged_into, o.id)
