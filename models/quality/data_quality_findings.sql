{#- Rules by input: name, what it looks for, condition on a usable row. -#}
{%- set rules = {
    'customers': [
        ('joined_before_birth', 'joined_on lies before birth_date', 'joined_on < birth_date'),
        (
            'implausible_age', 'age on joining is above 110 years',
            "date_diff('year', birth_date, joined_on) > 110"
        ),
    ],
    'credit_card_usage': [
        (
            'frequency_above_one', 'a share of months is above 1',
            'greatest(balance_frequency, purchase_frequency, one_off_purchase_frequency,'
            ~ ' installment_purchase_frequency, cash_advance_frequency, full_payment_share) > 1'
        ),
        (
            'purchases_do_not_add_up',
            'purchases differ from one-off plus instalment purchases by more than 1',
            'abs(purchases - one_off_purchases - installment_purchases) > 1'
        ),
        (
            'balance_above_limit', 'balance is above the credit limit',
            'balance > credit_limit'
        ),
        (
            'negative_amount', 'an amount other than the balance is negative',
            'least(purchases, one_off_purchases, installment_purchases, cash_advances,'
            ~ ' credit_limit, payments, minimum_payments) < 0'
        ),
        (
            'limit_unknown', 'credit limit is unknown; the model fills in the median',
            'credit_limit is null'
        ),
        (
            'minimum_payments_unknown',
            'minimum payments are unknown; the model fills in the median',
            'minimum_payments is null'
        ),
        (
            'minimum_payments_unknown_nothing_paid',
            'minimum payments are unknown and nothing was paid at all',
            'minimum_payments is null and payments = 0'
        ),
    ],
    'benefit_accounts': [
        (
            'closed_before_opened', 'closed_on lies before opened_on',
            'closed_on < opened_on'
        ),
        (
            'closes_in_future', 'closed_on lies in the future; the account is open until then',
            'closed_on > ' ~ latest_plausible_date()
        ),
        ('negative_balance', 'balance is negative', 'balance < 0'),
        ('balance_unknown', 'balance is unknown', 'balance is null'),
        (
            'opening_unknown', 'opened_on is unknown; tenure counts as unknown',
            'opened_on is null'
        ),
    ],
    'benefit_transactions': [
        ('negative_amount', 'amount is negative; it lowers the sum', 'is_negative'),
        (
            'type_unusual_for_benefit',
            'the type does not belong to the benefit; no feature counts it',
            'is_unusual_for_benefit'
        ),
        (
            'before_opening', 'the transaction lies before the opening of its account',
            'is_before_opening'
        ),
        (
            'after_closing', 'the transaction lies after the closing of its account',
            'is_after_closing'
        ),
    ],
} -%}

with

customers as (

    select
        *,
        customer_id as record_key

    from {{ ref('stg_customers') }}

),

credit_card_usage as (

    select
        *,
        customer_id as record_key

    from {{ ref('stg_credit_card_usage') }}

),

benefit_accounts as (

    select
        *,
        account_id as record_key

    from {{ ref('stg_benefit_accounts') }}

),

-- Nothing can be found among those that are not doubtful.
benefit_transactions as (

    select *

    from {{ ref('doubtful_benefit_transactions') }}

    where rejection_reasons is null

),

-- One pass over each input, however many rules it has.
counted as (

    {% for input, rules_of_input in rules.items() -%}
    select
        '{{ input }}' as input,
        unnest([
            {%- for rule, description, condition in rules_of_input %}
            {
                'rule': '{{ rule }}',
                'description': '{{ description }}',
                'row_count': count(*) filter (where {{ condition }}),
                'example_key': min(record_key) filter (where {{ condition }})
            }{{ ',' if not loop.last }}
            {%- endfor %}
        ]) as found

    from {{ input }}
    {{ 'union all' if not loop.last }}

    {% endfor %}
)

select
    counted.input,
    counted.found.rule,
    counted.found.description,
    counted.found.row_count,
    counted.found.example_key

from counted
