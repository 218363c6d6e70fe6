with

base as (

    select * from {{ ref('base_benefit_accounts') }}

),

usable as (

    select
        account_id,
        customer_id,
        benefit,
        balance,
        opened_on,
        closed_on

    from base

    where rejection_reasons is null

)

select * from usable
