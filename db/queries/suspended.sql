-- Which rules are suspended, delayed or withdrawn on a day, and where.
-- :day = today | the day
select s.change_id, s.company, s.product, s.status, s.jurisdiction, s.from_day, s.proof
from change_status s
where s.status in ('suspended', 'delayed', 'reversed') and s.from_day <= :day
    and (s.until_day is null or s.until_day > :day)
order by s.from_day desc, s.change_id
