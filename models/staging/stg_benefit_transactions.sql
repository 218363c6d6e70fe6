with

base as (

    select * from {{ ref('base_benefit_transactions') }}

),

rejected as (

    select row_number from {{ ref('doubtful_benefit_transactions') }}
    where rejection_reasons is not null

),

usable as (

    select
        base.transaction_id,
        base.account_id,
        base.transaction_type,
        base.amount,
        base.occurred_at as occurred_on

    from base

    anti join rejected
        on base.row_number = rejected.row_number

)

select * from usable
