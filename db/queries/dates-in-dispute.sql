-- For which rules do reports name different days of taking effect, and how many reports name each.
select s.change_id, s.company, s.product, s.jurisdiction, s.from_day, count(distinct s.report_id) as reports
from change_status s
where s.status = 'in_effect' and s.dated_by = 'text' and exists (
    select 1 from change_status o
    where o.change_id = s.change_id and o.jurisdiction = s.jurisdiction and o.status = s.status
        and o.dated_by = 'text' and substr(o.from_day, 1, length(s.from_day)) <> substr(s.from_day, 1, length(o.from_day))
)
group by s.change_id, s.company, s.product, s.jurisdiction, s.from_day
order by s.change_id, s.jurisdiction, s.from_day
