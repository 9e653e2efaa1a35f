-- Which articles were read and found to tell of no change, and why.
-- :kind = all | such as product_launch, lawsuit, gov_regulation
-- :since = today-7 | the first day
select a.negative_kind, a.headline, a.negative_reason, a.url
from articles a
where a.negative_kind is not null and (:kind = 'all' or a.negative_kind = :kind) and a.first_seen_at >= :since
order by a.negative_kind, a.url
