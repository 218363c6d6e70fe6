{{ config(materialized='view') }}

{%- set fitted = read_fitted_model(
    ref('feature_scalers'), ref('component_weights'), ref('segment_centroids')
) -%}
with

customer_features as (

    select * from {{ ref('customer_features') }}

)

select
    {% for feature in fitted.features -%}
    coalesce({{ feature.name }}, {{ feature.fill_value }}) as {{ feature.name }},
    {% endfor -%}
    customer_id

from customer_features
