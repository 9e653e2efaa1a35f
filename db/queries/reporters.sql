-- Which people write about such changes.
select k.name, k.source_id, count(distinct r.change_id) as changes, count(distinct r.url) as articles
from credits k
join reports r on r.url = k.url
where k.role = 'author'
group by k.name, k.source_id
order by changes desc, articles desc, k.name
