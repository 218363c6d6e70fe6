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

-- One bit per month, so that the months of a customer's accounts can be combined.
in_months as (

    select
        *,
        cast(1 as bigint) << months_ago as month_bit

    from observed

),

activity as (

    select
        account_id,

        sum(amount) filter (where transaction_type = 'deposit') as deposits,
        sum(amount) filter (where transaction_type = 'withdrawal') as withdrawals,
        sum(amount) filter (where transaction_type = 'repayment') as repayments,
        sum(amount) filter (where transaction_type = 'purchase') as purchases,
        sum(amount) filter (where transaction_type = 'sale') as sales,

        count(*) filter (where transaction_type = 'repayment') as repayment_count,
        count(*) filter (where transaction_type = 'missed_repayment') as missed_repayment_count,
        count(*) filter (where transaction_type in ('purchase', 'sale')) as trade_count,

        bit_or(month_bit) filter (where transaction_type = 'deposit') as deposit_months,
        bit_or(month_bit) filter (where transaction_type = 'repayment') as repayment_months,
        bit_or(month_bit) filter (where transaction_type in ('purchase', 'sale')) as trade_months,

        -- Fees are charged by the company: they are no activity of the customer.
        max(occurred_on) filter (where transaction_type in ('deposit', 'withdrawal'))
            as last_movement_on,
        max(occurred_on) filter (where transaction_type in ('purchase', 'sale')) as last_trade_on

    from in_months

    group by account_id

),

-- An account with unknown dates counts as open.
stated as (

    select
        accounts.account_id,
        accounts.customer_id,
        accounts.benefit,
        accounts.balance,
        date_sub('month', accounts.opened_on, observation_window.as_of_date) as tenure_months,
        coalesce(accounts.opened_on <= observation_window.as_of_date, true)
        and coalesce(accounts.closed_on > observation_window.as_of_date, true) as is_open,
        observation_window.as_of_date,
        observation_window.observation_days,
        observation_window.observation_months

    from accounts

    cross join observation_window

),

joined as (

    select
        stated.account_id,
        stated.customer_id,
        stated.benefit,
        stated.is_open,
        case when stated.is_open then stated.balance end as balance,
        case when stated.is_open then stated.tenure_months end as tenure_months,

        activity.deposits,
        activity.withdrawals,
        activity.repayments,
        activity.purchases,
        activity.sales,
        activity.repayment_count,
        activity.missed_repayment_count,
        activity.trade_count,
        activity.deposit_months,
        activity.repayment_months,
        activity.trade_months,
        -- Without activity in the window, the length of the window stands for the recency.
        coalesce(
            date_diff('day', activity.last_movement_on, stated.as_of_date),
            stated.observation_days
        ) as days_since_movement,
        coalesce(
            date_diff('day', activity.last_trade_on, stated.as_of_date),
            stated.observation_days
        ) as days_since_trade,
        stated.observation_months

    from stated

    left join activity
        on stated.account_id = activity.account_id

)

select * from joined
