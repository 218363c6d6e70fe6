-- The same customers at every run, in an order that has nothing to do with them.
select
    segment_id,
    component_1,
    component_2

from marts.customer_segments

order by
    md5(customer_id),
    customer_id

limit 1000
