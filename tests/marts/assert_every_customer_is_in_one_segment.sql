-- Scoring must neither drop a customer nor count one twice.
with

customer_features as (

    select * from {{ ref('customer_features') }}

),

customer_segments as (

    select * from {{ ref('customer_segments') }}

)

select
    coalesce(customer_features.customer_id, customer_segments.customer_id) as customer_id,
    count(customer_segments.segment_id) as segment_count

from customer_features

full outer join customer_segments
    on customer_features.customer_id = customer_segments.customer_id

group by
    customer_features.customer_id,
    customer_segments.customer_id

having
    count(customer_segments.segment_id) != 1
    or count(customer_features.customer_id) != 1
