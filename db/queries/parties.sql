-- Whom a rule hits and whom it spares, in the reports' words.
-- :id | a change_id
select p.role, p.name
from change_parties p
where p.change_id = (select i.change_id from change_ids i where i.asked_id = :id)
order by p.role, p.name
