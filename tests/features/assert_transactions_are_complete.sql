-- Every usable transaction of the window is in int_benefit_activity, and complete. One pass over the
-- transactions, without a join, because there are many.
with

counted as (

    select
        count(*) as transactions,
        count(*) filter (
            where
            transactions.transaction_id is null
            or transactions.amount is null
            or transactions.transaction_type is null
        ) as incomplete

    from {{ ref('stg_benefit_transactions') }} as transactions

    cross join {{ ref('observation_window') }} as observation_window

    where
        transactions.occurred_on > observation_window.starts_after
        and transactions.occurred_on <= observation_window.as_of_date

),

activity as (

    select coalesce(sum(transactions), 0) as transactions from {{ ref('int_benefit_activity') }}

)

select
    counted.transactions,
    activity.transactions as transactions_in_activity,
    counted.incomplete

from counted

cross join activity

where
    counted.transactions != activity.transactions
    or counted.incomplete > 0
