with

base as (

    select * from {{ ref('base_credit_card_usage') }}

),

renamed as (

    select
        ---------- ids
        customer_id,

        ---------- amounts
        balance,
        purchases,
        oneoff_purchases as one_off_purchases,
        installments_purchases as installment_purchases,
        cash_advance as cash_advances,
        credit_limit,
        payments,
        minimum_payments,

        ---------- shares of months
        balance_frequency,
        purchases_frequency as purchase_frequency,
        oneoff_purchases_frequency as one_off_purchase_frequency,
        purchases_installments_frequency as installment_purchase_frequency,
        cash_advance_frequency,
        prc_full_payment as full_payment_share,

        ---------- counts
        purchases_trx as purchase_transactions,
        cash_advance_trx as cash_advance_transactions,
        tenure as tenure_months

    from base

    where rejection_reasons is null

)

select * from renamed
