with

customers as (

    select
        customer_id as record_key,
        joined_on < birth_date as joined_before_birth,
        date_diff('year', birth_date, joined_on) > 110 as implausible_age

    from {{ ref('stg_customers') }}

),

benefit_accounts as (

    select
        account_id as record_key,
        closed_on < opened_on as closed_before_opened,
        closed_on > {{ latest_plausible_date() }} as closes_in_future,
        balance < 0 as negative_balance,
        balance is null as balance_unknown,
        opened_on is null as opening_unknown

    from {{ ref('stg_benefit_accounts') }}

),

-- Rows that are not doubtful have no findings.
benefit_transactions as (

    select
        record_key,
        is_negative as negative_amount,
        is_unusual_for_benefit as type_unusual_for_benefit,
        is_before_opening as before_opening,
        is_after_closing as after_closing

    from {{ ref('doubtful_benefit_transactions') }}

    where rejection_reasons is null

),

-- One pass over each input, however many rules it has.
counted as (

    select
        'customers' as input,
        unnest([
            {
                'rule': 'joined_before_birth',
                'description': 'joined_on lies before birth_date',
                'row_count': count(*) filter (where joined_before_birth),
                'example_key': min(record_key) filter (where joined_before_birth)
            },
            {
                'rule': 'implausible_age',
                'description': 'age on joining is above 110 years',
                'row_count': count(*) filter (where implausible_age),
                'example_key': min(record_key) filter (where implausible_age)
            }
        ]) as found

    from customers

    union all

    select
        'benefit_accounts' as input,
        unnest([
            {
                'rule': 'closed_before_opened',
                'description': 'closed_on lies before opened_on',
                'row_count': count(*) filter (where closed_before_opened),
                'example_key': min(record_key) filter (where closed_before_opened)
            },
            {
                'rule': 'closes_in_future',
                'description': 'closed_on lies in the future; the account is open until then',
                'row_count': count(*) filter (where closes_in_future),
                'example_key': min(record_key) filter (where closes_in_future)
            },
            {
                'rule': 'negative_balance',
                'description': 'balance is negative',
                'row_count': count(*) filter (where negative_balance),
                'example_key': min(record_key) filter (where negative_balance)
            },
            {
                'rule': 'balance_unknown',
                'description': 'balance is unknown',
                'row_count': count(*) filter (where balance_unknown),
                'example_key': min(record_key) filter (where balance_unknown)
            },
            {
                'rule': 'opening_unknown',
                'description': 'opened_on is unknown; tenure counts as unknown',
                'row_count': count(*) filter (where opening_unknown),
                'example_key': min(record_key) filter (where opening_unknown)
            }
        ]) as found

    from benefit_accounts

    union all

    select
        'benefit_transactions' as input,
        unnest([
            {
                'rule': 'negative_amount',
                'description': 'amount is negative; it lowers the sum',
                'row_count': count(*) filter (where negative_amount),
                'example_key': min(record_key) filter (where negative_amount)
            },
            {
                'rule': 'type_unusual_for_benefit',
                'description': 'the type does not belong to the benefit; no feature counts it',
                'row_count': count(*) filter (where type_unusual_for_benefit),
                'example_key': min(record_key) filter (where type_unusual_for_benefit)
            },
            {
                'rule': 'before_opening',
                'description': 'the transaction lies before the opening of its account',
                'row_count': count(*) filter (where before_opening),
                'example_key': min(record_key) filter (where before_opening)
            },
            {
                'rule': 'after_closing',
                'description': 'the transaction lies after the closing of its account',
                'row_count': count(*) filter (where after_closing),
                'example_key': min(record_key) filter (where after_closing)
            }
        ]) as found

    from benefit_transactions

)

select
    counted.input,
    counted.found.rule,
    counted.found.description,
    counted.found.row_count,
    counted.found.example_key

from counted

union all

select
    input,
    rule,
    description,
    row_count,
    example_key

from {{ ref('int_customer_number_findings') }}
