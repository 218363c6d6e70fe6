{#- By table of this query, the rules and what each looks for; a rule is a column of the table. -#}
{%- set id_rule = 'differs only in case, blanks, leading zeros or .0 from one of another input;'
    ~ ' the example shows both' -%}
{%- set rules = {
    'customers': {
        'joined_before_birth': 'joined_on lies before birth_date',
        'implausible_age': 'age on joining is above 110 years',
    },
    'doubtful_customers': {
        'joined_on_not_usable':
            'joined_on cannot be read, lies before 1900 or in the future; it counts as unknown',
        'birth_date_not_usable':
            'birth_date cannot be read, lies before 1900 or in the future; it counts as unknown',
        'marketing_consent_not_usable': 'marketing_consent is not yes or no; it counts as unknown',
    },
    'benefit_accounts': {
        'closed_before_opened': 'closed_on lies before opened_on',
        'closes_in_future': 'closed_on lies in the future; the account is open until then',
        'negative_balance': 'balance is negative',
        'balance_unknown': 'balance is unknown',
        'opening_unknown': 'opened_on is unknown; tenure counts as unknown',
    },
    'doubtful_benefit_accounts': {
        'opened_on_not_usable':
            'opened_on cannot be read or lies before 1900; the account counts as opened',
        'closed_on_not_usable':
            'closed_on cannot be read or lies before 1900; the account counts as open',
        'balance_not_usable': 'balance is not a number; it counts as unknown',
    },
    'benefit_transactions': {
        'negative_amount': 'amount is negative; it lowers the sum',
        'type_unusual_for_benefit': 'the type does not belong to the benefit; no feature counts it',
        'before_opening': 'the transaction lies before the opening of its account',
        'after_closing': 'the transaction lies after the closing of its account',
    },
} -%}
{%- set keys = {'benefit_accounts': 'customer_id', 'benefit_transactions': 'account_id'} -%}
{%- for input in list_number_inputs() -%}
{%- do keys.update({input: 'customer_id'}) -%}
{%- endfor -%}

with

customers as (

    select
        customer_id as record_key,
        joined_on < birth_date as joined_before_birth,
        date_diff('year', birth_date, joined_on) > 110 as implausible_age

    from {{ ref('stg_customers') }}

),

{% for input, columns in {
    'customers': ['joined_on', 'birth_date', 'marketing_consent'],
    'benefit_accounts': ['opened_on', 'closed_on', 'balance'],
}.items() -%}
doubtful_{{ input }} as (

    select
        {% for column in columns -%}
        contains(doubts, '{{ column }} ') as {{ column }}_not_usable,
        {% endfor -%}
        record_key

    from {{ ref('doubtful_' ~ input) }}

    where rejection_reasons is null

),

{% endfor -%}
-- Only the ids of rows, used or rejected, that another input has in another spelling.
differently_spelled_ids as (

    select
        input,
        found_id || ' / ' || known_id as record_key

    from {{ ref('differently_spelled_ids') }}

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

    {% for table, looks_for in rules.items() -%}
    select
        '{{ table.removeprefix("doubtful_") }}' as input,
        unnest([
            {%- for rule, description in looks_for.items() %}
            {
                'rule': '{{ rule }}',
                'description': '{{ description }}',
                'row_count': count(*) filter (where {{ rule }}),
                'example_key': min(record_key) filter (where {{ rule }})
            }{{ ',' if not loop.last }}
            {%- endfor %}
        ]) as found

    from {{ table }}

    union all

    {% endfor -%}
    {% for input, key in keys.items() -%}
    select
        '{{ input }}' as input,
        {
            'rule': 'differently_spelled_id',
            'description': '{{ key }} {{ id_rule }}',
            'row_count': count(*),
            'example_key': min(record_key)
        } as found

    from differently_spelled_ids

    where input = '{{ input }}'

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

union all

select
    input,
    rule,
    description,
    row_count,
    example_key

from {{ ref('int_customer_number_findings') }}
