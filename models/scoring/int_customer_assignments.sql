{#- Sums are unrolled and squares are products: DECISIONS.md has what was measured. -#}
{%- set fitted = read_fitted_model(
    ref('feature_scalers'), ref('component_weights'), ref('segment_centroids')
) -%}
with

customer_points as (

    select * from {{ ref('int_customer_points') }}

),

measured as (

    select
        {% for segment in fitted.segments -%}
        sqrt(
            0.0
            {%- for coordinate in segment.coordinates %}
            {%- set difference = '(component_' ~ loop.index ~ ' - (' ~ coordinate ~ '))' %}
            + {{ difference }} * {{ difference }}
            {%- endfor %}
        ) as distance_{{ segment.id }},
        {% endfor -%}
        customer_id,
        component_1,
        {{ 'component_2' if fitted.components | length > 1 else 'cast(null as double)' }}
            as component_2

    from customer_points

),

-- The lower number wins a tie.
nearest as (

    select
        *,
        least(
            {%- for segment in fitted.segments %}
            distance_{{ segment.id }}{{ ',' if not loop.last }}
            {%- endfor %}
        ) as distance_to_centroid,
        case distance_to_centroid
            {%- for segment in fitted.segments %}
            when distance_{{ segment.id }} then {{ segment.id }}
            {%- endfor %}
        end as segment_id

    from measured

),

second_nearest as (

    select
        *,
        least(
            {%- for segment in fitted.segments %}
            case
                when segment_id != {{ segment.id }} then distance_{{ segment.id }}
            end{{ ',' if not loop.last }}
            {%- endfor %}
        ) as second_distance,
        case
            {%- for segment in fitted.segments %}
            when
                segment_id != {{ segment.id }}
                and distance_{{ segment.id }} = second_distance
                then {{ segment.id }}
            {%- endfor %}
        end as second_segment_id

    from nearest

)

select
    customer_id,
    segment_id,
    second_segment_id,
    distance_to_centroid,
    second_distance,
    -- 1 at the centroid, 0 half-way to the second segment (also when both are one point).
    case
        when second_distance = 0 then 0
        else (second_distance - distance_to_centroid) / second_distance
    end as assignment_confidence,
    component_1,
    component_2

from second_nearest
