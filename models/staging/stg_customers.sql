with

base as (

    select * from {{ ref('base_customers') }}

),

rejected as (

    select row_number from {{ ref('doubtful_customers') }}
    where rejection_reasons is not null

),

usable as (

    select
        base.customer_id,
        base.region,
        base.marketing_consent as has_marketing_consent,
        base.joined_on,
        base.birth_date

    from base

    anti join rejected
        on base.row_number = rejected.row_number

)

select * from usable
