with

assignments as (

    select * from {{ ref('int_customer_assignments') }}

),

segment_radii as (

    select * from {{ ref('int_segment_radii') }}

),

segment_names as (

    select * from {{ ref('int_segment_names') }}

),

model as (

    select * from {{ ref('int_model_fingerprint') }}

),

-- Of the dossier, which may be left out of a build.
robustness as (

    {% if load_relation(ref('int_assignment_robustness')) -%}
    select * from {{ ref('int_assignment_robustness') }}
    {%- else -%}
    select
        cast(null as varchar) as customer_id,
        cast(null as double) as distance_to_centroid,
        cast(null as varchar) as fingerprint,
        cast(null as double) as assignment_robustness
    {%- endif %}

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
    robustness.assignment_robustness,
    assignments.component_1,
    assignments.component_2

from assignments

inner join segment_radii
    on assignments.segment_id = segment_radii.segment_id

inner join segment_names
    on assignments.segment_id = segment_names.segment_id

cross join model

-- An earlier build may have found it out about another model or other values of the customer.
left join robustness
    on
        assignments.customer_id = robustness.customer_id
        and assignments.distance_to_centroid = robustness.distance_to_centroid
        and model.fingerprint = robustness.fingerprint
