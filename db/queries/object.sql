-- Who made rules on one kind of AI matter since a day.
-- :object | such as ai_generated_content, training_on_user_data, minors_and_ai
-- :since = today-365 | the first day
select c.change_id, c.company, c.product, c.action, c.direction, c.effective, c.proof
from changes c
where c.object = :object and c.first_reported >= :since
order by c.first_reported desc, c.change_id
