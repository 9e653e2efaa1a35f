-- What holds for a product on a day, and where: in force, suspended, delayed, or announced and not yet begun.
-- :product | such as WhatsApp
-- :day = today | the day
select s.change_id, s.status, s.jurisdiction, s.from_day, s.until_day, s.proof
from change_status s
where s.product = :product and s.from_day <= :day and (s.until_day is null or s.until_day > :day)
order by s.change_id, s.jurisdiction, s.from_day, s.report_id
