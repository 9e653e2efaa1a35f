-- Of which articles we have less than the whole text.
select a.extent, a.source_id, a.headline, a.url
from articles a
where a.extent <> 'full'
order by a.extent, a.source_id, a.url
