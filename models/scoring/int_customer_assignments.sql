{%- set fitted = read_fitted_model(ref('model_parameters')) -%}
with

customer_features as (

    select * from {{ ref('customer_features') }}

),

{{ place_customers(fitted) }},

{{ assign_customers(fitted) }},

radii as (

    select
        segment_id,
        sqrt(avg(distance_to_centroid * distance_to_centroid)) as cluster_radius

    from customer_assignments

    group by segment_id

)

select
    customer_assignments.customer_id,
    customer_assignments.segment_id,
    customer_assignments.second_segment_id,
    customer_assignments.distance_to_centroid,
    customer_assignments.second_distance,
    customer_assignments.assignment_confidence,
    coalesce(
        customer_assignments.assignment_confidence < {{ var('borderline_confidence') }}, false
    ) as is_borderline,
    -- When all customers are at the centroid, no customer is an outlier.
    customer_assignments.distance_to_centroid / nullif(radii.cluster_radius, 0) as outlier_score,
    coalesce(outlier_score > {{ var('outlier_distance') }}, false) as is_outlier,
    customer_assignments.component_1,
    customer_assignments.component_2

from customer_assignments

inner join radii
    on customer_assignments.segment_id = radii.segment_id
