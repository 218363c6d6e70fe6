with

base as (

    select * from {{ ref('base_customers') }}

),

rejected as (

    select row_number from {{ ref('rejected_customers') }}

),

usable as (

    select
        base.customer_id,
        base.region,
        base.marketing_consent as has_marketing_consent,
        base.joined_on,
        base.birth_date

    from base

    where not exists (select 1 from rejected where rejected.row_number = base.row_number)

)

select * from usable
