{{ config(materialized='view') }}

with

customer_features as (

    select * from {{ ref('customer_features') }}

),

assignments as (

    select * from {{ ref('int_customer_assignments') }}

)

select
    customer_features.*,
    assignments.segment_id

from customer_features

inner join assignments
    on customer_features.customer_id = assignments.customer_id
