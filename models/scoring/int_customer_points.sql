{{ config(materialized='view') }}
{%- set fitted = read_fitted_model(
    ref('feature_scalers'), ref('component_weights'), ref('segment_centroids')
) -%}
with

customer_features as (

    select * from {{ ref('customer_features') }}

),

{{ place_customers(fitted) }}

select * from customer_points
