with

assignments as (

    select * from {{ ref('int_customer_assignments') }}

)

select
    segment_id,
    sum(pow(distance_to_centroid, 2)) as within_ss,
    sqrt(avg(pow(distance_to_centroid, 2))) as cluster_radius

from assignments

group by segment_id
