-- Which articles are gone from the web; what they said is kept.
select a.vanished_at, a.source_id, a.headline, a.url
from articles a
where a.vanished_at is not null
order by a.vanished_at desc, a.url
