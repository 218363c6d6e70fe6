with

base as (

    select * from {{ ref('base_customer_numbers') }}

),

rejected as (

    select
        input,
        row_number

    from {{ ref('rejected_customer_numbers') }}

),

usable as (

    select base.* exclude (row_number, problems) -- noqa: RF02

    from base

    anti join rejected
        on
            base.input = rejected.input
            and base.row_number = rejected.row_number

)

select * from usable
