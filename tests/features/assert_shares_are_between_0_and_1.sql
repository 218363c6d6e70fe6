-- Shares that the project computes. Shares of the cards are delivered, and the public data has some
-- above 1.
with

shares as (

    select
        customer_id,
        'savings_plan_deposit_frequency' as feature,
        savings_plan_deposit_frequency as share

    from {{ ref('int_savings_plan_features') }}

    union all

    select
        customer_id,
        'loan_repayment_frequency' as feature,
        loan_repayment_frequency as share

    from {{ ref('int_loan_features') }}

    union all

    select
        customer_id,
        'loan_missed_share' as feature,
        loan_missed_share as share

    from {{ ref('int_loan_features') }}

    union all

    select
        customer_id,
        'wealth_management_trade_frequency' as feature,
        wealth_management_trade_frequency as share

    from {{ ref('int_wealth_management_features') }}

)

select *

from shares

where
    share is null
    or share not between 0 and 1
