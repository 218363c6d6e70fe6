with

base as (

    select * from {{ ref('base_benefit_accounts') }}

),

rejected as (

    select row_number from {{ ref('rejected_benefit_accounts') }}

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

    where not exists (select 1 from rejected where rejected.row_number = base.row_number)

)

select * from usable
