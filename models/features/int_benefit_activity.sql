with

accounts as (

    select * from {{ ref('stg_benefit_accounts') }}

),

transactions as (

    select * from {{ ref('stg_benefit_transactions') }}

),

observation_window as (

    select * from {{ ref('observation_window') }}

),

transaction_types as (

    select * from {{ ref('transaction_types') }}

),

observed as (

    select
        transactions.account_id,
        transactions.transaction_type,
        transactions.amount,
        transactions.occurred_on,
        -- Months are counted back from as_of_date: 0 is the month that ends on it. The day of the
        -- month decides. date_sub would put 29 February 2024 12 months before 28 February 2025: a
        -- 13th month in a year.
        date_diff('month', transactions.occurred_on, observation_window.as_of_date)
        - cast(day(transactions.occurred_on) > day(observation_window.as_of_date) as integer)
            as months_ago

    from transactions

    cross join observation_window

    where
        transactions.occurred_on > observation_window.starts_after
        and transactions.occurred_on <= observation_window.as_of_date

),

-- First per account: there are far fewer of these rows to join than transactions.
of_accounts as (

    select
        account_id,
        transaction_type,
        sum(amount) as amount,
        -- Not every row: a test finds transactions without an amount by their count.
        count(amount) as transaction_count,
        -- One bit per month, so that the months of several accounts can be combined.
        bit_or(cast(1 as bigint) << months_ago) as month_bits,
        max(occurred_on) as last_on

    from observed

    group by
        account_id,
        transaction_type

)

select
    accounts.customer_id,
    accounts.benefit,
    of_accounts.transaction_type,
    -- A type that the benefit does not have is no activity.
    coalesce(transaction_types.counts_as, 'none') as counts_as,
    of_accounts.amount,
    of_accounts.transaction_count,
    of_accounts.month_bits,
    date_diff('day', of_accounts.last_on, observation_window.as_of_date) as days_since_last,
    observation_window.observation_days

from of_accounts

inner join accounts
    on of_accounts.account_id = accounts.account_id

cross join observation_window

left join transaction_types
    on
        accounts.benefit = transaction_types.benefit
        and of_accounts.transaction_type = transaction_types.transaction_type
