with

accounts as (

    select * from {{ ref('int_account_activity') }}

),

aggregated as (

    select
        customer_id,
        count(*) filter (where is_open) as wealth_management_holdings,
        {{ known_or_none('sum(balance)') }} as wealth_management_balance,
        coalesce(sum(purchases), 0) - coalesce(sum(sales), 0) as wealth_management_net_inflow,
        coalesce(sum(trade_count), 0) as wealth_management_trades,
        {{ share_of_months('trade_months') }} as wealth_management_trade_frequency,
        min(days_since_trade) as wealth_management_recency_days,
        {{ known_or_none('max(tenure_months)') }} as wealth_management_tenure_months

    from accounts

    where benefit = 'wealth_management'

    group by customer_id

)

select
    customer_id,
    cast(wealth_management_holdings as double) as wealth_management_holdings,
    cast(wealth_management_balance as double) as wealth_management_balance,
    cast(wealth_management_net_inflow as double) as wealth_management_net_inflow,
    cast(wealth_management_trades as double) as wealth_management_trades,
    cast(wealth_management_trade_frequency as double) as wealth_management_trade_frequency,
    cast(wealth_management_recency_days as double) as wealth_management_recency_days,
    cast(wealth_management_tenure_months as double) as wealth_management_tenure_months

from aggregated
