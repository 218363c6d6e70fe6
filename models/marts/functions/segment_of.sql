{#-
The scoring of all customers, for one customer given by its features. Relations are written without
the database name, so that a copy of the file works under any name.
-#}
{%- set fitted = read_fitted_model(ref('model_parameters')) -%}
with

given as (

    select customer as features

    where customer is not null

),

customer_features as (

    select
        {% for feature in fitted.features | unique(attribute='column_name') -%}
        {% set column = adapter.quote(feature.column_name) -%}
        cast(features.{{ column }} as {{ 'varchar' if feature.category is string else 'double' }})
            as {{ column }},
        {% endfor -%}
        null as customer_id

    from given

),

segment_profiles as (

    select * from {{ ref('segment_profiles').include(database=false) }}

),

{{ place_customers(fitted) }},

{{ assign_customers(fitted) }}

select
    customer_assignments.segment_id,
    segment_profiles.segment_name,
    segment_profiles.is_small_segment,
    customer_assignments.second_segment_id,
    second_profiles.segment_name as second_segment_name,
    customer_assignments.distance_to_centroid,
    customer_assignments.second_distance,
    customer_assignments.assignment_confidence

from customer_assignments

left join segment_profiles
    on customer_assignments.segment_id = segment_profiles.segment_id

left join segment_profiles as second_profiles
    on customer_assignments.second_segment_id = second_profiles.segment_id
