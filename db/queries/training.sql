-- Who uses people's content to train models, since when, and whether an opt-out is known.
select
    c.company, c.product, c.action, c.effective, c.proof,
    (
        select min(o.change_id) from changes o
        where o.company = c.company and o.object = c.object and o.action = 'opt_control'
    ) as opt_out
from changes c
where c.object = 'training_on_user_data' and c.action <> 'opt_control'
order by c.company, c.product, c.change_id
