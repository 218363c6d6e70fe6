with

base as (

    select * from {{ ref('base_benefit_accounts') }}

),

rejected as (

    select row_number from {{ ref('doubtful_benefit_accounts') }}
    where rejection_reasons is not null

),

usable as (

    select
        base.account_id,
        base.customer_id,
        base.benefit,
        base.balance,
        base.opened_on,
        base.closed_on

    from base

    anti join rejected
        on base.row_number = rejected.row_number

)

select * from usable
