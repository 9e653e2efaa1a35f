-- What we knew of a company's rules on a day, for an audit.
-- :company | such as Meta
-- :day = today | the last day of our knowledge
select s.change_id, s.product, s.status, s.jurisdiction, s.from_day, s.dated_by, s.recorded_at
from change_status s
where s.company = :company and s.recorded_at <= :day
order by s.change_id, s.from_day, s.recorded_at, s.report_id
