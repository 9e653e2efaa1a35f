-- Which endpoints fail or have fallen silent: "no report" from them means that we were blind.
select h.source_id, h.endpoint_kind, h.url, h.state, h.failures, h.last_ok, h.last_new, h.last_failure
from source_health h
where h.state <> 'ok' or h.failures > 0 or h.last_ok is null
order by h.failures desc, h.source_id, h.url
