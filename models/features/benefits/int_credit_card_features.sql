with

credit_card_usage as (

    select * from {{ ref('stg_credit_card_usage') }}

),

prefixed as (

    select
        customer_id,
        1 as credit_card_holdings,
        balance as credit_card_balance,
        balance_frequency as credit_card_balance_frequency,
        purchases as credit_card_purchases,
        one_off_purchases as credit_card_one_off_purchases,
        installment_purchases as credit_card_installment_purchases,
        cash_advances as credit_card_cash_advances,
        purchase_frequency as credit_card_purchase_frequency,
        one_off_purchase_frequency as credit_card_one_off_purchase_frequency,
        installment_purchase_frequency as credit_card_installment_purchase_frequency,
        cash_advance_frequency as credit_card_cash_advance_frequency,
        cash_advance_transactions as credit_card_cash_advance_transactions,
        purchase_transactions as credit_card_purchase_transactions,
        credit_limit as credit_card_limit,
        payments as credit_card_payments,
        minimum_payments as credit_card_minimum_payments,
        full_payment_share as credit_card_full_payment_share,
        tenure_months as credit_card_tenure_months

    from credit_card_usage

)

select * from prefixed
