-- Every report that is told today: an article version that tells of a policy change, with the quote for its action; which was first,
-- and which repeats another (`copy_of`), how much of it (`copy_share`) and what it says that the original does not (`copy_adds`). Those
-- of an entry that a person called wrong are not here, so that whatever is counted from them is right.
create view reports as
select
    r.id as report_id, c.public_id as change_id, s.id as source_id, s.name as outlet, v.in_language, a.canonical_url as url,
    v.headline, v.date_published, a.first_seen_at, v.extent, r.attribution, r.confidence,
    case when r.doubtful then 1 else 0 end as doubtful, e.field as proof_field, e.quote as proof, v.id as version_id,
    case when row_number() over (
        partition by r.policy_change_id order by coalesce(v.date_published, a.first_seen_at), s.id, a.site_key, r.strand
    ) = 1 then 1 else 0 end as is_first,
    case when k.report_id is null then 0 else 1 end as is_copy, k.original_id as copy_of, k.share as copy_share,
    k.adds as copy_adds, r.status, r.jurisdiction, r.recorded_at
from report r
join policy_change c on c.id = r.policy_change_id
join article_version v on v.id = r.version_id and v.is_current
join article a on a.id = v.article_id
join source s on s.id = a.source_id
left join evidence e on e.report_id = r.id and e.slot = 'action' and e.ordinal = 0
left join report_copy k on k.report_id = r.id
where r.superseded_at is null and coalesce(c.review, '') <> 'wrong'
