with

base as (

    select * from {{ ref('base_benefit_accounts') }}

),

-- Of each id, one row without problems is used.
known_customers as (

    select distinct customer_id from {{ ref('base_customers') }}
    where problems is null

),

repeated_keys as (

    {{ repeated_keys(ref('base_benefit_accounts'), 'account_id') }}

),

doubtful as (

    select
        base.*,
        nullif(concat_ws(
            '; ',
            base.problems,
            {{ unlisted_problem() }}
        ), '') as all_problems

    from base

    left join known_customers
        on base.customer_id = known_customers.customer_id

    left join repeated_keys
        on base.account_id = repeated_keys.account_id

    where
        all_problems is not null
        or base.doubts is not null
        or repeated_keys.account_id is not null

),

-- Usable rows come first, then the values decide, not the order of the rows.
ranked as (

    select
        *,
        row_number() over (
            partition by account_id
            order by
                all_problems is not null, doubts is not null, customer_id, benefit, opened_on,
                closed_on, balance, row_number
        ) as copy_number

    from doubtful

)

select
    row_number,
    account_id as record_key,
    customer_id,
    nullif(concat_ws(
        '; ',
        all_problems,
        case when account_id is not null and copy_number > 1 then 'account_id is a duplicate' end
    ), '') as rejection_reasons,
    doubts

from ranked

where
    all_problems is not null
    or doubts is not null
    or copy_number > 1
