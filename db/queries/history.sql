-- The history of one rule: reported, announced, in effect, suspended, amended; each with its proof and when we knew.
-- :id | a change_id
select s.from_day, s.status, s.jurisdiction, s.dated_by, s.proof, s.recorded_at
from change_status s
where s.change_id = (select i.change_id from change_ids i where i.asked_id = :id)
order by s.from_day, s.recorded_at, s.report_id
