-- Every polled address of a source that is on: when it last answered, when it last had news, how often it failed since.
create view source_health as
select
    s.id as source_id, s.kind, e.kind as endpoint_kind, e.url, e.state, e.failures, e.next_poll_at,
    (
        select max(p.finished_at) from poll p
        where p.endpoint_id = e.id and p.outcome in ('new', 'quiet', 'not_modified')
    ) as last_ok,
    (select max(p.finished_at) from poll p where p.endpoint_id = e.id and p.items_new > 0) as last_new,
    (
        select p.reason from poll p where p.endpoint_id = e.id and p.outcome in ('failed', 'refused')
        order by p.id desc limit 1
    ) as last_failure
from endpoint e
join source s on s.id = e.source_id
where s.enabled and e.state <> 'off'
