-- What holds for a product on a day, and where: in force, suspended, delayed, or announced and not yet begun. For one place the rule
-- that holds everywhere counts unless that place has a status of its own.
-- :product | such as WhatsApp
-- :day = today | the day
-- :place = everywhere | a place, such as BR
with held as (
    select s.*, row_number() over (
        partition by s.change_id, s.jurisdiction
        order by s.from_day desc, case s.status when 'amended' then 0 else 1 end, s.source_count desc, s.report_id
    ) as turn
    from change_status s
    where s.product = :product and s.from_day <= :day and (s.until_day is null or s.until_day > :day)
)
select h.change_id, h.status, h.jurisdiction, h.from_day, h.until_day, h.proof
from held h
where h.turn = 1 and (
    :place = 'everywhere' or h.jurisdiction = :place
    or (h.jurisdiction = '' and not exists (
        select 1 from held o
        where o.change_id = h.change_id and o.jurisdiction = :place and o.status not in ('reported', 'announced')
    ))
)
order by h.change_id, h.jurisdiction
