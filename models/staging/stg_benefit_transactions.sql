with

base as (

    select * from {{ ref('base_benefit_transactions') }}

),

usable as (

    select
        transaction_id,
        account_id,
        transaction_type,
        amount,
        occurred_at as occurred_on

    from base

    where rejection_reasons is null

)

select * from usable
