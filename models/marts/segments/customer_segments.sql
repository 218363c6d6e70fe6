with

assignments as (

    select * from {{ ref('int_customer_assignments') }}

),

segment_radii as (

    select * from {{ ref('int_segment_radii') }}

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
    -- Where all customers are at the centroid, nobody is far.
    assignments.distance_to_centroid / nullif(segment_radii.cluster_radius, 0) as outlier_score,
    coalesce(outlier_score > {{ var('outlier_distance') }}, false) as is_outlier,
    assignments.component_1,
    assignments.component_2

from assignments

inner join segment_radii
    on assignments.segment_id = segment_radii.segment_id

inner join segment_names
    on assignments.segment_id = segment_names.segment_id
