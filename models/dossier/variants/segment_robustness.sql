with

robustness as (

    select * from {{ ref('int_assignment_robustness') }}

),

segment_names as (

    select * from {{ ref('int_segment_names') }}

)

select
    robustness.segment_id,
    segment_names.segment_name,
    count(*) as customers,
    avg(robustness.assignment_robustness) as mean_assignment_robustness,
    count(*) filter (where robustness.assignment_robustness >= 0.8) as robust_customers

from robustness

inner join segment_names
    on robustness.segment_id = segment_names.segment_id

group by
    robustness.segment_id,
    segment_names.segment_name
