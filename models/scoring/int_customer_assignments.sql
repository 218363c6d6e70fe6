{%- set fitted = read_fitted_model(
    ref('feature_scalers'), ref('component_weights'), ref('segment_centroids')
) -%}
with

customer_points as (

    select * from {{ ref('int_customer_points') }}

),

{{ assign_customers(fitted) }}

select * from customer_assignments
