with

accounts as (

    select * from {{ ref('int_account_activity') }}

),

aggregated as (

    select
        customer_id,
        count(*) filter (where is_open) as savings_plan_holdings,
        {{ known_or_none('sum(balance)') }} as savings_plan_balance,
        coalesce(sum(deposits), 0) as savings_plan_deposits,
        {{ share_of_months('deposit_months') }} as savings_plan_deposit_frequency,
        coalesce(sum(withdrawals), 0) as savings_plan_withdrawals,
        min(days_since_movement) as savings_plan_recency_days,
        {{ known_or_none('max(tenure_months)') }} as savings_plan_tenure_months

    from accounts

    where benefit = 'savings_plan'

    group by customer_id

)

select
    customer_id,
    cast(savings_plan_holdings as double) as savings_plan_holdings,
    cast(savings_plan_balance as double) as savings_plan_balance,
    cast(savings_plan_deposits as double) as savings_plan_deposits,
    cast(savings_plan_deposit_frequency as double) as savings_plan_deposit_frequency,
    cast(savings_plan_withdrawals as double) as savings_plan_withdrawals,
    cast(savings_plan_recency_days as double) as savings_plan_recency_days,
    cast(savings_plan_tenure_months as double) as savings_plan_tenure_months

from aggregated
