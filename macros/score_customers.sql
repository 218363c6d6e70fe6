{#-
From the features of customers to their segment, in two steps, as CTEs that read the CTE
before them. The models that score all customers and the function segment_of share them, so that
both give the same answer. Sums are unrolled and squares are products; DECISIONS.md has the
measurements.
-#}

{#- From `customer_features` to `customer_points`. -#}
{% macro place_customers(fitted) -%}
-- Fill unknown values, limit and transform. As a column name, that of a feature need not be unique.
filled as (

    select
        {% for feature in fitted.features -%}
        {% set value = 'coalesce(' ~ feature_value(feature) ~ ', ' ~ feature.fill_value ~ ')' -%}
        {% set value = 'least(greatest(' ~ value ~ ', ' ~ feature.lower_limit ~ '), '
            ~ feature.upper_limit ~ ')' if feature.lower_limit else value -%}
        {{ 'ln(1 + ' ~ value ~ ')' if feature.transform.endswith('log1p') else value }}
            as feature_{{ loop.index }},
        {% endfor -%}
        customer_id

    from customer_features

),

scaled as (

    select
        {% for feature in fitted.features -%}
        (feature_{{ loop.index }} - ({{ feature.mean }})) / {{ feature.standard_deviation }}
        * {{ feature.weight }} as feature_{{ loop.index }},
        {% endfor -%}
        customer_id

    from filled

),

customer_points as (

    select
        {% for weights in fitted.components -%}
        cast(0 as double)
        {%- for feature in fitted.features %}
        + feature_{{ loop.index }} * ({{ weights[loop.index0] }})
        {%- endfor %} as component_{{ loop.index }},
        {% endfor -%}
        *

    from scaled

)
{%- endmacro %}


{#- From `customer_points` to `customer_assignments`. -#}
{% macro assign_customers(fitted) -%}
{%- set ids = fitted.segments | map(attribute='id') | list -%}
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
        least(distance_{{ ids | join(', distance_') }}) as distance_to_centroid,
        case distance_to_centroid
            {%- for id in ids %}
            when distance_{{ id }} then {{ id }}
            {%- endfor %}
        end as segment_id

    from measured

),

second_nearest as (

    select
        *,
        least(
            {%- for id in ids %}
            case when segment_id != {{ id }} then distance_{{ id }} end{{ ',' if not loop.last }}
            {%- endfor %}
        ) as second_distance,
        case
            {%- for id in ids %}
            when segment_id != {{ id }} and distance_{{ id }} = second_distance then {{ id }}
            {%- endfor %}
        end as second_segment_id

    from nearest

),

customer_assignments as (

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

)
{%- endmacro %}
