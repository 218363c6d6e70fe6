with

base as (

    select * from {{ ref('base_benefit_transactions') }}

),

rejected as (

    select row_number from {{ ref('rejected_benefit_transactions') }}

),

usable as (

    select
        base.transaction_id,
        base.account_id,
        base.transaction_type,
        base.amount,
        base.occurred_at as occurred_on

    from base

    where not exists (select 1 from rejected where rejected.row_number = base.row_number)

)

select * from usable
