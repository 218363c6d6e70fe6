-- One row per customer, with the segment that the model assigns.
with

customer_robustness as (

    select
        customer_id,
        min(segment_id) as segment_id,
        count(*) as row_count

    from {{ ref('customer_robustness') }}

    group by customer_id

),

customer_segments as (

    select * from {{ ref('customer_segments') }}

)

select
    customer_robustness.row_count,
    customer_robustness.segment_id,
    customer_segments.segment_id as model_segment_id

from customer_robustness

full outer join customer_segments
    on customer_robustness.customer_id = customer_segments.customer_id

where
    coalesce(customer_robustness.row_count, 0) != 1
    or customer_robustness.segment_id is distinct from customer_segments.segment_id
