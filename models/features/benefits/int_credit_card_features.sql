with

credit_card_usage as (

    select * from {{ ref('stg_credit_card_usage') }}

),

prefixed as (

    select
        customer_id,
        cast(1 as double) as credit_card_holdings,
        cast(balance as double) as credit_card_balance,
        cast(balance_frequency as double) as credit_card_balance_frequency,
        cast(purchases as double) as credit_card_purchases,
        cast(one_off_purchases as double) as credit_card_one_off_purchases,
        cast(installment_purchases as double) as credit_card_installment_purchases,
        cast(cash_advances as double) as credit_card_cash_advances,
        cast(purchase_frequency as double) as credit_card_purchase_frequency,
        cast(one_off_purchase_frequency as double) as credit_card_one_off_purchase_frequency,
        cast(installment_purchase_frequency as double)
            as credit_card_installment_purchase_frequency,
        cast(cash_advance_frequency as double) as credit_card_cash_advance_frequency,
        cast(cash_advance_transactions as double) as credit_card_cash_advance_transactions,
        cast(purchase_transactions as double) as credit_card_purchase_transactions,
        cast(credit_limit as double) as credit_card_limit,
        cast(payments as double) as credit_card_payments,
        cast(minimum_payments as double) as credit_card_minimum_payments,
        cast(full_payment_share as double) as credit_card_full_payment_share,
        cast(tenure_months as double) as credit_card_tenure_months

    from credit_card_usage

)

select * from prefixed
