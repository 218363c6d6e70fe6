with

base as (

    select * from {{ ref('base_credit_card_usage') }}

),

rejected as (

    select row_number from {{ ref('rejected_credit_card_usage') }}

),

usable as (

    select
        ---------- ids
        base.customer_id,

        ---------- amounts
        base.balance,
        base.purchases,
        base.oneoff_purchases as one_off_purchases,
        base.installments_purchases as installment_purchases,
        base.cash_advance as cash_advances,
        base.credit_limit,
        base.payments,
        base.minimum_payments,

        ---------- shares of months
        base.balance_frequency,
        base.purchases_frequency as purchase_frequency,
        base.oneoff_purchases_frequency as one_off_purchase_frequency,
        base.purchases_installments_frequency as installment_purchase_frequency,
        base.cash_advance_frequency,
        base.prc_full_payment as full_payment_share,

        ---------- counts
        base.purchases_trx as purchase_transactions,
        base.cash_advance_trx as cash_advance_transactions,
        base.tenure as tenure_months

    from base

    anti join rejected
        on base.row_number = rejected.row_number

)

select * from usable
