-- What takes effect between two days.
-- :day = today | the first day
-- :until = today+30 | the last day
select distinct s.from_day, s.change_id, s.company, s.product, s.jurisdiction, s.from_raw
from change_status s
where s.status = 'in_effect' and s.from_day > :day and s.from_day <= :until
order by s.from_day, s.change_id
