with

base as (

    select * from {{ ref('base_customers') }}

),

usable as (

    select
        customer_id,
        region,
        marketing_consent as has_marketing_consent,
        joined_on,
        birth_date

    from base

    where rejection_reasons is null

)

select * from usable
