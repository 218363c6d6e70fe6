with

rules (input, rule, description) as (

    values
    ('customers', 'joined_before_birth', 'joined_on lies before birth_date'),
    ('customers', 'implausible_age', 'age on joining is above 110 years'),
    (
        'customers', 'joined_on_not_usable',
        'joined_on cannot be read, lies before 1900 or in the future; it counts as unknown'
    ),
    (
        'customers', 'birth_date_not_usable',
        'birth_date cannot be read, lies before 1900 or in the future; it counts as unknown'
    ),
    (
        'customers', 'marketing_consent_not_usable',
        'marketing_consent is not yes or no; it counts as unknown'
    ),
    ('benefit_accounts', 'closed_before_opened', 'closed_on lies before opened_on'),
    (
        'benefit_accounts', 'closes_in_future',
        'closed_on lies in the future; the account is open until then'
    ),
    ('benefit_accounts', 'negative_balance', 'balance is negative'),
    ('benefit_accounts', 'balance_unknown', 'balance is unknown'),
    (
        'benefit_accounts', 'opening_unknown',
        'opened_on is unknown; tenure counts as unknown'
    ),
    (
        'benefit_accounts', 'opened_on_not_usable',
        'opened_on cannot be read or lies before 1900; the account counts as opened'
    ),
    (
        'benefit_accounts', 'closed_on_not_usable',
        'closed_on cannot be read or lies before 1900; the account counts as open'
    ),
    (
        'benefit_accounts', 'balance_not_usable',
        'balance is not a number; it counts as unknown'
    ),
    ('benefit_transactions', 'negative_amount', 'amount is negative; it lowers the sum'),
    (
        'benefit_transactions', 'type_unusual_for_benefit',
        'the type does not belong to the benefit; no feature counts it'
    ),
    (
        'benefit_transactions', 'before_opening',
        'the transaction lies before the opening of its account'
    ),
    (
        'benefit_transactions', 'after_closing',
        'the transaction lies after the closing of its account'
    )

),

-- One pass over each table, however many rules it has: a row names the rules that it breaks.
broken as (

    select
        'customers' as input,
        customer_id as record_key,
        [
            case when joined_on < birth_date then 'joined_before_birth' end,
            case when date_diff('year', birth_date, joined_on) > 110 then 'implausible_age' end
        ] as rules

    from {{ ref('stg_customers') }}

    union all

    select
        'benefit_accounts' as input,
        account_id as record_key,
        [
            case when closed_on < opened_on then 'closed_before_opened' end,
            case when closed_on > {{ latest_plausible_date() }} then 'closes_in_future' end,
            case when balance < 0 then 'negative_balance' end,
            case when balance is null then 'balance_unknown' end,
            case when opened_on is null then 'opening_unknown' end
        ] as rules

    from {{ ref('stg_benefit_accounts') }}

    union all

    select
        input,
        record_key,
        [
            case when contains(doubts, 'joined_on ') then 'joined_on_not_usable' end,
            case when contains(doubts, 'birth_date ') then 'birth_date_not_usable' end,
            case
                when contains(doubts, 'marketing_consent ') then 'marketing_consent_not_usable'
            end,
            case when contains(doubts, 'opened_on ') then 'opened_on_not_usable' end,
            case when contains(doubts, 'closed_on ') then 'closed_on_not_usable' end,
            case when contains(doubts, 'balance ') then 'balance_not_usable' end,
            case when contains(doubts, 'amount ') then 'negative_amount' end,
            case when contains(doubts, 'transaction_type ') then 'type_unusual_for_benefit' end,
            case when contains(doubts, ' before the opening') then 'before_opening' end,
            case when contains(doubts, ' after the closing') then 'after_closing' end
        ] as rules

    from {{ ref('doubtful_rows') }}

    where
        rejection_reasons is null
        and doubts is not null

),

found as (

    select
        input,
        record_key,
        unnest(rules) as rule

    from broken

),

counted as (

    select
        input,
        rule,
        count(*) as row_count,
        min(record_key) as example_key

    from found

    where rule is not null

    group by
        input,
        rule

)

select
    rules.input,
    rules.rule,
    rules.description,
    coalesce(counted.row_count, 0) as row_count,
    counted.example_key

from rules

left join counted
    on
        rules.input = counted.input
        and rules.rule = counted.rule

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
