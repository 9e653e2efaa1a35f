-- Which rules take out the most: the first to look at after a site has changed.
select r.kind, r.rule, count(*) as pieces, count(distinct r.url) as articles
from removed r
group by r.kind, r.rule
order by pieces desc, r.rule
