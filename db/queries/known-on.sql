-- What we knew of a company's rules on a day, for an audit: what had been read by then and was not yet read otherwise.
-- :company | such as Meta
-- :day = today+1 | the first day that does not count
select s.change_id, s.product, s.status, s.jurisdiction, s.from_day, s.dated_by, s.recorded_at
from status_events s
where s.company = :company and s.recorded_at < :day and (s.withdrawn_at is null or s.withdrawn_at >= :day)
order by s.change_id, s.from_day, s.recorded_at, s.report_id
