-- Which outlets report such changes, and how often they were first.
select t.outlet, count(*) as reports, sum(case when t.place = 1 then 1 else 0 end) as firsts
from (
    select
        r.outlet,
        row_number() over (partition by r.change_id order by coalesce(r.date_published, r.first_seen_at), r.report_id)
            as place
    from reports r
) t
group by t.outlet
order by reports desc, t.outlet
