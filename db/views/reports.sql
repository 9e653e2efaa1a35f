-- Every report that is told today: an article version that tells of a policy change, with the quote for its action.
create view reports as
select
    r.id as report_id, c.public_id as change_id, s.id as source_id, s.name as outlet, v.in_language, a.canonical_url as url,
    v.headline, v.date_published, a.first_seen_at, v.extent, r.attribution, r.confidence,
    case when r.doubtful then 1 else 0 end as doubtful, e.field as proof_field, e.quote as proof, v.id as version_id
from report r
join policy_change c on c.id = r.policy_change_id
join article_version v on v.id = r.version_id and v.is_current
join article a on a.id = v.article_id
join source s on s.id = a.source_id
left join evidence e on e.report_id = r.id and e.slot = 'action' and e.ordinal = 0
where r.superseded_at is null
