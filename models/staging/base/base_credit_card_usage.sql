-- depends_on: {{ ref('load_inputs') }}
with

source as (

    select * from {{ source('raw_inputs', 'credit_card_usage') }}

),

typed as (

    select
        ---------- ids
        row_number,
        {{ parse_text('customer_id') }} as customer_id,

        ---------- amounts
        balance as raw_balance,
        {{ parse_number('balance') }} as balance,
        purchases as raw_purchases,
        {{ parse_number('purchases') }} as purchases,
        oneoff_purchases as raw_oneoff_purchases,
        {{ parse_number('oneoff_purchases') }} as oneoff_purchases,
        installments_purchases as raw_installments_purchases,
        {{ parse_number('installments_purchases') }} as installments_purchases,
        cash_advance as raw_cash_advance,
        {{ parse_number('cash_advance') }} as cash_advance,
        credit_limit as raw_credit_limit,
        {{ parse_number('credit_limit') }} as credit_limit,
        payments as raw_payments,
        {{ parse_number('payments') }} as payments,
        minimum_payments as raw_minimum_payments,
        {{ parse_number('minimum_payments') }} as minimum_payments,

        ---------- shares of months
        balance_frequency as raw_balance_frequency,
        {{ parse_number('balance_frequency') }} as balance_frequency,
        purchases_frequency as raw_purchases_frequency,
        {{ parse_number('purchases_frequency') }} as purchases_frequency,
        oneoff_purchases_frequency as raw_oneoff_purchases_frequency,
        {{ parse_number('oneoff_purchases_frequency') }} as oneoff_purchases_frequency,
        purchases_installments_frequency as raw_purchases_installments_frequency,
        {{ parse_number('purchases_installments_frequency') }} as purchases_installments_frequency,
        cash_advance_frequency as raw_cash_advance_frequency,
        {{ parse_number('cash_advance_frequency') }} as cash_advance_frequency,
        prc_full_payment as raw_prc_full_payment,
        {{ parse_number('prc_full_payment') }} as prc_full_payment,

        ---------- counts
        cash_advance_trx as raw_cash_advance_trx,
        {{ parse_whole_number('cash_advance_trx') }} as cash_advance_trx,
        purchases_trx as raw_purchases_trx,
        {{ parse_whole_number('purchases_trx') }} as purchases_trx,
        tenure as raw_tenure,
        {{ parse_whole_number('tenure') }} as tenure

    from source

)

select
    ---------- ids
    row_number,
    customer_id,

    ---------- amounts
    balance,
    purchases,
    oneoff_purchases,
    installments_purchases,
    cash_advance,
    credit_limit,
    payments,
    minimum_payments,

    ---------- shares of months
    balance_frequency,
    purchases_frequency,
    oneoff_purchases_frequency,
    purchases_installments_frequency,
    cash_advance_frequency,
    prc_full_payment,

    ---------- counts
    cash_advance_trx,
    purchases_trx,
    tenure,

    ---------- problems
    -- A share a little above 1 happens (more events than months) and is only reported.
    nullif(concat_ws(
        '; ',
        {{ key_problem('customer_id') }},
        {{ unparsed_problem('balance', 'a number') }},
        {{ unparsed_problem('purchases', 'a number') }},
        {{ unparsed_problem('oneoff_purchases', 'a number') }},
        {{ unparsed_problem('installments_purchases', 'a number') }},
        {{ unparsed_problem('cash_advance', 'a number') }},
        {{ unparsed_problem('credit_limit', 'a number') }},
        {{ unparsed_problem('payments', 'a number') }},
        {{ unparsed_problem('minimum_payments', 'a number') }},
        {{ unparsed_problem('balance_frequency', 'a number') }},
        case
            when balance_frequency < 0 then 'balance_frequency is negative'
            when balance_frequency > 2 then 'balance_frequency is far above 1'
        end,
        {{ unparsed_problem('purchases_frequency', 'a number') }},
        case
            when purchases_frequency < 0 then 'purchases_frequency is negative'
            when purchases_frequency > 2 then 'purchases_frequency is far above 1'
        end,
        {{ unparsed_problem('oneoff_purchases_frequency', 'a number') }},
        case
            when oneoff_purchases_frequency < 0 then 'oneoff_purchases_frequency is negative'
            when oneoff_purchases_frequency > 2 then 'oneoff_purchases_frequency is far above 1'
        end,
        {{ unparsed_problem('purchases_installments_frequency', 'a number') }},
        case
            when purchases_installments_frequency < 0
                then 'purchases_installments_frequency is negative'
            when purchases_installments_frequency > 2
                then 'purchases_installments_frequency is far above 1'
        end,
        {{ unparsed_problem('cash_advance_frequency', 'a number') }},
        case
            when cash_advance_frequency < 0 then 'cash_advance_frequency is negative'
            when cash_advance_frequency > 2 then 'cash_advance_frequency is far above 1'
        end,
        {{ unparsed_problem('prc_full_payment', 'a number') }},
        case
            when prc_full_payment < 0 then 'prc_full_payment is negative'
            when prc_full_payment > 2 then 'prc_full_payment is far above 1'
        end,
        {{ unparsed_problem('cash_advance_trx', 'a whole number') }},
        case when cash_advance_trx < 0 then 'cash_advance_trx is negative' end,
        {{ unparsed_problem('purchases_trx', 'a whole number') }},
        case when purchases_trx < 0 then 'purchases_trx is negative' end,
        {{ unparsed_problem('tenure', 'a whole number') }},
        case when tenure < 0 then 'tenure is negative' end
    ), '') as problems

from typed
