{%- set fitted = read_fitted_model(
    ref('feature_scalers'), ref('component_weights'), ref('segment_centroids')
) -%}
{%- set solutions = read_solutions({
    'pca': (ref('fit_candidate_centroids'), 'component'),
    'scaled': (ref('fit_scaled_candidate_centroids'), 'axis'),
}) -%}
{#- Unrolled like int_customer_assignments; where no feature is used, everybody is at 0. -#}
with

customer_points as (

    select * from {{ ref('int_customer_points') }}

),

located as (

    select
        customer_id,
        array_value(
            {%- for weights in fitted.components %}
            component_{{ loop.index }}{{ ',' if not loop.last }}
            {%- endfor %}
        ) as pca,
        array_value(
            {%- for feature in fitted.features %}
            {{ feature.name }}{{ ',' if not loop.last }}
            {%- else %}
            cast(0 as double)
            {%- endfor %}
        ) as scaled

    from customer_points

),

measured as (

    select
        {% for solution in solutions -%}
        {% for centroid in solution.centroids -%}
        array_distance(
            {{ solution.space }}, cast([{{ centroid.coordinates }}] as double[{{ centroid.width }}])
        ) as {{ solution.name }}_to_{{ centroid.cluster }},
        {% endfor -%}
        {% endfor -%}
        customer_id

    from located

),

-- The lower number wins a tie.
nearest as (

    select
        {% for solution in solutions -%}
        least(
            {%- for centroid in solution.centroids %}
            {{ solution.name }}_to_{{ centroid.cluster }}{{ ',' if not loop.last }}
            {%- endfor %}
        ) as {{ solution.name }}_distance,
        case {{ solution.name }}_distance
            {%- for centroid in solution.centroids %}
            when {{ solution.name }}_to_{{ centroid.cluster }} then {{ centroid.cluster }}
            {%- endfor %}
        end as {{ solution.name }}_cluster,
        {% endfor -%}
        *

    from measured

)

select
    {% for solution in solutions -%}
    cast({{ solution.name }}_cluster as integer) as {{ solution.name }}_cluster,
    {{ solution.name }}_distance,
    least(
        cast(null as double)
        {%- for centroid in solution.centroids %},
        case
            when {{ solution.name }}_cluster != {{ centroid.cluster }}
                then {{ solution.name }}_to_{{ centroid.cluster }}
        end
        {%- endfor %}
    ) as {{ solution.name }}_second_distance,
    {% endfor -%}
    customer_id

from nearest
