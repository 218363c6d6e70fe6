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

doubtful_rows as (

    select
        input,
        record_key,
        contains(doubts, 'joined_on ') as joined_on_not_usable,
        contains(doubts, 'birth_date ') as birth_date_not_usable,
        contains(doubts, 'marketing_consent ') as marketing_consent_not_usable,
        contains(doubts, 'opened_on ') as opened_on_not_usable,
        contains(doubts, 'closed_on ') as closed_on_not_usable,
        contains(doubts, 'balance ') as balance_not_usable,
        contains(doubts, 'amount ') as negative_amount,
        contains(doubts, 'transaction_type ') as type_unusual_for_benefit,
        contains(doubts, ' before the opening') as before_opening,
        contains(doubts, ' after the closing') as after_closing

    from {{ ref('doubtful_rows') }}

    where rejection_reasons is null

),

-- One pass over each table, however many rules it has.
found as (

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
        ]) as finding

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
        ]) as finding

    from benefit_accounts

    union all

    select
        'customers' as input,
        unnest([
            {
                'rule': 'joined_on_not_usable',
                'description': 'joined_on cannot be read, lies before 1900 or in the future;'
                || ' it counts as unknown',
                'row_count': count(*) filter (where joined_on_not_usable),
                'example_key': min(record_key) filter (where joined_on_not_usable)
            },
            {
                'rule': 'birth_date_not_usable',
                'description': 'birth_date cannot be read, lies before 1900 or in the future;'
                || ' it counts as unknown',
                'row_count': count(*) filter (where birth_date_not_usable),
                'example_key': min(record_key) filter (where birth_date_not_usable)
            },
            {
                'rule': 'marketing_consent_not_usable',
                'description': 'marketing_consent is not yes or no; it counts as unknown',
                'row_count': count(*) filter (where marketing_consent_not_usable),
                'example_key': min(record_key) filter (where marketing_consent_not_usable)
            }
        ]) as finding

    from doubtful_rows

    where input = 'customers'

    union all

    select
        'benefit_accounts' as input,
        unnest([
            {
                'rule': 'opened_on_not_usable',
                'description': 'opened_on cannot be read or lies before 1900;'
                || ' the account counts as opened',
                'row_count': count(*) filter (where opened_on_not_usable),
                'example_key': min(record_key) filter (where opened_on_not_usable)
            },
            {
                'rule': 'closed_on_not_usable',
                'description': 'closed_on cannot be read or lies before 1900;'
                || ' the account counts as open',
                'row_count': count(*) filter (where closed_on_not_usable),
                'example_key': min(record_key) filter (where closed_on_not_usable)
            },
            {
                'rule': 'balance_not_usable',
                'description': 'balance is not a number; it counts as unknown',
                'row_count': count(*) filter (where balance_not_usable),
                'example_key': min(record_key) filter (where balance_not_usable)
            }
        ]) as finding

    from doubtful_rows

    where input = 'benefit_accounts'

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
        ]) as finding

    from doubtful_rows

    where input = 'benefit_transactions'

)

select
    found.input,
    found.finding.rule,
    found.finding.description,
    found.finding.row_count,
    found.finding.example_key

from found

union all

select
    input,
    rule,
    description,
    row_count,
    example_key

from {{ ref('int_customer_number_findings') }}

union all

select
    input,
    'differently_spelled_id' as rule,
    key_column || ' differs only in case, blanks, leading zeros or .0 from one of another input;'
    || ' the example shows both' as description,
    cast(sum(row_count) as bigint) as row_count,
    min(found_id || ' / ' || known_id) as example_key

from {{ ref('int_differently_spelled_ids') }}

group by
    input,
    key_column
