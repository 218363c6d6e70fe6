{%- if var('customer_features_relation') -%}
{#- A wide table of the user's own: its columns are those listed in _customer_features.yml. -#}
select
    cast(customer_id as varchar) as customer_id,
    {%- for feature in list_features() %}
    cast({{ feature.name }} as double) as {{ feature.name }}{{ ',' if not loop.last }}
    {%- endfor %}

from {{ var('customer_features_relation') }}
{%- else -%}
-- depends_on: {{ ref('input_row_counts') }} (its test stops the build before the features
-- when too many rows were refused)
with

customers as (

    select * from {{ ref('int_customers') }}

),

observation_window as (

    select * from {{ ref('observation_window') }}

),

savings_plans as (

    select * from {{ ref('int_savings_plan_features') }}

),

loans as (

    select * from {{ ref('int_loan_features') }}

),

wealth_management as (

    select * from {{ ref('int_wealth_management_features') }}

),

credit_cards as (

    select * from {{ ref('int_credit_card_features') }}

),

-- A customer without a benefit shows no activity there: zeros, and a last activity at
-- least as long ago as the window is long. A null in a benefit that is held stays null.
joined as (

    select
        customers.customer_id,

        coalesce(savings_plans.savings_plan_holdings, 0) as savings_plan_holdings,
        case
            when savings_plans.customer_id is null then 0
            else savings_plans.savings_plan_balance
        end as savings_plan_balance,
        coalesce(savings_plans.savings_plan_deposits, 0) as savings_plan_deposits,
        coalesce(savings_plans.savings_plan_deposit_frequency, 0) as savings_plan_deposit_frequency,
        coalesce(savings_plans.savings_plan_withdrawals, 0) as savings_plan_withdrawals,
        case
            when savings_plans.customer_id is null then observation_window.observation_days
            else savings_plans.savings_plan_recency_days
        end as savings_plan_recency_days,
        case
            when savings_plans.customer_id is null then 0
            else savings_plans.savings_plan_tenure_months
        end as savings_plan_tenure_months,

        coalesce(loans.loan_holdings, 0) as loan_holdings,
        case
            when loans.customer_id is null then 0
            else loans.loan_balance
        end as loan_balance,
        coalesce(loans.loan_repayments, 0) as loan_repayments,
        coalesce(loans.loan_repayment_frequency, 0) as loan_repayment_frequency,
        coalesce(loans.loan_missed_share, 0) as loan_missed_share,
        case
            when loans.customer_id is null then 0
            else loans.loan_tenure_months
        end as loan_tenure_months,

        coalesce(wealth_management.wealth_management_holdings, 0) as wealth_management_holdings,
        case
            when wealth_management.customer_id is null then 0
            else wealth_management.wealth_management_balance
        end as wealth_management_balance,
        coalesce(wealth_management.wealth_management_net_inflow, 0) as wealth_management_net_inflow,
        coalesce(wealth_management.wealth_management_trades, 0) as wealth_management_trades,
        coalesce(
            wealth_management.wealth_management_trade_frequency, 0
        ) as wealth_management_trade_frequency,
        case
            when wealth_management.customer_id is null then observation_window.observation_days
            else wealth_management.wealth_management_recency_days
        end as wealth_management_recency_days,
        case
            when wealth_management.customer_id is null then 0
            else wealth_management.wealth_management_tenure_months
        end as wealth_management_tenure_months,

        coalesce(credit_cards.credit_card_holdings, 0) as credit_card_holdings,
        case
            when credit_cards.customer_id is null then 0
            else credit_cards.credit_card_balance
        end as credit_card_balance,
        case
            when credit_cards.customer_id is null then 0
            else credit_cards.credit_card_balance_frequency
        end as credit_card_balance_frequency,
        case
            when credit_cards.customer_id is null then 0
            else credit_cards.credit_card_purchases
        end as credit_card_purchases,
        case
            when credit_cards.customer_id is null then 0
            else credit_cards.credit_card_one_off_purchases
        end as credit_card_one_off_purchases,
        case
            when credit_cards.customer_id is null then 0
            else credit_cards.credit_card_installment_purchases
        end as credit_card_installment_purchases,
        case
            when credit_cards.customer_id is null then 0
            else credit_cards.credit_card_cash_advances
        end as credit_card_cash_advances,
        case
            when credit_cards.customer_id is null then 0
            else credit_cards.credit_card_purchase_frequency
        end as credit_card_purchase_frequency,
        case
            when credit_cards.customer_id is null then 0
            else credit_cards.credit_card_one_off_purchase_frequency
        end as credit_card_one_off_purchase_frequency,
        case
            when credit_cards.customer_id is null then 0
            else credit_cards.credit_card_installment_purchase_frequency
        end as credit_card_installment_purchase_frequency,
        case
            when credit_cards.customer_id is null then 0
            else credit_cards.credit_card_cash_advance_frequency
        end as credit_card_cash_advance_frequency,
        case
            when credit_cards.customer_id is null then 0
            else credit_cards.credit_card_cash_advance_transactions
        end as credit_card_cash_advance_transactions,
        case
            when credit_cards.customer_id is null then 0
            else credit_cards.credit_card_purchase_transactions
        end as credit_card_purchase_transactions,
        case
            when credit_cards.customer_id is null then 0
            else credit_cards.credit_card_limit
        end as credit_card_limit,
        case
            when credit_cards.customer_id is null then 0
            else credit_cards.credit_card_payments
        end as credit_card_payments,
        case
            when credit_cards.customer_id is null then 0
            else credit_cards.credit_card_minimum_payments
        end as credit_card_minimum_payments,
        case
            when credit_cards.customer_id is null then 0
            else credit_cards.credit_card_full_payment_share
        end as credit_card_full_payment_share,
        case
            when credit_cards.customer_id is null then 0
            else credit_cards.credit_card_tenure_months
        end as credit_card_tenure_months

    from customers

    cross join observation_window

    left join savings_plans
        on customers.customer_id = savings_plans.customer_id

    left join loans
        on customers.customer_id = loans.customer_id

    left join wealth_management
        on customers.customer_id = wealth_management.customer_id

    left join credit_cards
        on customers.customer_id = credit_cards.customer_id

),

typed as (

    select
        customer_id,
        cast(savings_plan_holdings as double) as savings_plan_holdings,
        cast(savings_plan_balance as double) as savings_plan_balance,
        cast(savings_plan_deposits as double) as savings_plan_deposits,
        cast(savings_plan_deposit_frequency as double) as savings_plan_deposit_frequency,
        cast(savings_plan_withdrawals as double) as savings_plan_withdrawals,
        cast(savings_plan_recency_days as double) as savings_plan_recency_days,
        cast(savings_plan_tenure_months as double) as savings_plan_tenure_months,
        cast(loan_holdings as double) as loan_holdings,
        cast(loan_balance as double) as loan_balance,
        cast(loan_repayments as double) as loan_repayments,
        cast(loan_repayment_frequency as double) as loan_repayment_frequency,
        cast(loan_missed_share as double) as loan_missed_share,
        cast(loan_tenure_months as double) as loan_tenure_months,
        cast(wealth_management_holdings as double) as wealth_management_holdings,
        cast(wealth_management_balance as double) as wealth_management_balance,
        cast(wealth_management_net_inflow as double) as wealth_management_net_inflow,
        cast(wealth_management_trades as double) as wealth_management_trades,
        cast(wealth_management_trade_frequency as double) as wealth_management_trade_frequency,
        cast(wealth_management_recency_days as double) as wealth_management_recency_days,
        cast(wealth_management_tenure_months as double) as wealth_management_tenure_months,
        cast(credit_card_holdings as double) as credit_card_holdings,
        cast(credit_card_balance as double) as credit_card_balance,
        cast(credit_card_balance_frequency as double) as credit_card_balance_frequency,
        cast(credit_card_purchases as double) as credit_card_purchases,
        cast(credit_card_one_off_purchases as double) as credit_card_one_off_purchases,
        cast(credit_card_installment_purchases as double) as credit_card_installment_purchases,
        cast(credit_card_cash_advances as double) as credit_card_cash_advances,
        cast(credit_card_purchase_frequency as double) as credit_card_purchase_frequency,
        cast(
            credit_card_one_off_purchase_frequency as double
        ) as credit_card_one_off_purchase_frequency,
        cast(
            credit_card_installment_purchase_frequency as double
        ) as credit_card_installment_purchase_frequency,
        cast(credit_card_cash_advance_frequency as double) as credit_card_cash_advance_frequency,
        cast(
            credit_card_cash_advance_transactions as double
        ) as credit_card_cash_advance_transactions,
        cast(credit_card_purchase_transactions as double) as credit_card_purchase_transactions,
        cast(credit_card_limit as double) as credit_card_limit,
        cast(credit_card_payments as double) as credit_card_payments,
        cast(credit_card_minimum_payments as double) as credit_card_minimum_payments,
        cast(credit_card_full_payment_share as double) as credit_card_full_payment_share,
        cast(credit_card_tenure_months as double) as credit_card_tenure_months,
        cast(
            cast(savings_plan_holdings > 0 as integer)
            + cast(loan_holdings > 0 as integer)
            + cast(wealth_management_holdings > 0 as integer)
            + cast(credit_card_holdings > 0 as integer)
            as double
        ) as benefits_held

    from joined

)

select * from typed
{%- endif %}
