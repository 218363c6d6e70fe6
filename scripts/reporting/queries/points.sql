-- The same customers in every run, in an order that does not depend on their data.
with

sample as (

    select
        customer_id,
        segment_id,
        component_1,
        component_2

    from marts.customer_segments

    order by
        md5(customer_id),
        customer_id

    limit 1000

)

select
    segment_id,
    component_1,
    component_2,
    wording.whole_number(count(*) over ()) as points_in_words,
    wording.whole_number(count(*) over (partition by segment_id)) as points_of_segment_in_words

from sample

order by
    md5(customer_id),
    customer_id
