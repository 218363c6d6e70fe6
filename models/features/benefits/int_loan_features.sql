with

accounts as (

    select * from {{ ref('int_account_activity') }}

),

aggregated as (

    select
        customer_id,
        count(*) filter (where is_open) as loan_holdings,
        {{ known_or_none('sum(balance)') }} as loan_balance,
        coalesce(sum(repayments), 0) as loan_repayments,
        {{ share_of_months('repayment_months') }} as loan_repayment_frequency,
        coalesce(
            sum(missed_repayment_count)
            / nullif(cast(sum(missed_repayment_count + repayment_count) as double), 0),
            0
        ) as loan_missed_share,
        {{ known_or_none('max(tenure_months)') }} as loan_tenure_months

    from accounts

    where benefit = 'loan'

    group by customer_id

)

select
    customer_id,
    cast(loan_holdings as double) as loan_holdings,
    cast(loan_balance as double) as loan_balance,
    cast(loan_repayments as double) as loan_repayments,
    cast(loan_repayment_frequency as double) as loan_repayment_frequency,
    cast(loan_missed_share as double) as loan_missed_share,
    cast(loan_tenure_months as double) as loan_tenure_months

from aggregated
