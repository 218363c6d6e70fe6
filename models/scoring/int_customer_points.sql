{{ config(materialized='view') }}
{%- set fitted = read_fitted_model(
    ref('feature_scalers'), ref('component_weights'), ref('segment_centroids')
) -%}
with

customer_features as (

    select * from {{ ref('customer_features') }}

),

-- Fill what is unknown and transform.
filled as (

    select
        {% for feature in fitted.features -%}
        {% set filled = 'coalesce(' ~ feature.name ~ ', ' ~ feature.fill_value ~ ')' -%}
        {% set value = 'ln(1 + ' ~ filled ~ ')' if feature.transform == 'log1p' else filled -%}
        {{ value }} as {{ feature.name }},
        {% endfor -%}
        customer_id

    from customer_features

),

scaled as (

    select
        {% for feature in fitted.features -%}
        ({{ feature.name }} - ({{ feature.mean }})) / {{ feature.standard_deviation }}
        * {{ feature.weight }} as {{ feature.name }},
        {% endfor -%}
        customer_id

    from filled

)

select
    {% for weights in fitted.components -%}
    cast(0 as double)
    {%- for feature in fitted.features %}
    + {{ feature.name }} * ({{ weights[loop.index0] }})
    {%- endfor %} as component_{{ loop.index }},
    {% endfor -%}
    *

from scaled
