with

assignments as (

    select * from {{ ref('int_customer_assignments') }}

),

segment_names as (

    select * from {{ ref('int_segment_names') }}

)

select
    assignments.customer_id,
    assignments.segment_id,
    segment_names.segment_name,
    assignments.second_segment_id,
    assignments.distance_to_centroid,
    assignments.second_distance,
    assignments.assignment_confidence,
    coalesce(assignments.assignment_confidence < {{ var('borderline_confidence') }}, false)
        as is_borderline,
    assignments.component_1,
    assignments.component_2

from assignments

inner join segment_names
    on assignments.segment_id = segment_names.segment_id
