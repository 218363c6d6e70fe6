{%- if var('customer_features_relation') -%}
{#- Your own wide table, with the columns listed in customer_features.yml. Data frames write NaN
    for unknown. -#}
select
    cast(customer_id as varchar) as customer_id,
    {%- for feature in list_features() %}
    {% if feature.unit == 'category' -%}
    {{ parse_text(feature.name) }} as {{ feature.name }}
    {%- else -%}
    nullif(cast({{ feature.name }} as double), 'nan') as {{ feature.name }}
    {%- endif %}
    {{- ',' if not loop.last }}
    {%- endfor %}

from {{ var('customer_features_relation') }}
{%- else -%}
-- depends_on: {{ ref('input_row_counts') }} (its test stops the build before the features
-- when too many rows were rejected)
with

customers as (

    select * from {{ ref('int_customers') }}

),

savings_plans as (

    select * from {{ ref('int_savings_plan_features') }}

),

loans as (

    select * from {{ ref('int_loan_features') }}

),

wealth as (

    select * from {{ ref('int_wealth_management_features') }}

),

cards as (

    select * from {{ ref('int_credit_card_features') }}

),

-- A customer without a benefit has no activity in it: zeros, and a last activity as long ago as the
-- window is long. A null in a benefit that is held stays null.
joined as (

    select
        customers.customer_id,
        customers.age_years,
        customers.relationship_tenure_months,
        customers.age_band,
        customers.region,

        coalesce(savings_plans.savings_plan_holdings, 0) as savings_plan_holdings,
        if(
            savings_plans.customer_id is null, 0, savings_plans.savings_plan_balance
        ) as savings_plan_balance,
        coalesce(savings_plans.savings_plan_deposits, 0) as savings_plan_deposits,
        coalesce(savings_plans.savings_plan_deposit_frequency, 0) as savings_plan_deposit_frequency,
        coalesce(savings_plans.savings_plan_withdrawals, 0) as savings_plan_withdrawals,
        if(
            savings_plans.customer_id is null,
            customers.observation_days,
            savings_plans.savings_plan_recency_days
        ) as savings_plan_recency_days,
        if(
            savings_plans.customer_id is null, 0, savings_plans.savings_plan_tenure_months
        ) as savings_plan_tenure_months,

        coalesce(loans.loan_holdings, 0) as loan_holdings,
        if(loans.customer_id is null, 0, loans.loan_balance) as loan_balance,
        coalesce(loans.loan_repayments, 0) as loan_repayments,
        coalesce(loans.loan_repayment_frequency, 0) as loan_repayment_frequency,
        coalesce(loans.loan_missed_share, 0) as loan_missed_share,
        if(loans.customer_id is null, 0, loans.loan_tenure_months) as loan_tenure_months,

        coalesce(wealth.wealth_management_holdings, 0) as wealth_management_holdings,
        if(
            wealth.customer_id is null, 0, wealth.wealth_management_balance
        ) as wealth_management_balance,
        coalesce(wealth.wealth_management_net_inflow, 0) as wealth_management_net_inflow,
        coalesce(wealth.wealth_management_trades, 0) as wealth_management_trades,
        coalesce(wealth.wealth_management_trade_frequency, 0) as wealth_management_trade_frequency,
        if(
            wealth.customer_id is null,
            customers.observation_days,
            wealth.wealth_management_recency_days
        ) as wealth_management_recency_days,
        if(
            wealth.customer_id is null, 0, wealth.wealth_management_tenure_months
        ) as wealth_management_tenure_months,

        coalesce(cards.credit_card_holdings, 0) as credit_card_holdings,
        if(cards.customer_id is null, 0, cards.credit_card_balance) as credit_card_balance,
        if(
            cards.customer_id is null, 0, cards.credit_card_balance_frequency
        ) as credit_card_balance_frequency,
        if(cards.customer_id is null, 0, cards.credit_card_purchases) as credit_card_purchases,
        if(
            cards.customer_id is null, 0, cards.credit_card_one_off_purchases
        ) as credit_card_one_off_purchases,
        if(
            cards.customer_id is null, 0, cards.credit_card_installment_purchases
        ) as credit_card_installment_purchases,
        if(
            cards.customer_id is null, 0, cards.credit_card_cash_advances
        ) as credit_card_cash_advances,
        if(
            cards.customer_id is null, 0, cards.credit_card_purchase_frequency
        ) as credit_card_purchase_frequency,
        if(
            cards.customer_id is null, 0, cards.credit_card_one_off_purchase_frequency
        ) as credit_card_one_off_purchase_frequency,
        if(
            cards.customer_id is null, 0, cards.credit_card_installment_purchase_frequency
        ) as credit_card_installment_purchase_frequency,
        if(
            cards.customer_id is null, 0, cards.credit_card_cash_advance_frequency
        ) as credit_card_cash_advance_frequency,
        if(
            cards.customer_id is null, 0, cards.credit_card_cash_advance_transactions
        ) as credit_card_cash_advance_transactions,
        if(
            cards.customer_id is null, 0, cards.credit_card_purchase_transactions
        ) as credit_card_purchase_transactions,
        if(cards.customer_id is null, 0, cards.credit_card_limit) as credit_card_limit,
        if(cards.customer_id is null, 0, cards.credit_card_payments) as credit_card_payments,
        if(
            cards.customer_id is null, 0, cards.credit_card_minimum_payments
        ) as credit_card_minimum_payments,
        if(
            cards.customer_id is null, 0, cards.credit_card_full_payment_share
        ) as credit_card_full_payment_share,
        if(
            cards.customer_id is null, 0, cards.credit_card_tenure_months
        ) as credit_card_tenure_months

    from customers

    left join savings_plans
        on customers.customer_id = savings_plans.customer_id

    left join loans
        on customers.customer_id = loans.customer_id

    left join wealth
        on customers.customer_id = wealth.customer_id

    left join cards
        on customers.customer_id = cards.customer_id

)

select
    *,
    cast(savings_plan_holdings > 0 as double)
    + cast(loan_holdings > 0 as double)
    + cast(wealth_management_holdings > 0 as double)
    + cast(credit_card_holdings > 0 as double) as benefits_held

from joined
{%- endif %}
